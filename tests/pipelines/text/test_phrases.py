from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.phrases import OPENING, SMALL_PRINT, cue_of, is_date_line, is_small_print

_AS_WRITTEN = st.sampled_from((str.lower, str.upper, str.capitalize))


@given(st.from_regex(OPENING, fullmatch=True), _AS_WRITTEN)
def test_every_opening_is_known_by_how_it_starts(line: str, written: Callable[[str], str]) -> None:
    assert not OPENING.match(written(line)) or cue_of(written(line)) > 0


@given(st.from_regex(SMALL_PRINT), _AS_WRITTEN)
def test_every_small_print_is_known_by_its_words(line: str, written: Callable[[str], str]) -> None:
    assert not SMALL_PRINT.search(written(line)) or is_small_print(written(line))


@pytest.mark.parametrize(
    "text",
    [
        "Wednesday, February 11, 2026",
        "11. Februar 2026",
        "Posted on 11/02/2026 at 10:30",
        "2026-02-11",
    ],
)
def test_a_date_alone_is_a_date_line(text: str) -> None:
    assert is_date_line(text)
    assert not is_date_line(f"{text} was a wet day in every port of the coast")
