"""A page that is only a sign into the address that it sends its readers to.

By `<meta http-equiv="refresh">` or a `Refresh` field, as browsers read them
(https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement

from archive.web.hosts import join_url
from archive.web.http import percent_encoded
from archive.web.surt import normalise_url
from pipelines.text.words import word_count

_MARK = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh")  # of what is in small letters
_LOOKED_AT = 2**18  # bytes: a sign is a short page
_SOON = 15  # seconds: signs wait for 0 to 10, live blogs reload themselves after 30 and more
_AT_ONCE = 1  # seconds: a page that reloads itself as soon waits for a cookie
_FEW = 100  # words of its own: a sign has a sentence or two, a piece has more
_NOT_OWN = frozenset(
    (
        *("head", "script", "style", "template", "noscript", "nav", "header", "footer", "a"),
        *("form", "select", "button"),
    )
)
_REFRESH = re.compile(r"\s*(\d{1,9})?(?:\.[\d.]*)?(?=[\s;,]|$)[\s;,]*(.*)", re.DOTALL)
_URL = re.compile(r"url\s*=\s*", re.IGNORECASE)


def may_send(content: bytes) -> bool:
    """Whether a page is worth parsing for an address that it sends its readers to."""
    head = content[:_LOOKED_AT].replace(b"\0", b"").lower()  # UTF-16 shows its ASCII
    return b"refresh" in head and _MARK.search(head) is not None


def sent_to(
    tree: HtmlElement,
    url: str,
    field: str | None = None,
    metas: Iterable[HtmlElement] | None = None,
) -> str | None:
    """Where the page at *url* sends its readers before they could read it; None where it is read.

    *field* is the value of its `Refresh` field, *metas* are its `meta` elements, if known. The
    answer may be *url* itself, where a page waits for a cookie. A page that has a text stays what
    it is, whatever it does after some seconds.
    """
    for content in _refreshes(tree, tree.iter("meta") if metas is None else metas, field):
        target = _target(tree, url, content)
        return target if target and _own_words(tree) < _FEW else None
    return None


def _refreshes(tree: HtmlElement, metas: Iterable[HtmlElement], field: str | None) -> Iterator[str]:
    if field:
        yield percent_encoded(field)
    for meta in metas:
        content = meta.get("content")
        if (meta.get("http-equiv") or "").strip().lower() == "refresh" and content:
            if _is_without_script(meta) and not _scripts_go_there(tree, content):
                continue
            yield content


def _target(tree: HtmlElement, url: str, content: str) -> str | None:
    found = _REFRESH.match(content)
    if found is None or not (found[1] or "." in content[: found.start(2)]):
        return None
    seconds, reference = int(found[1] or 0), _reference(found[2])
    declared = (join_url(url, b.get("href")) for b in tree.iter("base") if b.get("href"))
    base = next(declared, url) or url
    try:
        here = normalise_url(url) if url else ""
        there = normalise_url(reference, base) if reference else here
    except ValueError:
        return None
    return (there or None) if seconds <= (_AT_ONCE if there == here else _SOON) else None


def _reference(text: str) -> str:
    """The address in what follows the seconds: `url='…'`, or the bare address."""
    prefix = _URL.match(text)
    reference = text[prefix.end() if prefix else 0 :].strip()
    if reference[:1] in ("'", '"'):
        reference = reference[1:].partition(reference[0])[0]
    return reference.strip()


def _is_without_script(meta: HtmlElement) -> bool:
    """Whether only a reader without scripts is sent on."""
    return next(meta.iterancestors("noscript"), None) is not None


def _scripts_go_there(tree: HtmlElement, content: str) -> bool:
    """Whether readers with scripts go the same way: a script names the address, or there is none.

    Else the page is an application, which tells others that they need scripts.
    """
    found = _REFRESH.match(content)
    reference = _reference(found[2]) if found else ""
    scripts = list(tree.iter("script"))
    return not scripts or any(reference and reference in (one.text or "") for one in scripts)


def _own_words(tree: HtmlElement) -> int:
    """How many words a page has that are no links and no furniture; counted up to `_FEW`."""
    count = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        own = element.tag not in _NOT_OWN
        if event == "start" and not own:
            walk.skip_subtree()
        text = (element.text if own else None) if event == "start" else element.tail
        count += word_count(text) if text else 0
        if count >= _FEW:
            break
    return count
