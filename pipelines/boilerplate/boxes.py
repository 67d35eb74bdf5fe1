"""Which boxes stand beside a page's article: by their names, or by what they are made of.

A box that somebody writes into is a sign-up or a thread; a short line beside a line that is all
link is a promotion, in whatever language, under whatever name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.arrays import Ints, prefix
from pipelines.boilerplate.comment_threads import threads_in
from pipelines.boilerplate.further_stories import further_stories
from pipelines.boilerplate.teaser_rows import TeaserRows, leads_away
from pipelines.classifier.segment_features import Table
from pipelines.classifier.thresholds import HIGHEST
from pipelines.page.elements import BESIDE, reason_of
from pipelines.page.segments import Numbers, Segment, Segments

_PROSE_SHARE = 300  # permille of what is likely: a box that holds so much is no clutter by its name
_FIELD_SHARE, _FIELD_MOST = 150, 24  # permille of what is likely, segments: a box with fields
_PROMOTION_LEAST, _PROMOTION_MOST, _PROMOTION_SHORT = 2, 3, 120  # segments, and characters of each
_TEASERS, _TEASER_SHARE, _TEXT_BEFORE = 2, 150, 350  # teasers in a row; permille of the likely text
_BOXES = ("div", "section", "aside", "form", "p", "center")


@dataclass(frozen=True, slots=True)
class BoxReason:
    """Why the content of a box is beside the article. *shape*: what the box is made of says so;
    *teaser*: it stands in a row of titles and teasers. Text in it has to be likelier than *bar*, in
    permille, on every page."""

    reason: str | None = None
    shape: bool = False
    teaser: bool = False
    bar: int = 0


_NOTHING, _PROMOTION = BoxReason(), BoxReason("related")
_TEASER = BoxReason("related", shape=True, teaser=True)
_TEASER_BEHIND = BoxReason("related", shape=True, teaser=True, bar=HIGHEST)
_COMMENT = BoxReason("comments", shape=True, bar=HIGHEST)
_STORY = BoxReason("related", shape=True, bar=1000)


@dataclass(frozen=True, slots=True)
class BoxReasons:
    """What speaks against all that stands in each node of a page, and against the texts of
    *teasers*."""

    by_node: tuple[BoxReason, ...]
    teasers: frozenset[str] = frozenset()
    teaser: BoxReason = _TEASER

    def of(self, segment: Segment) -> BoxReason:
        """What speaks against the box that *segment* stands in."""
        own = self.by_node[segment.node]
        return self.teaser if segment.text in self.teasers and not own.shape else own


def boxes_beside(segments: Segments, rows: TeaserRows, table: Table, mass: Ints) -> BoxReasons:
    """The boxes of *segments* that are beside its article; *mass* is how much likely text each
    segment has, *table* what else is known of them, *rows* are the page's teaser rows. A box that
    holds much of the mass is the article, whatever it is called."""
    nodes = segments.nodes
    sums = prefix(mass)
    first, end = nodes.numbers.first, nodes.numbers.end
    whole = max(int(sums[-1]), 1)
    shares = (1000 * (sums[end] - sums[first]) // whole).tolist()
    asked = _may_be_beside(nodes.numbers, end - first).tolist()
    special = dict.fromkeys(threads_in(segments, table.dated, mass), _COMMENT)
    special |= dict.fromkeys(further_stories(segments, table, mass), _STORY)
    found: list[BoxReason] = []
    for number, parent in enumerate(nodes.parent):
        above = found[parent] if parent >= 0 else _NOTHING
        if number in special and above is not _STORY:
            found.append(special[number])
        elif asked[number] and not above.shape:
            own = _beside(segments, number, shares[number])
            found.append(own if own.reason else above)
        else:
            found.append(above)
    return BoxReasons(tuple(found), *_teasers(segments, rows, mass, whole))


def _may_be_beside(nodes: Numbers, counts: Ints) -> np.ndarray:
    """The nodes with anything that speaks against their text: a name, a field, few lines."""
    named = nodes.bits & BESIDE > 0
    few = (counts >= _PROMOTION_LEAST) & (counts <= _PROMOTION_MOST)
    return (counts > 0) & (named | few | (nodes.fields > 0))


def _teasers(
    segments: Segments, rows: TeaserRows, mass: Ints, whole: int
) -> tuple[frozenset[str], BoxReason]:
    """The titles and teasers in a row that lead to other pages of the site. They are a small part
    of the text, or enough other text stands before them; else the page is about them."""
    if rows.count < _TEASERS or leads_away(segments, rows):
        return frozenset(), _TEASER
    inside = np.array([segment.text in rows.texts for segment in segments])
    first = int(np.argmax(inside))
    held, before = int(mass[inside].sum()), int(mass[:first].sum())
    few, behind = 1000 * held <= _TEASER_SHARE * whole, 1000 * before >= _TEXT_BEFORE * whole
    return rows.texts if few or behind else frozenset(), _TEASER_BEHIND if behind else _TEASER


def _beside(segments: Segments, number: int, share: int) -> BoxReason:
    nodes = segments.nodes
    count = nodes.end[number] - nodes.first[number]
    small = share <= _FIELD_SHARE and count <= _FIELD_MOST
    if nodes.fields[number] and small and nodes.look[number][1] != "blockquote":
        return BoxReason("form", shape=True)
    bits = nodes.bits[number]
    if bits & BESIDE and share <= _PROSE_SHARE:
        return BoxReason(reason_of(bits))
    return _PROMOTION if _is_promotion(segments, number, count) else _NOTHING


def _is_promotion(segments: Segments, number: int, count: int) -> bool:
    """Whether a box is two or three short lines, one of them all link, and not all of them."""
    nodes = segments.nodes
    if not _PROMOTION_LEAST <= count <= _PROMOTION_MOST or nodes.elements[number].tag not in _BOXES:
        return False
    inside = segments[nodes.first[number] : nodes.end[number]]
    if any(len(one.text) > _PROMOTION_SHORT for one in inside):
        return False
    return any(10 * one.linked >= 9 * len(one.text) for one in inside)
