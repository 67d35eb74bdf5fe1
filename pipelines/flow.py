"""Which blocks of a body stand in the flow of its text, and which in boxes of their own.

A newsletter box between two paragraphs is a box of its own, whatever it is called; a paragraph that
a series shares stands among the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.markup import HEADINGS, LISTS
from pipelines.segments import Nodes, Segment

_TEXTUAL = HEADINGS | LISTS | {"p", "blockquote", "pre", "table", "figure", "details"}
_MAIN_SHARE, _ALIKE_SHARE = 60, 30  # percent of the text


def apart(segments: Sequence[Segment], nodes: Nodes) -> list[bool]:
    """For each of *segments*, those of a body, whether it stands in a box of its own.

    The flow is what stands directly in the innermost node that holds most of the text, and in
    boxes there that look alike and hold much of it: chapters, wrapped paragraphs.
    """
    sizes: Counter[int] = Counter()
    ways = [_way(segment.node, nodes) for segment in segments]
    for segment, way in zip(segments, ways, strict=True):
        for one in way:
            sizes[one] += len(segment.text)
    total = sizes[0]
    main = max((node for node in sizes if 100 * sizes[node] >= _MAIN_SHARE * total), default=0)
    below = [_child_of(main, way) for way in ways]
    looks: Counter[tuple[str, str]] = Counter()
    for segment, node in zip(segments, below, strict=True):
        if node is not None:
            looks[nodes.look[node][1:]] += len(segment.text)
    return [
        node is None
        or (
            nodes.look[node][1] not in _TEXTUAL
            and 100 * looks[nodes.look[node][1:]] < _ALIKE_SHARE * sizes[main]
        )
        for node in below
    ]


def _way(node: int, nodes: Nodes) -> list[int]:
    """*node* and all those that it stands in, the innermost first."""
    way = []
    while node >= 0:
        way.append(node)
        node = nodes.parent[node]
    return way


def _child_of(main: int, way: list[int]) -> int | None:
    """The node on *way* right below *main*, or *main* itself where nothing is; None: outside."""
    if main not in way:
        return None
    at = way.index(main)
    return way[at - 1] if at else main
