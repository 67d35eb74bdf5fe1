"""Preformatted text into its lines, however a highlighter boxes and numbers them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_LINE_NAMES = re.compile(r"(?<!\S)(?:line|code-?line|view-line|token-line|cl|hljs-ln-line)(?!\S)")
_NUMBER_NAMES = re.compile(
    r"(?<!\S)(?:line-?nos?|line-?numbers?|lnt?|hljs-ln-numbers|gutter|line-numbers-rows|gl)(?!\S)",
    re.I,
)
_OWN_LINES = frozenset({"div", "p", "li", "tr"})
_NUMBERED = re.compile(r"\s*\d+(?:\s+\d+)*\s*")


def listing_text(element: HtmlElement) -> str:
    """The text of a preformatted *element*: its lines, without their numbers; empty where it holds
    the numbers of lines alone, which stand beside it."""
    text = "".join(_pieces(element))
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return "" if _is_gutter(element, lines) else lines.strip("\n")


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        tag = child.tag
        if tag == "br":
            yield "\n"
        elif not _is_number(child):
            own_line = tag in _OWN_LINES or (
                tag in ("span", "code") and _is_line(child, child.get("class") or "")
            )
            inside = "".join(_pieces(child))
            ends = not own_line or inside.endswith("\n") or _line_ends_behind(child)
            yield inside if ends else inside + "\n"
        if child.tail:
            yield child.tail


def _line_ends_behind(element: HtmlElement) -> bool:
    following = element.getnext()
    tail = element.tail or ""
    return tail.startswith("\n") or (not tail and following is not None and following.tag == "br")


def _is_line(element: HtmlElement, names: str) -> bool:
    """Whether an inline element of these *names* is a line by its name, or beside such lines."""
    return bool(_LINE_NAMES.search(names)) and element.getnext() is not None


def _is_number(element: HtmlElement) -> bool:
    names = element.get("class")
    if not names or not _NUMBER_NAMES.search(names):
        return False
    text = "".join(map(str, element.itertext()))
    return not text.strip() or _NUMBERED.fullmatch(text) is not None


def _is_gutter(element: HtmlElement, text: str) -> bool:
    """Whether *text* is the numbers of lines that stand in the next cell of the same row."""
    if not _NUMBERED.fullmatch(text):
        return False
    numbers = [*map(int, text.split()[:10_000])]
    if numbers != [*range(numbers[0], numbers[0] + len(numbers))]:
        return False
    cell = next(element.iterancestors("td", "th"), None)
    beside = cell.getnext() if cell is not None else None
    return beside is not None and next(beside.iter("pre", "code"), None) is not None
