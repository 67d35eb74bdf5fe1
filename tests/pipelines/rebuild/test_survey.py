"""How a batch's input is cut into tasks: between captures, nothing left out, nothing twice."""

from __future__ import annotations

from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archive.tables.journal import Batch, Quarantined, Span
from pipelines.rebuild.survey import Survey, pieces

MIB = 2**20


def batch(span: Span, *quarantined: Quarantined) -> Batch:
    return Batch(1, "2026-11-23T06:00:10.000000Z", (span,), (), quarantined)


@given(
    st.lists(st.integers(0, 40 * MIB), max_size=60),
    st.integers(0, 20 * MIB),
    st.integers(1, 20 * MIB),
)
def test_pieces_cover_a_span_in_order_and_are_cut_at_captures(
    offsets: list[int], start: int, length: int
) -> None:
    found = Survey(captures={"warc/a": array("Q", sorted(offsets))})
    parts = list(pieces(found, batch(Span("warc/a", start, start + length))))
    assert parts[0].span.start == start
    assert parts[-1].span.end == start + length
    for before, after in pairwise(parts):
        assert before.span.end == after.span.start
        assert after.span.start in offsets
        assert before.span.end - before.span.start >= 4 * MIB
    inside = [offset for offset in offsets if start <= offset < start + length]
    assert sum(part.captures for part in parts) == len(inside)


def test_what_holds_no_captures_or_is_damaged_is_one_piece() -> None:
    span = Span("warc/a", 0, 99 * MIB)
    offsets = {"warc/a": array("Q", range(0, 99 * MIB, MIB))}
    assert [part.span for part in pieces(Survey(), batch(span))] == [span]
    assert len(list(pieces(Survey(captures=offsets), batch(span)))) == 25
    damaged = Survey(captures=offsets, flaws=[Quarantined("warc/a", 9, 12, "torn")])
    assert [part.span for part in pieces(damaged, batch(span))] == [span]
    left = Quarantined("warc/a", 5, 6, "killed its worker")
    assert [part.span for part in pieces(Survey(captures=offsets), batch(span, left))] == [span]
