"""A pruned tree into the element that holds most of its prose: it rescues split and huge pages."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.blocks import BLOCKS, ITEMS, LISTS, QUOTES, SILENT
from pipelines.boilerplate import visible_text

_LONG = 80  # characters that make a block of prose
_LINKED = 0.35  # share of link text above which it is a list of links
_HELD = 0.8  # share of the prose that a container holds
_PARTS_OF_TEXT = LISTS | ITEMS | QUOTES | {"p", "pre", "details"}


@dataclass(frozen=True, slots=True)
class Container:
    """The deepest *element* that holds most of the page's *prose*, which counts characters."""

    element: HtmlElement
    prose: int

    @property
    def is_one_article(self) -> bool:
        """Whether it looks like one text: no titles that link elsewhere, no title but its own."""
        element = self.element
        if element.tag == "body" or self.linked_titles or len(list(element.iter("article"))) > 1:
            return False
        return element.tag in ("main", "article") or next(element.iter("h1"), None) is None

    @property
    def linked_titles(self) -> float:
        """The share of its headings that link elsewhere, as those of a list do."""
        headings = list(self.element.iter("h1", "h2", "h3", "h4"))
        return sum(map(_is_linked, headings)) / len(headings) if headings else 0.0


def container_of(tree: HtmlElement) -> Container | None:
    """The container of the page's prose; None where there is none."""
    body = tree.find("body")
    if body is None:
        return None
    mass = _mass(body)
    total = mass.get(body, 0)
    element = body
    while heavy := [child for child in element if mass.get(child, 0) >= _HELD * total > 0]:
        if heavy[0].tag in _PARTS_OF_TEXT:
            break
        element = heavy[0]
    return Container(element, total) if total else None


def _mass(body: HtmlElement) -> dict[HtmlElement, int]:
    """How much prose each element holds."""
    mass: dict[HtmlElement, int] = {}
    silent = {part for element in body.iter(*SILENT) for part in element.iter()}
    for element in body.iter(*BLOCKS):
        if element in silent or any(child.tag in BLOCKS for child in element):
            continue
        length = _prose_length(element)
        part: HtmlElement | None = element if length else None
        while part is not None:
            mass[part] = mass.get(part, 0) + length
            part = part.getparent() if part is not body else None
    return mass


def _prose_length(element: HtmlElement) -> int:
    length = len("".join(visible_text(element)).strip())
    if length < _LONG:
        return 0
    linked = sum(len("".join(link.itertext())) for link in element.iter("a"))
    return 0 if linked > _LINKED * length else length


def _is_linked(heading: HtmlElement) -> bool:
    inside = any(link.get("href", "#")[:1] != "#" for link in heading.iter("a"))
    return inside or any(above.tag == "a" for above in heading.iterancestors())
