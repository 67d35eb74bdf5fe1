"""Which of several inputs is to blame, and what is nobody's fault."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError, BackissueError, CorruptRecord, DiskFull, LockHeld
from pipelines.derive.workers.whose_fault import culprits, is_of_the_machine, why


def bearing_all_but(*bad: int, tried: list[int] | None = None) -> object:
    def bears(inputs: Sequence[int]) -> Exception | None:
        if tried is not None:
            tried.append(len(inputs))
        found = [one for one in inputs if one in bad]
        return ValueError(f"{found[0]} is bad") if found else None

    return bears


@given(st.integers(0, 40), st.sets(st.integers(0, 39)))
def test_all_that_raise_alone_are_named_and_no_others(count: int, bad: set[int]) -> None:
    found = culprits(range(count), bearing_all_but(*bad))
    assert found == [(n, f"ValueError: {n} is bad") for n in range(count) if n in bad]


@pytest.mark.parametrize("bad", [[7], range(1000)])
def test_each_is_tried_a_few_times_however_many_are_bad(bad: Sequence[int]) -> None:
    tried: list[int] = []
    culprits(range(1000), bearing_all_but(*bad, tried=tried))
    assert sum(tried) <= 1000 * 11


@given(st.integers(2, 30), st.data())
def test_of_two_that_raise_together_the_later_is_to_blame(count: int, data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=2)))

    def bears(inputs: Sequence[int]) -> Exception | None:
        return KeyError("both") if {one, other} <= set(inputs) else None

    assert [number for number, _ in culprits(range(count), bears)] == [other]


def test_none_is_to_blame_for_what_comes_without_any() -> None:
    assert culprits([1, 2, 3], lambda _: ValueError("always")) == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        MemoryError(),
        ModuleNotFoundError("rensa"),
        KeyboardInterrupt(),
        sqlite3.OperationalError("database or disk is full"),
        sqlite3.DatabaseError("database disk image is malformed"),
        DiskFull(__file__, 0, 1),  # type: ignore[arg-type]
        LockHeld(__file__, "pid 7"),  # type: ignore[arg-type]
        BackissueError("workers were killed"),
    ],
    ids=repr,
)
def test_the_machine_s_faults(error: BaseException) -> None:
    assert is_of_the_machine(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        OverflowError("int too large"),
        RecursionError(),
        AssertionError(),
        sqlite3.IntegrityError("NOT NULL constraint failed: host_articles.host"),
        sqlite3.InterfaceError("Error binding parameter 0"),
        CorruptRecord("warc/a", 9, "no gzip member"),
        ArchiveError("its records are not those of a capture"),
    ],
    ids=repr,
)
def test_faults_of_a_capture(error: Exception) -> None:
    assert not is_of_the_machine(error)


def test_why_is_one_short_printable_line() -> None:
    assert why(ValueError("a\nb \x1b[31m" + "x" * 999)).startswith("ValueError: a b \ufffd[31mx")
    assert len(why(ValueError("x" * 999))) == 200
