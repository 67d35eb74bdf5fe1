"""The pass over a tree that finds its segments, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml.html import HtmlElement

from pipelines.page.elements import (
    BLOCKS,
    CELLS,
    IMAGES,
    INLINE_BOLD,
    INPUTS,
    OPEN_BY_MISTAKE,
    SILENT,
    is_field,
    said_by,
)
from pipelines.page.listings import listing_text
from pipelines.page.raised import is_note_mark
from pipelines.page.segments import (
    BREAK,
    CELL,
    MAX_SEGMENTS,
    NOTE,
    Nodes,
    Segment,
    Segments,
    TextPiece,
)
from pipelines.text.words import collapse

_LONG_CELL = 400  # characters: a cell with paragraphs that has more lays out the page


def segments_of(root: HtmlElement) -> Segments:
    """The segments below *root*, which must not nest deeper than Python recurses."""
    walk = _TreeWalk()
    walk.block(root, -1, False)
    return Segments(walk.segments, walk.nodes)


class _TreeWalk:
    """The state of the pass: what it found, and the stretch that is open."""

    __slots__ = ("bold", "break_at", "fields", "images", "inputs", "linked", "links", "nodes",
                 "parts", "segments")  # fmt: skip

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.nodes = Nodes()
        self.inputs = self.images = self.fields = 0
        self.parts: list[TextPiece] = []  # of the open stretch
        self._begin()

    def _begin(self) -> None:
        self.parts.clear()
        self.linked = self.links = self.bold = 0
        self.break_at = -1

    def block(self, element: HtmlElement, parent: int, linked: bool) -> None:
        """Read a block element; its begin ends the open stretch, and so does its end."""
        nodes, segments = self.nodes, self.segments
        node = len(nodes.parent)
        tag = element.tag
        own, classes = said_by(tag, element.items())
        nodes.elements.append(element)
        nodes.parent.append(parent)
        nodes.bits.append(own)
        nodes.above.append(own | nodes.above[parent] if parent >= 0 else own)
        nodes.first.append(len(segments))
        nodes.look.append((parent, tag, classes))
        nodes.end.append(0)  # these four are known behind its end
        nodes.inputs.append(0)
        nodes.images.append(0)
        nodes.fields.append(0)
        inputs, images, fields = self.inputs, self.images, self.fields
        read = _READERS.get(tag)
        if read is None or not read(self, element, node, linked):
            self.content(element, node, linked, False)
        if self.parts:
            self.close(node)
        nodes.end[node] = len(segments)
        nodes.inputs[node] = self.inputs - inputs
        nodes.images[node] = self.images - images
        nodes.fields[node] = self.fields - fields

    def content(self, element: HtmlElement, node: int, linked: bool, bold: bool) -> None:
        """Read what stands between the tags of *element*."""
        parts = self.parts
        text = element.text
        if text and (parts or not text.isspace()):
            self.text(text, element, linked, bold)
        for child in element:
            tag = child.tag
            if tag in BLOCKS:
                if parts:
                    self.close(node)
                if len(self.segments) < MAX_SEGMENTS:
                    self.block(child, node, linked)
            elif tag in SILENT:
                self.silent(child, tag, node, linked)
            else:
                self.inline(child, tag, node, linked, bold)
            text = child.tail
            if text and (parts or not text.isspace()):
                self.text(text, element, linked, bold)

    def silent(self, element: HtmlElement, tag: str, node: int, linked: bool) -> None:
        if tag in INPUTS:
            self.inputs += 1
            self.fields += is_field(element)
        self.images += tag in IMAGES
        if tag in OPEN_BY_MISTAKE and next(element.iter("p"), None) is not None:
            self.inner_block(element, node, linked)

    def inner_block(self, element: HtmlElement, node: int, linked: bool) -> None:
        """Read a block element that stands in an inline element."""
        if self.parts:
            self.close(node)
        if len(self.segments) < MAX_SEGMENTS:
            self.block(element, node, linked)

    def inline(self, element: HtmlElement, tag: str, node: int, linked: bool, bold: bool) -> None:
        if tag == "a":
            if not _is_mark(element):
                self.links += 1
                self.content(element, node, True, bold)
        elif tag == "br":
            self.line_break(node)
        elif tag == "code" and _is_preformatted(element):
            self.inner_block(element, node, linked)
        elif tag == "sup" and is_note_mark(element):
            self.parts.append((NOTE, element))
        else:
            self.content(element, node, linked, bold or tag in INLINE_BOLD)

    def text(self, text: str, owner: HtmlElement, linked: bool, bold: bool) -> None:
        self.parts.append((text, owner))
        if linked or bold:
            length = len(text.strip())
            self.linked += length * linked
            self.bold += length * bold

    def line_break(self, node: int) -> None:
        """A line break; two of them with nothing between part paragraphs."""
        if self.break_at >= 0 and not _joined(self.parts[self.break_at + 1 :]).strip():
            self.close(node)
            return
        self.break_at = len(self.parts)
        self.parts.append((BREAK, None))

    def close(self, node: int) -> None:
        """End the open stretch; it makes a segment where it has a letter or a digit."""
        parts = self.parts
        text = _collapsed(_joined(parts))
        if _says_anything(text) and len(self.segments) < MAX_SEGMENTS:
            counts = self.linked, self.links, self.bold
            self.segments.append(Segment(text, node, tuple(parts), *counts))
        self._begin()

    def row(self, element: HtmlElement, node: int, linked: bool) -> bool:
        """Read a row of data as one stretch; False where the table only lays out."""
        cells = [child for child in element if child.tag in CELLS]
        if len(cells) < 2 or any(map(_holds_blocks, cells)):
            return False
        for number, cell in enumerate(cells):
            if number:
                self.parts.append((CELL, None))
            for part in (cell, *(inner for inner in cell if inner.tag in BLOCKS)):
                self._cell(part, linked)
        return True

    def _cell(self, element: HtmlElement, linked: bool) -> None:
        if element.text and (self.parts or not element.text.isspace()):
            self.text(element.text, element, linked, False)
        for child in element:
            if child.tag not in BLOCKS and child.tag not in SILENT:
                self.links += child.tag == "a"
                self._cell(child, linked or child.tag == "a")
            if child.tail and (self.parts or not child.tail.isspace()):
                self.text(child.tail, element, linked, False)

    def preformatted(self, element: HtmlElement, node: int, linked: bool) -> bool:
        """Read preformatted text as it stands."""
        text = listing_text(element)
        if _says_anything(text) and len(self.segments) < MAX_SEGMENTS:
            self.segments.append(Segment(collapse(text), node, ((text, element),)))
        return True


_READERS: dict[Any, Callable[[_TreeWalk, HtmlElement, int, bool], bool]] = {
    "tr": _TreeWalk.row,
    "pre": _TreeWalk.preformatted,
    "code": _TreeWalk.preformatted,
}


def _joined(pieces: list[TextPiece]) -> str:
    return pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])


def _says_anything(text: str) -> bool:
    return text[:1].isalnum() or any(map(str.isalnum, text))


def _collapsed(text: str) -> str:
    """*text* with its white space collapsed; its own line breaks are lines, its cells parted."""
    if NOTE in text:
        text = text.replace(NOTE, "")
    if CELL in text:
        return " | ".join(filter(None, map(collapse, text.replace(BREAK, " ").split(CELL))))
    if BREAK in text:
        return "\n".join(filter(None, map(collapse, text.split(BREAK))))
    return collapse(text)


def _is_preformatted(code: HtmlElement) -> bool:
    return "\n" in "".join(map(str, code.itertext())).strip()


def _is_mark(link: HtmlElement) -> bool:
    """Whether *link* is an arrow or a sign, as notes and headings carry them."""
    if len(link):
        return False
    text = (link.text or "").strip()
    return 0 < len(text) <= 2 and not any(map(str.isalnum, text))


def _ends_paragraph(line_break: HtmlElement) -> bool:
    """Whether another break follows, with nothing between."""
    following = line_break.getnext()
    return following is not None and following.tag == "br" and not (line_break.tail or "").strip()


def _holds_blocks(cell: HtmlElement) -> bool:
    """Whether *cell* holds more than a data cell does: a table, several blocks, or several
    paragraphs of a long text."""
    count = empty = 0
    for inner in cell.iterdescendants():
        if inner.tag in BLOCKS:
            count += 1
            if count > 1 or inner.tag in ("table", "pre") or inner.getparent() is not cell:
                return True
        empty += inner.tag == "br" and _ends_paragraph(inner)
    return empty > 0 and len("".join(cell.itertext())) > _LONG_CELL
