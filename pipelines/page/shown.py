"""A page's tree into what its readers see, where markup says it in other ways than by text.

Marks that markup implies become text: quotation marks, raised digits, formulas, letters that are
pictures. What browsers hide goes, and what they show from attributes and templates comes.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from pipelines.page.edit import drop, put_text, rest_of
from pipelines.page.formulas import FORMULAS, show_formulas
from pipelines.page.link_labels import HEADINGS, cut_label, drop_anchors, is_label_of_link
from pipelines.page.raised import show_raised
from pipelines.page.unseen import (
    PARAGRAPHS,
    SEALED,
    drop_unseen,
    is_hidden_by,
    open_templates,
)

_PARTICULAR = ("q", "ruby", "sup", "img")
_CLOSING = frozenset(")]")
_TELLING = frozenset({"class", "style", "hidden"})
_LABELS = frozenset({"span", "small", "em", "i"})
_INLINE = ("span", "a", "b", "i", "em", "strong", "small", "font", "label", "u", "mark", "abbr")
_LOOKED_AT = frozenset({*SEALED, *FORMULAS, *_PARTICULAR, *_INLINE, *PARAGRAPHS, *HEADINGS})
_READINGS = ("rt", "rp", "rtc")
_QUOTES = "\"“”„‟«»‹›‘’‚'「」『』"
_IS_BLOCK = re.compile(r"display\s*:\s*block", re.IGNORECASE)
_FORMULA_PICTURE = re.compile(r"latex|(?:^|[\s_-])(?:math|tex|equation|formula)(?:$|[\s_-])", re.I)
_FORMULA_SERVICE = re.compile(r"latex\.php|/latex[./?]|codecogs\.com|/media/math/|/tex\?", re.I)
_WORDS_OF_FORMULAS = ("tex", "math", "equation", "formula", "codecogs")  # one is in any match
_EMOJI_PICTURE = re.compile(r"(?:^|\s|-)(?:emoji|smiley|emoticon|twemoji)(?:$|\s|-)", re.I)
_LONGEST_PICTURED = 12  # characters of letters, or of an emoji with its modifiers
_DISPLAY_STYLE = re.compile(r"^\{\\(?:display|text|script)style\s*(.*)\}$", re.DOTALL)


def as_shown(tree: HtmlElement) -> HtmlElement:
    """*tree* as its readers see it: it is changed in place."""
    found = _Found()
    by_tag, look_at = found.by_tag, found.look_at
    for element in tree.iter(*_LOOKED_AT):
        tag = element.tag
        if tag == "a":
            text = element.text
            if text and text[-1] in _CLOSING:
                cut_label(element)
        elif (group := by_tag.get(tag)) is not None:
            group.append(element)
        else:
            look_at(element, tag)
    open_templates(found.sealed, tree)
    drop_unseen(found.hidden, tree)
    for heading in found.headings:
        drop_anchors(heading)
    for line in found.lines:
        _break_around(line)
    show_formulas(found.formulas)
    for element in found.particular:
        _show(element)
    return tree


class _Found:
    """The elements of a tree, by what is to be done with them."""

    def __init__(self) -> None:
        self.sealed: list[HtmlElement] = []
        self.formulas: list[HtmlElement] = []
        self.particular: list[HtmlElement] = []
        self.hidden: list[HtmlElement] = []
        self.lines: list[HtmlElement] = []
        self.headings: list[HtmlElement] = []
        self.by_tag = {
            **dict.fromkeys(SEALED, self.sealed),
            **dict.fromkeys(FORMULAS, self.formulas),
            **dict.fromkeys(_PARTICULAR, self.particular),
        }

    def look_at(self, element: HtmlElement, tag: str) -> None:
        """Enter *element* where it is a heading, or is hidden, or is a line of its own."""
        if tag in HEADINGS:
            self.headings.append(element)
        elif tag in _LABELS and is_label_of_link(element):
            self.hidden.append(element)
        for name, value in element.items():
            if name in _TELLING:
                if is_hidden_by(name, value):
                    self.hidden.append(element)
                elif name == "style" and tag == "span" and _IS_BLOCK.search(value):
                    self.lines.append(element)


def _show(element: HtmlElement) -> None:
    """Make text of what an element of a particular tag shows."""
    tag = element.tag
    if tag == "q":
        _quote(element)
    elif tag == "sup":
        show_raised(element)
    elif tag == "ruby":
        for reading in [*element.iter(*_READINGS)]:
            drop(reading)
    elif text := _pictured(element):
        put_text(element, text)


def _quote(element: HtmlElement) -> None:
    """Put the marks around *element* that browsers draw, unless the page has some itself."""
    text = "".join(map(str, element.itertext())).strip()
    before = (element.getprevious() is None and element.getparent().text) or ""
    if not text or text[0] in _QUOTES or before.rstrip()[-1:] in tuple(_QUOTES):
        return
    nested = any(outer.tag == "q" for outer in element.iterancestors("q"))
    first, last = "‘’" if nested else "“”"
    element.text = first + (element.text or "").lstrip()
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip() + last
    else:
        element.text = element.text.rstrip() + last


def _break_around(line: HtmlElement) -> None:
    """Put line breaks around an inline element that browsers show as a line of its own."""
    parent, before = line.getparent(), line.getprevious()
    if parent is None:
        return
    said = before.tail if before is not None else parent.text
    if (said and said.strip()) or (before is not None and before.tag != "br"):
        line.addprevious(etree.Element("br"))
    tail, line.tail = line.tail, None
    if (tail and tail.strip()) or line.getnext() is not None:
        after = etree.Element("br")
        line.addnext(after)
        after.tail = tail


def _pictured(image: HtmlElement) -> str | None:
    """The letters, the emoji or the formula that *image* shows within a line; None of any other."""
    alt = (image.get("alt") or "").strip()
    if not alt:
        return None
    names, address = f"{image.get('class', '')} {image.get('id', '')}", image.get("src", "")
    said = f"{names} {address}".lower()
    may_be = any(word in said for word in _WORDS_OF_FORMULAS)
    if may_be and (_FORMULA_PICTURE.search(names) or _FORMULA_SERVICE.search(address)):
        found = _DISPLAY_STYLE.match(alt)
        formula = found[1].strip() if found else alt
        return f"${formula}$" if "\\" in formula else formula
    if len(alt) > _LONGEST_PICTURED:
        return None
    if not any(map(str.isalnum, alt)) and not alt.isascii():
        return alt
    if _EMOJI_PICTURE.search(names):
        return alt
    return alt if len(alt) <= 2 and alt.isalpha() and rest_of(image)[:1].islower() else None
