"""`batches.jsonl`: entries there and back, a torn last line, and what is taken in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.disk.damage import is_within
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Quarantined, Ranges, Span, TableFile, holds

ENTRY = JournalEntry(
    Batch(1, "2026-11-05T09:30:15.123456Z", (Span("warc/a.warc.gz", 0, 90),), (1,)),
    Span("warc/batch-1.warc.gz", 0, 30),
    "backissue 1",
    "sha256:00",
    (TableFile("captures/data/fetch_month=2026-11/é.parquet", 3, "ab"),),
)
names = st.text(max_size=9).filter(is_within)
spans = st.builds(Span, names, st.integers(0), st.integers(0))


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    (tmp_path / "batches.jsonl").touch()
    return tmp_path


def numbered(number: int) -> JournalEntry:
    return replace(ENTRY, batch=replace(ENTRY.batch, number=number))


def test_entries_come_back_in_order(generation: Path):
    assert journal.read_journal(generation) == []
    for number in (1, 2, 3):
        journal.append(generation, numbered(number))
    assert journal.read_journal(generation) == [numbered(1), numbered(2), numbered(3)]


def test_lines_are_json_with_a_format(generation: Path):
    journal.append(generation, ENTRY)
    (line,) = (generation / "batches.jsonl").read_text().splitlines()
    assert json.loads(line)["format"] == 1


def test_a_torn_last_line_does_not_count_and_goes_with_the_next(generation: Path):
    path = generation / "batches.jsonl"
    journal.append(generation, numbered(1))
    whole = path.read_bytes()
    journal.append(generation, numbered(2))
    both = path.read_bytes()
    for end in range(len(whole), len(both)):
        path.write_bytes(both[:end])
        assert journal.read_journal(generation) == [numbered(1)]
        journal.append(generation, numbered(2))
        assert path.read_bytes() == both


def test_a_torn_first_line_goes_too(generation: Path):
    (generation / "batches.jsonl").write_bytes(b'{"batch": {')
    journal.append(generation, ENTRY)
    assert journal.read_journal(generation) == [ENTRY]


@settings(deadline=None, max_examples=50)
@given(st.integers(1), st.lists(spans, max_size=4), st.lists(st.integers(1), max_size=3))
def test_a_batch_survives_its_record(number: int, inputs: list[Span], payloads: list[int]):
    batch = Batch(number, "2026-11-05T09:30:15.123456Z", tuple(inputs), tuple(payloads))
    assert Batch.from_bytes(batch.to_bytes()) == batch


def test_equal_batches_have_equal_records():
    assert ENTRY.batch.to_bytes() == replace(ENTRY.batch).to_bytes()


def test_what_is_taken_in_of_each_file_is_the_farthest_end():
    second = replace(
        ENTRY,
        batch=replace(ENTRY.batch, inputs=(Span("warc/a.warc.gz", 90, 200), Span("warc/c", 5, 7))),
        record=Span("warc/batch-2.warc.gz", 0, 40),
    )
    assert journal.consumed([second, ENTRY]) == {
        "warc/a.warc.gz": 200,
        "warc/c": 7,
        "warc/batch-1.warc.gz": 30,
        "warc/batch-2.warc.gz": 40,
    }


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(0, 9)), max_size=9),
    st.sampled_from("abc"),
    st.integers(0, 45),
)
def test_many_ranges_hold_what_each_of_them_holds(
    given: list[tuple[str, int, int]], file: str, offset: int
) -> None:
    ranges = [Quarantined(name, start, start + size, "x") for name, start, size in given]
    assert Ranges(ranges).hold(file, offset) == holds(ranges, file, offset)
