"""Which blocks of a body stand in the flow of its text, and which in boxes of their own.

A newsletter box between two paragraphs is a box of its own, whatever it is called; a paragraph that
a series shares stands among the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.page.elements import HEADINGS, LISTS
from pipelines.page.segments import Nodes, Segment

_TEXTUAL = HEADINGS | LISTS | {"p", "blockquote", "pre", "table", "figure", "details"}
_MAIN_SHARE, _ALIKE_SHARE = 60, 30  # percent of the text: in the main box, in boxes that are alike


def apart(segments: Sequence[Segment], nodes: Nodes) -> list[bool]:
    """For each of *segments*, those of a body, whether it stands in a box of its own.

    The flow is what stands directly in the innermost node that holds most of the text, and in
    boxes there that look alike and hold much of it: chapters, wrapped paragraphs.
    """
    main, size = main_box(segments, nodes)
    below = [_child_of(main, segment.node, nodes) for segment in segments]
    looks: Counter[tuple[str, str]] = Counter()
    for segment, node in zip(segments, below, strict=True):
        if node is not None:
            looks[nodes.look[node][1:]] += len(segment.text)
    return [
        node is None
        or (
            nodes.look[node][1] not in _TEXTUAL
            and 100 * looks[nodes.look[node][1:]] < _ALIKE_SHARE * size
        )
        for node in below
    ]


def main_box(segments: Sequence[Segment], nodes: Nodes) -> tuple[int, int]:
    """The innermost node that holds most of the text of *segments*, and how long its text is."""
    sizes = _sizes(segments, nodes)
    least = _MAIN_SHARE * sizes[0]
    main = max((n for n, size in enumerate(sizes) if 100 * size >= least), default=0)
    return main, sizes[main]


def _sizes(segments: Sequence[Segment], nodes: Nodes) -> list[int]:
    """How long the text of *segments* in each node is; a node stands behind those around it."""
    sizes = [0] * len(nodes.parent)
    for segment in segments:
        sizes[segment.node] += len(segment.text)
    for node in range(len(sizes) - 1, 0, -1):
        sizes[nodes.parent[node]] += sizes[node]
    return sizes


def _child_of(main: int, node: int, nodes: Nodes) -> int | None:
    """The node around *node* right below *main*, or *main* itself; None where *node* is outside of
    it."""
    last = main
    while node > main:
        last, node = node, nodes.parent[node]
    return last if node == main else None
