"""A tree of HTML, or of trafilatura's own tags, into blocks: paragraphs, headings, items, rows …"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from lxml.etree import _Element

from pipelines.text import fold

_Path = tuple[int, ...]
"""Where an element stands: the number of each element above it among its siblings."""

Kind = Literal["paragraph", "heading", "item", "quote", "row", "code"]

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "head"})
LISTS = frozenset({"ul", "ol", "dl", "menu", "list"})
ITEMS = frozenset({"li", "item", "dt", "dd"})
QUOTES = frozenset({"blockquote", "quote"})
ROWS = frozenset({"tr", "row"})
CELLS = frozenset({"td", "th", "cell"})
_SILENT = """
script style noscript template svg math iframe object embed select option datalist textarea button
input img graphic picture video audio canvas map meta link title
"""
_BLOCKS = """
html body main article section div p pre header footer aside nav figure figcaption table caption
thead tbody tfoot form fieldset address hr center details summary dialog hgroup
"""
SILENT = frozenset(_SILENT.split())
"""Elements whose content is no text of the page."""
BLOCKS = HEADINGS | LISTS | ITEMS | QUOTES | ROWS | CELLS | frozenset(_BLOCKS.split())
"""Elements that begin and end a block."""

_BREAKS = frozenset({"br", "lb"})
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"i", "em"})
_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_LEADING = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]\s))")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, quote, table row or piece of code: its text and its form.

    *level* is that of a heading, or how deep an item is nested; *group* tells one list or table
    from the next.
    """

    kind: Kind
    text: str
    markdown: str
    level: int = 0
    group: _Path = ()


def blocks_of(root: _Element) -> list[Block]:
    """The blocks below *root*, in their order; it must not nest deeper than Python recurses."""
    return [block for block in _walk(root, _place_in(root, _Place(), 0)) if block.text]


def plain(blocks: Iterable[Block]) -> str:
    """The text of *blocks*, joined by blank lines."""
    return "\n\n".join(block.text for block in blocks)


def markdown(blocks: Iterable[Block]) -> str:
    """The same text with its form; the items of a list, the rows of a table stay together."""
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        together = previous and block.group and (previous.kind, previous.group) == (
            block.kind, block.group,
        )  # fmt: skip
        parts += ["\n" if together else "\n\n" if parts else "", block.markdown]
        if block.kind == "row" and not together:
            parts.append("\n|" + " --- |" * (_columns(block)))
        previous = block
    return "".join(parts)


def _columns(row: Block) -> int:
    return len(re.findall(r"(?<!\\)\|", row.markdown)) - 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: what an inline run met here becomes."""

    kind: Kind = "paragraph"
    level: int = 0
    marker: str = ""
    group: _Path = ()
    quoted: bool = False
    path: _Path = ()


def _walk(element: _Element, place: _Place) -> Iterator[Block]:
    """The blocks in *element*: runs of inline content, and what its block children hold."""
    run: list[tuple[str, str]] = [_literal(element.text)]
    for number, child in enumerate(element):
        if _is_block(child):
            yield from _close(run, place)
            run = []
            yield from _enter(child, place, number)
        else:
            run.append(_inline(child))
        run.append(_literal(child.tail))
    yield from _close(run, place)


def _enter(element: _Element, place: _Place, number: int) -> Iterator[Block]:
    tag = element.tag
    if tag in SILENT:
        return
    if tag in ROWS:
        yield from _row(element, place)
    elif tag in ("pre", "code"):
        yield from _code(element)
    else:
        yield from _walk(element, _place_in(element, place, number))


def _place_in(element: _Element, place: _Place, number: int) -> _Place:
    """What an inline run in *element*, child *number* of the place, becomes."""
    tag = element.tag
    inside = replace(place, path=(*place.path, number))
    if tag in HEADINGS:
        return replace(inside, kind="heading", level=_heading_level(element))
    if tag in LISTS:
        level = place.level + 1 if place.kind == "item" else 0
        return replace(inside, kind="paragraph", level=level, group=place.group or inside.path)
    if tag in ITEMS:
        parent = element.getparent()
        ordered = parent is not None and "ol" in (parent.tag, parent.get("rend"))
        return replace(inside, kind="item", marker=f"{number + 1}. " if ordered else "- ")
    if tag in QUOTES:
        return replace(inside, kind="quote", quoted=True, group=())
    return replace(inside, group=inside.path) if tag == "table" else inside


def _heading_level(element: _Element) -> int:
    name = element.get("rend", "h2") if element.tag == "head" else str(element.tag)
    return int(name[1]) if name[1:2] in tuple("123456") else 2


def _is_block(element: _Element) -> bool:
    """Whether *element* ends the run that it stands in: a block, or inline markup around one."""
    tag = element.tag
    if tag in BLOCKS:
        return True
    if tag == "code":
        return "\n" in "".join(map(str, element.itertext())).strip()
    return tag not in SILENT and any(inner.tag in BLOCKS for inner in element.iterdescendants())


def _close(run: list[tuple[str, str]], place: _Place) -> Iterator[Block]:
    """The blocks of an inline run: an empty line in it, as two `br` make it, parts paragraphs."""
    texts = _PARAGRAPH_BREAK.split("".join(text for text, _ in run))
    forms = _PARAGRAPH_BREAK.split("".join(form for _, form in run))
    if len(texts) != len(forms):  # pragma: no cover - markup never holds an empty line of its own
        forms = texts
    for text, form in zip(texts, forms, strict=True):
        lines = _lines(text)
        if any(character.isalnum() for character in lines):
            yield _block(lines, _lines(form), place)


def _block(text: str, form: str, place: _Place) -> Block:
    form = _LEADING.sub(r"\1\\\2", form) if place.kind != "code" else form
    if place.kind == "heading":
        form = "#" * place.level + " " + form.replace("\n", " ")
        text = text.replace("\n", " ")
    elif place.kind == "item":
        indent = "  " * place.level
        form = indent + place.marker + form.replace("\n", f"\n{indent}  ")
    if place.quoted:
        form = "> " + form.replace("\n", "\n> ")
    return Block(place.kind, text, form, place.level, place.group)


def _lines(text: str) -> str:
    """*text* with each line folded, empty ones left out."""
    return "\n".join(line for line in map(fold, text.split("\n")) if line)


def _row(element: _Element, place: _Place) -> Iterator[Block]:
    """One block for a row of data; the blocks of its cells where the table only lays out."""
    cells = [cell for cell in element if cell.tag in CELLS]
    if len(cells) < 2 or any(_holds_blocks(cell) for cell in cells):
        for cell in cells:
            yield from _walk(cell, place)
        return
    texts = [fold(_inline(cell)[0]) for cell in cells]
    if any(texts):
        forms = [fold(_inline(cell)[1]).replace("|", r"\|") for cell in cells]
        text = " | ".join(filter(None, texts))
        yield Block("row", text, f"| {' | '.join(forms)} |", group=place.group)


def _holds_blocks(cell: _Element) -> bool:
    """Whether *cell* holds more than a data cell does: a table, or several blocks."""
    found = [inner for inner in cell.iterdescendants() if inner.tag in BLOCKS]
    return len(found) > 1 or any(inner.tag == "table" for inner in found)


def _code(element: _Element) -> Iterator[Block]:
    text = unicodedata.normalize("NFC", "".join(map(str, element.itertext()))).strip("\n").rstrip()
    fence = "```" if "```" not in text else "````"
    if text.strip():
        yield Block("code", text, f"{fence}\n{text}\n{fence}")


def _literal(text: str | None) -> tuple[str, str]:
    """Text between tags; the source's line ends are mere spaces."""
    if not text:
        return "", ""
    folded = " ".join(re.split(r"\s+", text))
    return folded, _SPECIAL.sub(r"\\\1", folded)


def _inline(element: _Element) -> tuple[str, str]:
    """The text of inline *element*, plain and as Markdown, without its tail."""
    tag = element.tag
    if tag in _BREAKS:
        return "\n", "\n"
    if tag in SILENT or not isinstance(tag, str):
        return "", ""
    parts = [_literal(element.text)]
    for child in element:
        parts += [_inline(child), _literal(child.tail)]
    text, form = "".join(part[0] for part in parts), "".join(part[1] for part in parts)
    return text, _marked_up(element, text, form)


def _marked_up(element: _Element, text: str, form: str) -> str:
    inner = form.strip()
    if not inner or "\n" in inner:
        return form
    before, after = form[: len(form) - len(form.lstrip())], form[len(form.rstrip()) :]
    tag, rend = element.tag, element.get("rend")
    if tag in _STRONG or rend == "#b":
        inner = inner if inner.startswith("**") else f"**{inner}**"
    elif tag in _EMPHASIS or rend == "#i":
        inner = inner if inner.startswith("*") else f"*{inner}*"
    elif tag == "code":
        inner = f"`{text.strip()}`"
    elif tag in ("a", "ref") and (target := element.get("href") or element.get("target")):
        inner = f"[{inner}]({target})" if ":" in target else inner
    return before + inner + after
