"""A page into the blocks of its article: models choose, trafilatura is asked where they doubt.

Every segment of the page gets a probability from its surroundings. Where the page as a whole is
sure, that decides; else trafilatura reads what is not certainly clutter, and a second model weighs
its answer too. What rules speak against has to be likelier.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from lxml.html import HtmlElement

from archive.types import Removed
from pipelines.arrays import Ints, stacked
from pipelines.body.blocks import Block, blocks_of
from pipelines.body.flow import in_flow
from pipelines.body.insets import apart
from pipelines.body.neighbours import between, islands
from pipelines.body.notes import referred
from pipelines.boilerplate.boxes import BoxReason, boxes_beside
from pipelines.boilerplate.edges import reasons_by_place
from pipelines.boilerplate.line_rules import (
    linked_line,
    notice_in,
    reason_against,
    rows_of_kept_tables,
)
from pipelines.boilerplate.repeats import after_thoughts
from pipelines.boilerplate.teaser_rows import TeaserRows, leads_within, rows_of
from pipelines.classifier.context_features import (
    CONTEXT_FEATURES,
    READING_FEATURES,
    context_features,
    reading_features,
)
from pipelines.classifier.thresholds import (
    BESIDE_TEXT,
    CLEAR,
    HIGHEST,
    LESS_SURE,
    RAISED,
    SURE,
    bar_of,
    expected_f1,
)
from pipelines.classifier.trafilatura_reading import (
    MOST_PIECES,
    MOST_SEGMENTS,
    said_by_trafilatura,
    without_clutter,
)
from pipelines.classifier.trees import trees_named
from pipelines.classifier.view import FEATURES, View, view_of
from pipelines.page.elements import reason_of
from pipelines.page.front_matter import Top
from pipelines.page.segments import Segment, Segments, is_prose
from pipelines.text.phrases import is_call, is_credited
from pipelines.text.words import without_controls

SECOND_FEATURES = (*FEATURES, *CONTEXT_FEATURES, *READING_FEATURES)
"""The names of the rows that the second model sees."""

_MOST_REMOVED = 200  # rows of the table `removed` for a page
_NEAR = 3  # segments from the text within which a cut segment is such a row


class JudgedText(NamedTuple):
    """One segment of the page: its text, and why it was cut; None where it is kept."""

    text: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the article, the blocks beside it that are worth a row, and the *reading* that
    chose.

    *parts* is all text of the page in its order, *apart* says which of *blocks* stand in boxes of
    their own. *expected* is how well the choice probably agrees with a reader's choice, in
    permille.
    """

    blocks: tuple[Block, ...] = ()
    removed: tuple[Removed, ...] = ()
    reading: str = "nothing"
    expected: int = 0
    parts: tuple[JudgedText, ...] = ()
    apart: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely each segment is text, how well the page is understood, and which reading says
    so."""

    probability: Ints
    expected: int
    reading: str

    @classmethod
    def of(cls, probability: Ints, view: View, reading: str) -> Opinion:
        """The opinion that follows from a model's *probability*."""
        return cls(probability, expected_f1(probability, view.table.words), reading)


def body_of(
    segments: Segments,
    tree: HtmlElement,
    top: Top,
    rows: TeaserRows | None = None,
    goes_on: bool = False,
) -> Body:
    """The article's body on *segments*, the text of *tree*; its *top* is left out.

    *rows* are the page's teaser rows, if they are known; *goes_on* says that the article has a next
    page. *tree* is not changed.
    """
    view = view_of(segments, top)
    if view is None:
        return Body()
    opinion = _opinion(view, tree)
    reasons = reasons_of(view, top, opinion, rows or rows_of(segments), goes_on)
    kept = [s for s, reason in zip(segments, reasons, strict=True) if not reason]
    parts = tuple(JudgedText(s.text, reason) for s, reason in zip(segments, reasons, strict=True))
    removed = _worth_a_row(view, top, reasons)
    return Body(
        tuple(blocks_of(kept, view.segments.nodes)),
        removed,
        opinion.reading,
        opinion.expected,
        parts,
        tuple(apart(kept, view.segments.nodes)),
    )


def _opinion(view: View, tree: HtmlElement) -> Opinion:
    """What the models say of each segment of *view*."""
    first = _ask("first", FEATURES, view.columns)
    opinion = Opinion.of(first, view, "model")
    if decides(opinion, view):
        return opinion
    columns = second_columns(view, tree, first)
    second = Opinion.of(_ask("second", SECOND_FEATURES, columns), view, "model and trafilatura")
    return better(opinion, second)


def decides(first: Opinion, view: View) -> bool:
    """Whether the *first* opinion on a page needs no second."""
    segments = view.segments
    return (
        first.expected >= SURE
        or len(segments) > MOST_SEGMENTS
        or sum(len(segment.pieces) for segment in segments) > MOST_PIECES
    )


def better(first: Opinion, second: Opinion) -> Opinion:
    """The *second* opinion on a page, unless it leaves more doubt than the *first* did:
    trafilatura found something else there, or next to nothing."""
    return second if second.expected >= first.expected - LESS_SURE else first


def second_columns(view: View, tree: HtmlElement, probability: Ints) -> Ints:
    """The rows `SECOND_FEATURES` of *view*, of which the first model says *probability*.

    Trafilatura is asked on *tree* without what is certainly clutter.
    """
    nodes, words = view.segments.nodes, view.table.words
    columns = [*view.columns, *context_features(probability, words, nodes, view.boxes)]
    said = said_by_trafilatura(view.segments, without_clutter(view.segments, tree, probability))
    columns += reading_features(said, probability, words, nodes, view.boxes)
    return stacked(columns)


def _ask(name: str, names: tuple[str, ...], columns: Ints) -> Ints:
    return trees_named(name).probabilities(columns[_rows_read(name, names)])


@cache
def _rows_read(name: str, names: tuple[str, ...]) -> Ints:
    """Which of the rows *names* the forest of that *name* reads."""
    return trees_named(name).chosen(names)


def reasons_of(
    view: View, top: Top, opinion: Opinion, rows: TeaserRows, goes_on: bool = False
) -> list[str | None]:
    """Why each segment is cut; None where it is kept. *rows* are the page's teaser rows; *goes_on*
    says that the article has a next page.

    A rule raises the bar; only the rule of further stories cuts by itself. What a line says always
    counts, and so do threads of readers, and teasers behind a text. What else a box is called or
    looks like counts on clear pages only: on other pages the boxes may be the article.
    """
    probabilities = opinion.probability.tolist()
    clear, bar = opinion.expected >= CLEAR, bar_of(opinion.expected)
    above = view.segments.nodes.above
    mass = opinion.probability * view.table.words
    boxes = boxes_beside(view.segments, rows, view.table, mass)
    reasons = [
        _reason_against_likely(view.segments, top, _Likely(segment, p, boxes.of(segment), clear))
        if p > bar
        else boxes.of(segment).reason or reason_of(above[segment.node]) or BESIDE_TEXT
        for p, segment in zip(probabilities, view.segments, strict=True)
    ]
    for number in [*between(view.segments, reasons, probabilities, view.table.good.tolist())]:
        reasons[number] = reasons[number] if reasons[number] != BESIDE_TEXT else None
    if clear:
        for number in islands(probabilities, reasons, view.segments.nodes):
            reasons[number] = BESIDE_TEXT
    for number in in_flow(
        view.segments,
        reasons,
        probabilities,
        lambda segment: reason_against(view.segments, segment, top),
    ):
        reasons[number] = None
    for number in rows_of_kept_tables(view.segments, reasons):
        reasons[number] = None
    for number, reason in [
        *reasons_by_place(view.segments, reasons, top, opinion.probability, mass)
    ]:
        reasons[number] = reason
    for number in referred(view.segments, reasons):
        reasons[number] = None
    return after_thoughts(view.segments, reasons, goes_on)


class _Likely(NamedTuple):
    """A *segment* that is text with probability *p*, what speaks against its *box*, and whether
    its page is *clear*."""

    segment: Segment
    p: int
    box: BoxReason
    clear: bool


def _reason_against_likely(segments: Segments, top: Top, likely: _Likely) -> str | None:
    """Why a *likely* segment of *segments* is cut all the same; None where it is kept."""
    segment, p, box, clear = likely
    if p <= HIGHEST and is_credited(segment.text):
        return "caption"
    if clear and p <= HIGHEST and is_call(segment.text):
        return "newsletter"
    if p <= HIGHEST and leads_within(segment):
        return "contents"
    if p <= box.bar:
        return box.reason
    if p > RAISED:
        if not clear or p > HIGHEST:
            return "related" if clear and box.teaser else None
        return (box.reason if box.shape else None) or linked_line(segments, segment)
    said = reason_against(segments, segment, top)
    return said or ((box.reason or notice_in(segments, segment)) if clear else None)


def _worth_a_row(view: View, top: Top, reasons: list[str | None]) -> tuple[Removed, ...]:
    """What was cut and might be missed: prose, and what stands among or right beside the text."""
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    low, high = (kept[0] - _NEAR, kept[-1] + _NEAR) if kept else (0, -1)
    rows = (
        Removed(reason=_refined(view, segment, top, reason), block=without_controls(segment.text))
        for number, (segment, reason) in enumerate(zip(view.segments, reasons, strict=True))
        if reason and (low <= number <= high or is_prose(segment))
    )
    return tuple(row for row, _ in zip(rows, range(_MOST_REMOVED), strict=False))


def _refined(view: View, segment: Segment, top: Top, reason: str) -> str:
    """*reason*, or what the words of *segment* say where it says little."""
    return (reason == BESIDE_TEXT and reason_against(view.segments, segment, top)) or reason
