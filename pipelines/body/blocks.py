"""Segments of a page into blocks of text with their form: paragraphs, headings, items, rows …"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from lxml.html import HtmlElement

from pipelines.body.notes import Notes, without_label
from pipelines.page.elements import HEADINGS, ITEMS, LISTS
from pipelines.page.segments import BREAK, CELL, NOTE, Nodes, Segment, TextPiece
from pipelines.text.words import collapse

BlockKind = Literal["paragraph", "heading", "item", "quote", "row", "code"]

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_MARKED = frozenset({*_MARKS, "code", "a"})
_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_ADDRESS = re.compile(r"(?:https?|mailto):[^\s()<>]+", re.IGNORECASE)
_LEADING = re.compile(r"^(\s*\d{1,9}(?=[.)](?:\s|$))|\s*(?=#{1,6}(?:\s|$)|>|[+-](?:\s|$)))")

_Token = tuple[str, tuple[HtmlElement, ...]]
"""A text, and the elements that mark it up, the outermost first."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, quote, table row or piece of code: its text and its form.

    *level* is that of a heading, or how deep an item is nested; *group* is the same in all blocks
    of a list or table. *continues* says that it is a further paragraph of the same item.
    """

    kind: BlockKind
    text: str
    markdown: str
    level: int = 0
    group: int = 0
    continues: bool = False


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
        gap = "\n" if together and not block.continues else "\n\n"
        parts += [gap if parts else "", block.markdown]
        if block.kind == "row" and not together:
            parts.append("\n|" + " --- |" * _columns(block))
        previous = block
    return "".join(parts)


def _columns(row: Block) -> int:
    return len(re.findall(r"(?<!\\)\|", row.markdown)) - 1


def blocks_of(segments: Sequence[Segment], nodes: Nodes) -> list[Block]:
    """The blocks that *segments*, which stand in *nodes*, make."""
    blocks: list[Block] = []
    last_item = -1
    around: dict[int, _Around] = {}
    notes = Notes(segments, nodes)
    for number, segment in enumerate(segments):
        place = _place_of(segment.node, nodes, around)
        continues = place.item >= 0 and place.item == last_item
        if label := notes.begins(number):
            place, continues = replace(place, kind="item", level=0, note=label), False
        element = nodes.elements[segment.node]
        blocks.append(_block(segment, element, place, continues, notes))
        last_item = place.item
    return blocks


@dataclass(frozen=True, slots=True)
class _BlockPlace:
    """What the boxes around a segment make of it; *item* is the node of its list item, or -1,
    *note* the label of the note that it begins."""

    kind: BlockKind = "paragraph"
    level: int = 0
    marker: str = ""
    group: int = 0
    quoted: bool = False
    item: int = -1
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """A node and those above it: the innermost that gives text its kind, the outermost list, the
    innermost table (0 is none), how many lists, and whether a quote is among them."""

    decides: int = 0
    list: int = 0
    table: int = 0
    lists: int = 0
    quoted: bool = False


_DECIDING = HEADINGS | ITEMS | {"blockquote"}


def _around_of(node: int, nodes: Nodes, known: dict[int, _Around]) -> _Around:
    if node <= 0:
        return _Around()
    found = known.get(node)
    if found is None:
        outer = _around_of(nodes.parent[node], nodes, known)
        tag = nodes.look[node][1]
        is_list = tag in LISTS
        found = known[node] = _Around(
            node if tag in _DECIDING else outer.decides,
            outer.list or (node if is_list else 0),
            node if tag == "table" else outer.table,
            outer.lists + is_list,
            outer.quoted or tag == "blockquote",
        )
    return found


def _place_of(node: int, nodes: Nodes, known: dict[int, _Around]) -> _BlockPlace:
    """What *node* and those above it make of the text in it: the innermost decides its kind."""
    around = _around_of(node, nodes, known)
    group = around.list or around.table
    if not around.decides:
        return _BlockPlace(group=group, quoted=around.quoted)
    tag = nodes.look[around.decides][1]
    if tag == "blockquote":
        return _BlockPlace("quote", quoted=True)
    if tag in HEADINGS:
        return _BlockPlace("heading", int(tag[1]), "", group, around.quoted)
    marker = _marker(nodes.elements[around.decides])
    level = max(around.lists - 1, 0)
    return _BlockPlace("item", level, marker, group, around.quoted, around.decides)


def _marker(item: HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    start = parent.get("start") or ""
    first = int(start) if start.isdecimal() and len(start) < 6 else 1
    return f"{first + sum(1 for _ in item.itersiblings('li', preceding=True))}. "


def _block(
    segment: Segment, element: HtmlElement, place: _BlockPlace, continues: bool, notes: Notes
) -> Block:
    if element.tag in ("pre", "code"):
        return _code(segment)
    text = segment.text
    plain_place = place.kind == "paragraph" and not place.quoted and element.tag != "tr"
    if plain_place and _is_bare(segment, element):
        return Block(place.kind, text, _guarded(text), group=place.group)
    tokens = list(_tokens(segment.pieces, element, notes))
    if element.tag == "tr":
        cells = _render(tokens, 0).replace("|", r"\|").replace(BREAK, " ").split(CELL)
        return Block("row", text, f"| {' | '.join(map(collapse, cells))} |", group=place.group)
    form = _lines(_render(tokens, 0))
    form = form if place.kind == "heading" else _guarded(form)
    if place.kind == "heading":
        form = "#" * place.level + " " + form.replace("\n", " ")
        text = text.replace("\n", " ")
    elif place.note:
        form = f"[^{place.note}]: " + without_label(form, place.note).replace("\n", "\n    ")
    elif place.kind == "item":
        indent = "  " * place.level
        rest = indent + " " * len(place.marker)
        form = (rest if continues else indent + place.marker) + form.replace("\n", f"\n{rest}")
    if place.quoted:
        form = "> " + form.replace("\n", "\n> ")
    return Block(
        place.kind, text, form, place.level, place.group, continues and place.kind == "item"
    )


def _guarded(form: str) -> str:
    """*form* so that its beginning is not read as that of a heading, a list or a quote."""
    return _LEADING.sub(r"\1\\", form, count=1) if _LEADING.match(form) else form


def _is_bare(segment: Segment, element: HtmlElement) -> bool:
    """Whether *segment* is one plain text of *element*, and Markdown reads all of it as it is."""
    text = segment.text
    return (
        len(segment.pieces) == 1
        and segment.pieces[0][1] is element
        and _SPECIAL.search(text) is None
    )


def _code(segment: Segment) -> Block:
    text = unicodedata.normalize("NFC", segment.pieces[0][0])
    fence = "```" if "```" not in text else "````"
    return Block("code", text, f"{fence}\n{text}\n{fence}")


def _lines(text: str) -> str:
    """*text* with each line collapsed, empty ones left out."""
    return "\n".join(filter(None, map(collapse, text.split(BREAK))))


def _tokens(pieces: Sequence[TextPiece], block: HtmlElement, notes: Notes) -> Iterator[_Token]:
    """The texts of a segment with what marks them up inside *block*."""
    known: dict[HtmlElement, tuple[HtmlElement, ...]] = {block: ()}
    for text, owner in pieces:
        if text == NOTE:
            yield NOTE + notes.mark(owner), ()
            continue
        yield text, () if owner is None else _marks(owner, block, known)


def _marks(
    owner: HtmlElement, block: HtmlElement, known: dict[HtmlElement, tuple[HtmlElement, ...]]
) -> tuple[HtmlElement, ...]:
    if owner not in known:
        parent = owner.getparent()
        outer = () if parent is None else _marks(parent, block, known)
        known[owner] = (*outer, owner) if owner.tag in _MARKED else outer
    return known[owner]


def _render(tokens: Sequence[_Token], depth: int) -> str:
    """*tokens* as Markdown; what the same element marks up at *depth* gets its signs once."""
    parts = []
    for mark, group in groupby(
        tokens, lambda token: token[1][depth] if len(token[1]) > depth else None
    ):
        inside = list(group)
        if mark is None:
            parts += [_escaped(text) for text, _ in inside]
        else:
            parts.append(_marked_up(mark, inside, depth))
    return "".join(parts)


def _escaped(text: str) -> str:
    if text[:1] == NOTE:
        return text[1:]
    return text if text in (BREAK, CELL) else _SPECIAL.sub(r"\\\1", text)


def _marked_up(mark: HtmlElement, tokens: Sequence[_Token], depth: int) -> str:
    """*tokens* with the signs of *mark* around them, and white space outside of those."""
    raw = "".join(text for text, _ in tokens)
    form = raw if mark.tag == "code" else _render(tokens, depth + 1)
    inner = form.strip()
    if not inner or BREAK in inner:
        return form
    before, after = form[: len(form) - len(form.lstrip())], form[len(form.rstrip()) :]
    return before + _signed(mark, collapse(inner), collapse(raw)) + after


def _signed(mark: HtmlElement, inner: str, raw: str) -> str:
    if mark.tag == "code":
        return f"`{raw}`"
    if mark.tag == "a":
        target = (mark.get("href") or "").strip()
        return f"[{inner}]({target})" if _ADDRESS.fullmatch(target) else inner
    sign = _MARKS[mark.tag]
    return inner if inner.startswith(sign) else f"{sign}{inner}{sign}"
