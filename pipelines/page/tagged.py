"""A tree into its elements by their tags, found in one pass: passing over a page costs more than
what is looked for."""

from __future__ import annotations

from lxml.html import HtmlElement

_GROUPS = (
    ("meta",),
    ("script",),
    ("link", "a"),
    ("title", "h1", "h2", "h3"),
    ("time",),
    ("input",),
    ("form",),
)
_NUMBER = {tag: number for number, group in enumerate(_GROUPS) for tag in group}


class Tagged:
    """The elements of *tree* that are asked for by several readers."""

    def __init__(self, tree: HtmlElement) -> None:
        self._groups: list[list[HtmlElement]] = [[] for _ in _GROUPS]
        found = {tag: self._groups[number] for tag, number in _NUMBER.items()}
        for element in tree.iter(*_NUMBER):
            found[element.tag].append(element)

    def __call__(self, *tags: str) -> list[HtmlElement]:
        """The elements of one of *tags*, all of one group, in the order of the page."""
        number = _NUMBER[tags[0]]
        found = self._groups[number]
        if len(tags) == len(_GROUPS[number]):
            return found
        return [element for element in found if element.tag in tags]
