"""The wait between two looks at a source's listings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawlers.sources.rhythm import ERROR_WAITS, FIRST, LONGEST, SHORTEST, Look, interval, next_look

START = datetime(2026, 1, 1, tzinfo=UTC)


def looks_of(*new: int, announced: int = 20, gap: timedelta = timedelta(hours=1)) -> list[Look]:
    return [Look(START + n * gap, announced, count) for n, count in enumerate(new)]


def test_a_source_that_was_never_looked_at_is_due_at_once() -> None:
    assert next_look("review", []) is None


def test_the_first_look_says_nothing_of_the_rhythm() -> None:
    assert interval(looks_of(20)) == FIRST


def test_fruitful_looks_shorten_the_wait_and_fruitless_ones_lengthen_it() -> None:
    assert interval(looks_of(20, 1)) < FIRST < interval(looks_of(20, 0))
    assert interval(looks_of(20, *[1] * 50)) == SHORTEST
    assert interval(looks_of(20, *[0] * 50)) == LONGEST


def test_a_list_is_read_before_it_rolls_over() -> None:
    """Ten of twenty within a day: two thirds of the list last 32 hours, however long it was dull."""
    dull = looks_of(20, *[0] * 30)
    burst = Look(dull[-1].at + timedelta(days=1), 20, 10)
    silence = [Look(burst.at + timedelta(days=n), 20, 0) for n in range(1, 20)]
    assert interval([*dull, burst, *silence]) == timedelta(hours=32)


def test_the_dates_of_a_list_tell_its_pace_at_the_first_look() -> None:
    """Twenty pieces within twelve hours: two thirds of them last eight, though none is new since."""
    looks = [Look(START, 20, 20, timedelta(hours=12)), *looks_of(*[0] * 20)[1:]]
    assert interval(looks) == timedelta(hours=8)


def test_failures_have_a_clock_of_their_own() -> None:
    good = looks_of(20)
    due = []
    for count in range(1, 8):
        failed = [Look(START + timedelta(days=n), 0, 0, failed=True) for n in range(1, count + 1)]
        moment = next_look("review", [*good, *failed])
        assert moment is not None
        due.append((moment - failed[-1].at).total_seconds())
    for wait, planned in zip(due, (FIRST, *ERROR_WAITS[1:], *ERROR_WAITS[-1:] * 2), strict=True):
        assert abs(wait / planned.total_seconds() - 1) <= 0.1


def test_sources_drift_apart_and_the_same_history_gives_the_same_time() -> None:
    looks = looks_of(20, 0, 0)
    due = {next_look(f"source-{n}", looks) for n in range(50)}
    assert len(due) == 50
    assert next_look("source-1", looks) in due


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.booleans()), max_size=60))
def test_any_history_gives_a_time_within_the_bounds(history: list[tuple[int, int, bool]]) -> None:
    looks = [
        Look(START + timedelta(minutes=n), max(a, b), b, None, failed)
        for n, (a, b, failed) in enumerate(history)
    ]
    moment = next_look("any", looks)
    assert (moment is None) == (not looks)
    if moment:
        assert moment - looks[-1].at <= LONGEST * 1.1
        if looks[-1].failed or looks[-1].new:  # others may have come early, and count for nothing
            assert moment - looks[-1].at >= SHORTEST * 0.9
