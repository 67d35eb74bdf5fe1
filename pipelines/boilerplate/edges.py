"""What lines are by what they say and where they stand: above a text, at its end, behind a wall.

There a line has to be likelier than elsewhere: dates, credits and calls look like text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.arrays import Ints
from pipelines.boilerplate.line_rules import reason_against
from pipelines.boilerplate.walls import wall_on
from pipelines.classifier.thresholds import BESIDE_TEXT, HIGHEST, POSSIBLE, RAISED
from pipelines.page.front_matter import Top
from pipelines.page.segments import GOOD_SIZE, Segments, is_prose
from pipelines.text.dates import has_day
from pipelines.text.words import key

_AT_THE_END = frozenset(
    {"newsletter", "share", "small print", "copyright", "meta", "related", "comments", "popular"}
    | {"author", "advertisement"}
)
"""What a line at the end of a text is, though it looks like text."""
_MOST_DATED, _TITLE_WITHIN = 3, 3  # lines above a text: dates, and lines that may be its title
_NEAR = 5  # segments above a wall
_MOST_BEFORE = 85  # percent of what is likely text
_LONG = 600  # words: a text of so many is behind no wall
_STOPS = '.!?。！？।؟:：…"”»'

Reasons = Sequence[str | None]


def reasons_by_place(
    segments: Segments, reasons: Reasons, top: Top, probability: Ints, mass: Ints
) -> Iterator[tuple[int, str | None]]:
    """The kept segments that are no text where they stand, and why; with None, cut segments that
    are text there.

    *probability* says how likely each segment is text, *mass* how much text that makes.
    """
    likely = probability.tolist()
    last = _last(mass)
    wall = wall_on(segments) if int(mass.sum()) < 1000 * _LONG else len(reasons)
    walled = wall if wall in last else len(reasons)
    for number in last:
        if reasons[number] is None and likely[number] <= HIGHEST:
            reason = reason_against(segments, segments[number], top)
            if reason in _AT_THE_END or number >= walled:
                yield number, reason or "wall"
    yield from _around_wall(segments, reasons, likely, wall)
    for number, reason in above_the_text(segments, reasons, top):
        if likely[number] <= HIGHEST:
            yield number, reason


def _around_wall(
    segments: Segments, reasons: Reasons, likely: Sequence[int], wall: int
) -> Iterator[tuple[int, str | None]]:
    """What is no text behind a *wall*; and the prose right above it, near text, that is text: the
    part of a story that everybody may read."""
    for number in range(wall, len(reasons)):
        if reasons[number] is None and likely[number] <= RAISED:
            yield number, "wall"
    if wall == len(reasons):
        return
    near = range(max(wall - _NEAR, 0), wall)
    if not any(reasons[number] is None and likely[number] > RAISED for number in near):
        return
    for number in near:
        doubtful = reasons[number] == BESIDE_TEXT and likely[number] > POSSIBLE
        if doubtful and is_prose(segments[number]):
            yield number, None


def _last(mass: Ints) -> range:
    """The numbers of the segments that stand behind most of what is likely text."""
    before = np.cumsum(mass)
    return range(int(np.searchsorted(before, _MOST_BEFORE * before[-1] // 100, "right")), len(mass))


def above_the_text(segments: Segments, reasons: Reasons, top: Top) -> list[tuple[int, str]]:
    """The kept lines above the first paragraph of a text that are its title or have a day in them:
    who wrote it, when, how many read it. A summary of *top* is no such paragraph, and a sentence is
    no such line. Many such lines are a chronicle, and stay."""
    lines = [*_dated_above(segments, reasons, top)]
    return lines if sum(reason == "date" for _, reason in lines) <= _MOST_DATED else []


def _dated_above(segments: Segments, reasons: Reasons, top: Top) -> Iterator[tuple[int, str]]:
    kept = 0
    for number, segment in enumerate(segments):
        if reasons[number] is None:
            if len(segment.text) >= GOOD_SIZE:
                if key(segment.text) in top.summaries:
                    continue
                return
            kept += 1
            may_be_title = kept <= _TITLE_WITHIN and len(segment.text) <= top.longest
            if may_be_title and key(segment.text) in top.titles:
                yield number, "title"
            elif has_day(segment.text) and segment.text[-1] not in _STOPS:
                yield number, "date"
