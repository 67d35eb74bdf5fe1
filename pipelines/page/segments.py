"""The segments of a page: stretches of inline text between the edges of block elements, and where
each stands. The choice of a segment and the text that is made of it both come from this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from lxml.html import HtmlElement

from pipelines.arrays import Ints

MAX_SEGMENTS = 12_000
"""Segments of a page that are read; what follows is left out."""
BREAK, CELL, NOTE = "\x02", "\x03", "\x04"
"""A line break, the edge of a table's cell, the mark of a note within a stretch; no page's text
holds any of them."""

TextPiece = tuple[str, HtmlElement | None]
"""A text and the inline element that it stands in; None for the edge of a cell. The mark of a note
is `NOTE` and its element."""


class Segment(NamedTuple):
    """A stretch of inline text: collapsed *text*, the number of its *node*, and the *pieces* that
    it is made of.

    *linked* and *bold* count characters, *links* counts `a` elements.
    """

    text: str
    node: int
    pieces: tuple[TextPiece, ...]
    linked: int = 0
    links: int = 0
    bold: int = 0


class Numbers(NamedTuple):
    """The columns of `Nodes` that are computed with, as arrays."""

    parent: Ints
    bits: Ints
    above: Ints
    first: Ints
    end: Ints
    inputs: Ints
    images: Ints
    fields: Ints


@dataclass
class Nodes:
    """The block elements of a page, in columns; number 0 is the root. Parents come before children.

    Segments `first[n]` up to, not including, `end[n]` are those in node n. *bits* are what tag,
    role and names say of it; *above* are the bits of the node and of all nodes around it. *inputs*
    and *images* count form elements and pictures in it, *fields* the form elements that somebody
    writes into. *look* is its parent, tag and class: siblings that share it look alike.
    """

    elements: list[HtmlElement] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    fields: list[int] = field(default_factory=list)
    look: list[tuple[int, str, str]] = field(default_factory=list)

    @cached_property
    def numbers(self) -> Numbers:
        """The columns as arrays, made once."""
        return Numbers(*(np.array(getattr(self, name), np.int64) for name in Numbers._fields))

    def that_say(self, bits: int) -> list[int]:
        """The nodes of which markup says any of *bits*, in their order."""
        return np.flatnonzero(self.numbers.bits & bits).tolist()


class Segments(list[Segment]):
    """The segments of a page in their order, with the *nodes* that they stand in."""

    __slots__ = ("nodes",)

    def __init__(self, segments: Iterable[Segment], nodes: Nodes) -> None:
        super().__init__(segments)
        self.nodes = nodes


GOOD_SIZE, GOOD_LINKED = 80, 350
"""Characters that prose has at least; permille of them that are linked at most."""


def is_prose(segment: Segment) -> bool:
    """Whether *segment* is as long as paragraphs are, and little of it is linked."""
    size = len(segment.text)
    return size >= GOOD_SIZE and 1000 * segment.linked < GOOD_LINKED * size
