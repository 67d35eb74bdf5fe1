"""A second opinion on a page: which segments trafilatura keeps of what is not certainly clutter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import trafilatura
from lxml.html import HtmlElement

from pipelines.arrays import Ints, prefix
from pipelines.classifier.settings import READING
from pipelines.classifier.thresholds import UNLIKELY
from pipelines.page.segments import Segments

MOST_SEGMENTS = 400
"""Segments of a page that trafilatura is asked about at most. It helps most on short pages, and
more than half of its time went to the third of the pages that are longer."""
MOST_PIECES = 20_000
"""Texts between tags. Ordinary pages have some thousand; on other pages this bounds the time."""
_COMPARED = 60  # characters of a segment that have to be in the reading


def without_clutter(segments: Segments, tree: HtmlElement, probability: Ints) -> HtmlElement:
    """A copy of *tree*, to which *segments* belong, without the boxes in which nothing is
    likely."""
    ways = [_way_to(box, tree) for box in _unlikely_boxes(segments, probability)]
    copied = deepcopy(tree)
    for box in [_at_the_end_of(way, copied) for way in ways]:
        box.drop_tree()
    return copied


def _way_to(element: HtmlElement, tree: HtmlElement) -> list[int]:
    """From *tree* down to *element*: which child each time."""
    way = []
    while element is not tree:
        parent = element.getparent()
        way.append(parent.index(element))
        element = parent
    return way[::-1]


def _at_the_end_of(way: Iterable[int], tree: HtmlElement) -> HtmlElement:
    for number in way:
        tree = tree[number]
    return tree


def _unlikely_boxes(segments: Segments, probability: Ints) -> Iterator[HtmlElement]:
    """The outermost boxes of *segments* that have segments, none of them likely."""
    nodes = segments.nodes
    likely = prefix((probability >= UNLIKELY).astype(np.int64))
    first, end = nodes.numbers.first, nodes.numbers.end
    empty = ((likely[end] == likely[first]) & (end > first)).tolist()
    for number, parent in enumerate(nodes.parent):
        if empty[number] and parent >= 0 and not empty[parent]:
            yield nodes.elements[number]


def said_by_trafilatura(
    segments: Segments, tree: HtmlElement, settings: dict[str, Any] = READING
) -> Ints:
    """1 for each segment of *segments* that trafilatura's reading of *tree* holds, else 0."""
    reading = _reading(tree, settings)
    return np.array(
        [_squash(segment.text)[:_COMPARED] in reading for segment in segments], dtype=np.int64
    )


def _reading(tree: HtmlElement, settings: dict[str, Any]) -> str:
    try:
        document = trafilatura.bare_extraction(tree, **settings)
    except (ValueError, TypeError, RecursionError, AttributeError):
        return ""
    return _squash(document.text or "") if document is not None else ""


def _squash(text: str) -> str:
    return "".join(text.replace("|", "").split())
