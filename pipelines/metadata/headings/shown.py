"""The text of a heading or a byline as its readers see it."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from lxml.html import HtmlElement

from pipelines.page.elements import BLOCKS
from pipelines.page.raised import is_note_mark
from pipelines.text.words import collapse, key

_LONGEST = 1_000  # characters of a heading that are read
_UNSAID = ("script", "style", "noscript", "template", "svg", "button")


def text_of_heading(heading: HtmlElement) -> str:
    """The text of *heading* as it is shown: lines apart, pieces of a word together; without the
    marks of notes. A heading that is a picture alone says what its description does."""
    text = collapse(unescape("".join(_pieces(heading))[:_LONGEST]))
    if not key(text):
        return collapse(" ".join(image.get("alt") or "" for image in heading.iter("img")))
    return text


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.text:
        yield element.text
    for inner in element:
        tag = inner.tag
        edge = " " if tag in BLOCKS or tag == "br" else ""
        yield edge
        if (
            isinstance(tag, str)
            and tag not in _UNSAID
            and not (tag == "sup" and is_note_mark(inner))
        ):
            if _begins_anew(inner):
                yield " "
            yield from _pieces(inner)
        yield edge
        if inner.tail:
            yield inner.tail


def _begins_anew(element: HtmlElement) -> bool:
    """Whether *element* begins with a capital right behind a word in small letters."""
    before = element.getprevious()
    if before is None:
        text = element.getparent().text or ""
    else:
        text = before.tail or "".join(map(str, before.itertext()))
    last = text.split(" ")[-1]
    return len(last) > 2 and last[-1].islower() and (element.text or "")[:1].isupper()
