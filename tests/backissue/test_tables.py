"""Tables made again: the same bytes from the WARC alone, on any engine, after any interruption."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from archive.disk import files
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import Span
from archive.warc.captures import read_groups
from pipelines.derive.engine import Engine, parse_engine
from pipelines.derive.spans import derive
from pipelines.derive.staging import covering, task_of
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild
from support import Archived, contents


@pytest.mark.filterwarnings("ignore")  # Dask's own
@pytest.mark.parametrize("engine", ["local:1", "local:2", "dask:local:2"])
def test_a_rebuild_gives_the_same_bytes(archived: Archived, copied: Library, engine: str) -> None:
    rebuilt = rebuild(copied, parse_engine(engine))
    assert copied.generation == rebuilt.generation
    assert copied.generation.name == "0002"
    assert contents(copied) == contents(archived.library)


def test_a_rebuild_needs_nothing_but_the_warc_files(archived: Archived, copied: Library) -> None:
    copied.close()
    shutil.rmtree(copied.path / "state")
    for path in copied.path.glob("warc/**/*.cdxj"):
        path.unlink()
    for entry in (copied.path / "generations/0001").iterdir():
        if entry.name != "batches.jsonl":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    with Library.open(copied.path) as bare:
        rebuild(bare, Engine("local", 2))
        assert contents(bare) == contents(archived.library)
        before = {p.name: p.read_bytes() for p in archived.library.path.glob("warc/**/*.cdxj")}
        assert {p.name: p.read_bytes() for p in bare.path.glob("warc/**/*.cdxj")} == before
        row = bare.articles().to_pylist()[0]
        assert bare.state.validator(row["url_surtkey"]) == archived.library.state.validator(
            row["url_surtkey"]
        )


def test_readers_of_the_old_generation_are_not_disturbed(copied: Library) -> None:
    rows = copied.articles("all")
    rebuild(copied, Engine("local", 2))
    assert rows.to_arrow().num_rows == copied.articles("all").to_arrow().num_rows


def test_a_second_publish_has_nothing_to_do(copied: Library) -> None:
    before = contents(copied)
    assert publish(copied, Engine("local", 1)) is None
    assert contents(copied) == before


def test_a_batch_without_its_journal_line_is_finished_with_the_same_bytes(
    archived: Archived, copied: Library
) -> None:
    """As after a crash between the batch's record in the WARC and its line in the journal."""
    _forget_last_batch(copied)
    for path in copied.generation.glob("*/data/**/*-000002-*.parquet"):
        path.unlink()
    published = publish(copied, Engine("local", 2))
    assert published is not None
    assert published.batch == 2
    assert contents(copied) == contents(archived.library)


def test_table_files_without_a_journal_line_are_made_again(
    archived: Archived, copied: Library
) -> None:
    """As after a crash between the files of a batch and its line: torn line included."""
    _forget_last_batch(copied)
    with (copied.generation / "batches.jsonl").open("ab") as stream:
        stream.write(b'{"batch": {"number": 2')
    assert publish(copied, Engine("local", 2)) is not None
    assert contents(copied) == contents(archived.library)
    assert [entry.batch.number for entry in journal.read_journal(copied.generation)] == [1, 2]


def test_a_fold_that_was_not_remembered_is_folded_again(copied: Library) -> None:
    """As after a crash between the journal's line and the commit of the fold's memory."""
    before = _memory(copied.generation)
    _make_memory_forget(copied.generation)
    publish(copied, Engine("local", 2))
    assert _memory(copied.generation) == before


def _forget_last_batch(library: Library) -> None:
    path = library.generation / "batches.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    files.put(path.resolve(), b"".join(lines[:-1]))
    _make_memory_forget(library.generation)


def _make_memory_forget(generation: Path) -> None:
    """Put the fold's memory back to the end of batch 1, by folding that alone."""
    from pipelines.batch_writer import refold

    (generation / "fold.db").unlink()
    with Library.open(generation.parents[1]) as library:
        first = journal.read_journal(generation)[0].batch
        staging = library.path / "state/staging"
        for span in first.inputs:
            derive(task_of(library, span, staging))
        refold(library, generation, first, staging)


def _memory(generation: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(generation / "fold.db") as connection:
        return [
            row
            for table in ("articles", "urls", "canonicals", "verdicts", "batches")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")
        ]


def test_spans_that_were_staged_in_other_pieces_give_the_same_batch(
    archived: Archived, copied: Library
) -> None:
    """As when a crawl derives what it writes while another command publishes."""
    last = journal.read_journal(copied.generation)[-1].batch
    _forget_last_batch(copied)
    span = max(last.inputs, key=lambda span: span.end - span.start)
    with copied.warc(span.file).open("rb") as stream:
        groups = list(read_groups(stream, span.start, span.end))
    middle = groups[len(groups) // 2][0].offset
    for piece in (
        Span(span.file, span.start, middle),
        Span(span.file, span.start, groups[1][0].offset),
    ):
        derive(task_of(copied, piece))
    assert publish(copied, Engine("local", 2)) is not None
    assert contents(copied) == contents(archived.library)


def test_a_span_is_covered_by_what_holds_exactly_its_rows(copied: Library) -> None:
    span = journal.read_journal(copied.generation)[0].batch.inputs[0]
    whole, longer = span, Span(span.file, span.start, span.end + 1)
    assert covering(copied.staging, span) is None
    derive(task_of(copied, whole))
    assert covering(copied.staging, whole)
    assert covering(copied.staging, longer) is None


def test_a_lost_link_is_made_again_and_no_row_is_lost(copied: Library) -> None:
    count = len(copied.articles("all"))
    (copied.path / "current").unlink()
    with Library.open(copied.path, writing=True) as again:
        assert len(again.articles("all")) == count
        assert publish(again, Engine("local", 1)) is None
