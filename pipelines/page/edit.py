"""Small changes of a tree: an element goes, or becomes text, and what stands around it stays."""

from __future__ import annotations

from lxml.html import HtmlElement


def put_text(element: HtmlElement, text: str) -> None:
    """Put *text* in the place of *element*; its tail stays."""
    parent = element.getparent()
    if parent is None:
        return
    said = text + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + said
    else:
        parent.text = (parent.text or "") + said
    element.tail = None
    parent.remove(element)


def drop(element: HtmlElement) -> None:
    """Remove *element* with all in it; its tail stays."""
    put_text(element, "")


def text_before(element: HtmlElement) -> str:
    """The text right before *element* in its line, or in the lines around; empty at the start."""
    while (parent := element.getparent()) is not None:
        before = element.getprevious()
        said = (parent.text if before is None else before.tail) or ""
        if not said and before is not None:
            said = "".join(map(str, before.itertext()))
        if said or before is not None or parent.tag not in _INLINE:
            return str(said)
        element = parent
    return ""


def rest_of(element: HtmlElement) -> str:
    """The text right behind *element*, without the elements that follow."""
    return element.tail or ""


_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "small", "font", "u", "cite", "abbr"})
