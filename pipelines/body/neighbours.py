"""What stands around a segment whose own probability leaves a doubt: islands, gaps, quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.classifier.thresholds import POSSIBLE, RAISED
from pipelines.page.segments import Nodes, Segments

_SEVERAL, _PASSABLE = 4, 700  # segments of a box; permille of one of them, or the box is cut
_CERTAIN = 900  # permille of the text before and behind a doubtful paragraph
_CLOSE = 3  # segments from text within which a doubtful paragraph may belong to it
_REACH = 8  # segments from likely text within which doubtful ones may belong to it


def islands(
    probability: Sequence[int], reasons: Sequence[str | None], boxes: Nodes
) -> Iterator[int]:
    """The kept segments that stand in boxes without any passable text, or far from all likely text.

    *reasons* is None for a segment that is kept. A page without any likely text has no islands.
    """
    likely = [n for n, p in enumerate(probability) if p > RAISED and reasons[n] is None]
    if not likely:
        return
    passable = [n for n, p in enumerate(probability) if p > _PASSABLE]
    apart = set(_apart(frozenset(passable), boxes))
    first, last = _reached(likely[0], passable[::-1]), _reached(likely[-1], passable)
    for number, reason in enumerate(reasons):
        far = not first - _REACH <= number <= last + _REACH
        if reason is None and (far or number in apart):
            yield number


def _reached(place: int, passable: Sequence[int]) -> int:
    """How far steps lead from *place*, each from a *passable* segment to the next that is near
    it."""
    ahead = passable[passable.index(place) :]
    for number in ahead:
        if abs(number - place) > _REACH:
            break
        place = number
    return place


def _apart(passable: frozenset[int], boxes: Nodes) -> Iterator[int]:
    """The segments of boxes that have several, none of them *passable*."""
    for first, end in zip(boxes.first, boxes.end, strict=True):
        if end - first >= _SEVERAL and passable.isdisjoint(range(first, end)):
            yield from range(first, end)


def between(
    segments: Segments,
    reasons: Sequence[str | None],
    probability: Sequence[int],
    prose: Sequence[int],
) -> Iterator[int]:
    """The segments of *prose* between two sure segments of the article, in the same box or in a
    quote there, that are not unlikely: a notice beside a quote makes both look alike."""
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    for before, after in pairwise(kept):
        if after == before + 1 or min(probability[before], probability[after]) < _CERTAIN:
            continue
        around = {_box_of(segments, before), _box_of(segments, after)}
        for number in range(before + 1, after):
            if before + _CLOSE < number < after - _CLOSE:
                continue
            near = _box_of(segments, number) in around or _is_quoted(segments, number)
            if near and prose[number] and probability[number] > POSSIBLE:
                yield number


def _box_of(segments: Segments, number: int) -> int:
    return segments.nodes.parent[segments[number].node]


def _is_quoted(segments: Segments, number: int) -> bool:
    node = segments[number].node
    return "blockquote" in (
        segments.nodes.look[node][1],
        segments.nodes.look[segments.nodes.parent[node]][1],
    )
