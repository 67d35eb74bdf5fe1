"""What links say beside their text: the anchors of headings, and that a link opens a new window."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from pipelines.page.edit import drop

_OPENS = re.compile(
    r"[\s,;–—-]*[(\[]?\s*(?:this |the )?(?:link |external link,? )?(?:"
    r"(?:will )?opens? (?:in|into) (?:a |an? external )?(?:new|another) (?:browser )?(?:tab|window)"
    r"|opens new (?:tab|window)|new (?:tab|window)|external link"
    r"|(?:wird )?(?:öffnet )?(?:sich )?in (?:einem )?neue[mnrs]? (?:tab|fenster)(?: geöffnet)?"
    r"|(?:s['’]ouvre dans )?(?:une? )?(?:nouvelle fenêtre|nouvel onglet)"
    r"|(?:se )?abre en (?:una )?(?:nueva|otra) (?:pestaña|ventana)"
    r"|abre (?:em|numa) (?:uma )?nova (?:aba|janela|guia)"
    r"|si apre in una nuova (?:scheda|finestra)|opent in (?:een )?nieuw (?:tabblad|venster)"
    r"|öppnas i (?:ett )?ny(?:tt)? (?:fönster|flik)|åpnes i ny(?:tt)? (?:vindu|fane)"
    r"|åbner i (?:et )?nyt (?:vindue|faneblad)|otwiera się w nowe[jy]m? (?:karcie|oknie)"
    r"|откроется в новом окне"
    r"|新しい(?:タブ|ウィンドウ)で開(?:く|きます)|(?:在)?新(?:窗口|标签页)(?:中)?打开"
    r")\s*[)\]]?\s*",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 6, 60  # characters of such a label
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
"""The elements that `drop_anchors` takes."""
_ANCHOR_NAMES = re.compile(r"anchor|permalink|hash-?link|header-?link|heading-?link", re.IGNORECASE)
_MOST_BESIDE = 4  # elements in the box of a heading and its anchor


def is_label_of_link(element: HtmlElement) -> bool:
    """Whether an inline *element* in a link, or right behind one, only says where it opens."""
    text = element.text or ""
    if not _SHORTEST <= len(text) <= _LONGEST or len(element):
        return False
    return _OPENS.fullmatch(text) is not None and _is_at_link(element)


def _is_at_link(element: HtmlElement) -> bool:
    before = element.getprevious()
    if before is not None and before.tag == "a" and not (before.tail or "").strip():
        return True
    return next(element.iterancestors("a"), None) is not None


def cut_label(link: HtmlElement) -> None:
    """Cut off the end of the text of *link* where that only says where it opens."""
    text = link.text or ""
    if len(link):
        return
    start = max(text.rfind("("), text.rfind("["))
    if 0 < start >= len(text) - _LONGEST and _OPENS.fullmatch(text[start:]):
        link.text = text[:start].rstrip()


def drop_anchors(heading: HtmlElement) -> None:
    """Drop the links to *heading* that a theme puts into it, or beside it in a box of their own; a
    heading that is all such a link leads nowhere."""
    links = [*heading.iter("a")] if len(heading) else []
    here = [link for link in links if (link.get("href") or "").startswith("#")]
    text = "".join(map(str, heading.itertext())).strip() if here else ""
    for link in here:
        own = "".join(map(str, link.itertext())).strip()
        if own == text:
            link.drop_tag()
        elif _is_anchor(link):
            drop(link)
    for link in _links_beside(heading):
        drop(link)


def _links_beside(heading: HtmlElement) -> list[HtmlElement]:
    """The links to places of the page in a box that holds them and *heading* alone."""
    box = heading.getparent()
    if box is None or box.tag not in ("div", "span", "header"):
        return []
    inside = [*islice(box, _MOST_BESIDE + 1)]
    others = [one for one in inside if one is not heading]
    if not 0 < len(others) < _MOST_BESIDE:
        return []
    if any(one.tag not in ("a", "button", "svg") for one in others):
        return []
    if any(map(str.strip, filter(None, _own_texts(box, inside)))):
        return []
    return [one for one in others if one.tag == "a" and (one.get("href") or "").startswith("#")]


def _own_texts(box: HtmlElement, inside: list[HtmlElement]) -> list[str | None]:
    return [box.text, *(one.tail for one in inside)]


def _is_anchor(link: HtmlElement) -> bool:
    """Whether *link* is named as anchors are, or shown to no reader."""
    names = f"{link.get('class', '')} {link.get('aria-label', '')} {link.get('title', '')}"
    return _ANCHOR_NAMES.search(names) is not None or link.get("aria-hidden") == "true"
