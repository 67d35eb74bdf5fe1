"""What a choice is worth is expected from the probabilities alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.body.choice import Opinion, better
from pipelines.classifier.thresholds import bar_of, expected_f1

_ROWS = st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 400)), min_size=1, max_size=30)


def _expected(rows: list[tuple[int, int]]) -> int:
    probability, words = np.array(rows).T
    return expected_f1(probability, words)


def test_a_clear_page_is_sure_and_a_doubtful_one_is_not() -> None:
    assert _expected([(1000, 100), (0, 100)]) == 1000
    assert _expected([(500, 100), (500, 100)]) == 666
    assert _expected([(0, 100)]) == 0


@given(_ROWS)
def test_it_is_a_share_and_no_order_changes_it(rows: list[tuple[int, int]]) -> None:
    assert 0 <= _expected(rows) <= 1000
    by_p = sorted(rows, key=lambda row: (row[0], row[1]))
    assert abs(_expected(by_p) - _expected(rows)) <= 1 or len({p for p, _ in rows}) < len(rows)


def test_the_bar_is_lower_on_a_doubtful_page() -> None:
    """There, as in a list of cards, all is a little likely, or nothing is kept."""
    assert (bar_of(1000), bar_of(500), bar_of(0)) == (440, 220, 0)


@pytest.mark.parametrize(("second", "reading"), [(900, "b"), (860, "b"), (700, "a")])
def test_a_second_opinion_that_doubts_more_is_not_taken(second: int, reading: str) -> None:
    nothing = np.zeros(1, np.int64)
    found = better(Opinion(nothing, 880, "a"), Opinion(nothing, second, "b"))
    assert found.reading == reading
