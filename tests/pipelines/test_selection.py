"""What a choice is worth is expected from the probabilities alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.selection import expected_f1

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
