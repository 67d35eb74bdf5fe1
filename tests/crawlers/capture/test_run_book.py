"""Runs from their start until their log is on the disk, in a real library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from archive.errors import LockHeld, UsageError
from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from archive.types import Discovery
from archive.warc import crawl_log
from archive.warc.records import read_record
from archive.web.surt import url_surtkey
from archive.writer import WarcWriter
from crawlers.capture.run import Outcome, SourceRun
from crawlers.capture.run_book import RunBook

SOURCE = Source(url="https://review.example/", name="review", feeds=("/feed",))
URL = "https://review.example/a"
FOUND = Discovery(source="review", by="feed")
DUE = "2026-11-05T06:00:00.000000+00:00"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    with Library.create(tmp_path / "library") as made:
        settings = made.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    return Library.open(made.path)


@asynccontextmanager
async def book_of(library: Library) -> AsyncIterator[tuple[RunBook, asyncio.Event]]:
    """A book, and what is set once a log has been written; the WARC file is sealed at the end."""
    logged, writer = asyncio.Event(), WarcWriter(library)
    try:
        yield RunBook(library, writer, b"a test", logged.set), logged
    finally:
        writer.close()


def outcome(word: str, url: str = URL) -> Outcome:
    return Outcome(url=url, outcome=word, discovery=FOUND)


def begin(book: RunBook, waiting: int = 1) -> SourceRun:
    run = book.start(SOURCE)
    run.seeds, run.waiting = 1, waiting
    return run


def logs(library: Library) -> list[tuple[crawl_log.LogLine, list[crawl_log.LogLine]]]:
    found = []
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        with path.open("rb") as stream:
            at = 0
            while located := read_record(stream, at):
                at += located.length
                uri = located.record.get("WARC-Target-URI") or ""
                if uri.startswith(crawl_log.CRAWL_LOG_URI):
                    found.append(crawl_log.read_log(located.record))
    return found


def running(test: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))


def test_a_run_ends_with_its_last_request_and_is_over_once_its_log_is_on_the_disk(
    library: Library,
) -> None:
    async def test() -> None:
        async with book_of(library) as (book, logged):
            run = begin(book, waiting=2)
            run.seeds_read = 1
            book.finish(run, [outcome("redirected"), outcome("fetched", f"{URL}/b")])
            assert (run.ended, book.quiet.is_set()) == (None, False)
            book.finish(run, [outcome("error:http_404", f"{URL}/c")])
            assert run.state == "done"
            assert list(book.runs) == [run.run_id]
            await logged.wait()
            (row,) = book.flush()
            assert (row.state, row.finished, row.failed) == ("done", 3, 1)
            assert (book.runs, book.quiet.is_set(), book.flush()) == ({}, True, [])
            assert library.state.runs() == [row]

    running(test)
    visit = library.state.visit("review", "example,review)/a/b")
    assert visit is not None
    assert visit.outcome == "fetched"
    ((card, lines),) = logs(library)
    assert card["state"] == "done"
    assert [line["outcome"] for line in lines] == ["redirected", "fetched", "error:http_404"]


def test_a_run_whose_seeds_were_not_read_is_aborted_and_a_halted_one_interrupted(
    library: Library,
) -> None:
    async def test() -> None:
        async with book_of(library) as (book, logged):
            run = begin(book)
            book.finish(run, [outcome("error:dns")])
            assert (run.state, run.detail) == ("aborted", f"{URL}: error:dns")
            await logged.wait()
            book.flush()
            again = begin(book)
            again.halted = True
            book.finish(again, [])
            assert again.state == "interrupted"

    running(test)


def test_what_goes_on_when_the_process_ends_is_interrupted(library: Library) -> None:
    async def test() -> None:
        async with book_of(library) as (book, logged):
            run = begin(book)
            book.interrupt()
            assert run.state == "interrupted"
            ended = run.ended
            book.interrupt()
            assert run.ended == ended
            await logged.wait()
            assert [row.state for row in book.flush()] == ["interrupted"]

    running(test)
    assert [card["state"] for card, _ in logs(library)] == ["interrupted"]


def test_a_source_is_locked_until_its_run_is_over(library: Library) -> None:
    async def test() -> None:
        async with book_of(library) as (book, logged):
            run = begin(book)
            with pytest.raises(LockHeld, match="source-review"):
                book.start(SOURCE)
            run.seeds_read = 1
            book.finish(run, [])
            await logged.wait()
            book.flush()
            assert begin(book).run_id != run.run_id

    running(test)


def test_a_time_has_one_run(library: Library) -> None:
    async def test() -> None:
        async with book_of(library) as (book, logged):
            run = book.start(SOURCE, DUE)
            book.end_if_idle(run)
            await logged.wait()
            book.flush()
            with pytest.raises(UsageError, match="has run for"):
                book.start(SOURCE, DUE)
            assert (book.runs, book.quiet.is_set()) == ({}, True)
            begin(book)  # and the lock was let go

    running(test)


def test_a_run_that_goes_on_is_in_the_state_as_it_is(library: Library) -> None:
    def known() -> list[tuple[str, int, int]]:
        rows: list[Run] = library.state.runs()
        return [(row.state, row.known, row.finished) for row in rows]

    async def test() -> None:
        async with book_of(library) as (book, _):
            run = begin(book, waiting=3)
            assert known() == [("running", 0, 0)]
            book.conclude(run, outcome("denied"))
            book.finish(run, [outcome("fetched")])
            assert [row.finished for row in book.flush()] == [2]
            assert known() == [("running", 4, 2)]

    running(test)


def test_what_comes_twice_before_it_is_in_the_state_has_changed_once(library: Library) -> None:
    async def test() -> None:
        async with book_of(library) as (book, _):
            run = begin(book, waiting=3)
            book.finish(run, [outcome("fetched")])
            book.finish(run, [outcome("not_modified")])
            book.flush()
            visit = library.state.visit(SOURCE.name, url_surtkey(URL))
            assert visit is not None
            assert visit.outcome == "not_modified"
            assert visit.changed_time < visit.fetch_time

    running(test)
