"""Small changes of a tree: an element goes, or becomes text, and what stands around it stays."""

from __future__ import annotations

from lxml.html import HtmlElement


def put_text(element: HtmlElement, text: str) -> None:
    """Put *text* in the place of *element*, whose tail stays.

    What is left is an empty box of a line: to join its text with what stands around would copy a
    long line once for each of its elements.
    """
    element.clear(keep_tail=True)
    element.tag = "span"
    if text:
        element.text = text


def drop(element: HtmlElement) -> None:
    """Empty *element*; its tail stays."""
    put_text(element, "")


def text_before(element: HtmlElement) -> str:
    """The end of the text right before *element* in its line, or in the lines around; empty at the
    start."""
    while (parent := element.getparent()) is not None:
        before = element.getprevious()
        said = (parent.text if before is None else before.tail) or ""
        if not said and before is not None:
            said = "".join(map(str, before.itertext()))
        if said or before is not None or parent.tag not in _INLINE:
            return str(said)[-_ENDING:]
        element = parent
    return ""


def rest_of(element: HtmlElement) -> str:
    """The text right behind *element*, without the elements that follow."""
    return element.tail or ""


_ENDING = 80  # characters of a text that are looked at
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "small", "font", "u", "cite", "abbr"})
