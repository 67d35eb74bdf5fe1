"""Staged rows into published tables, one batch at a time: what readers of the library see grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import BytesMissing, CorruptRecord
from archive.library import Library
from archive.removal.tombstones import Tombstone, from_line
from archive.tables import journal
from archive.tables.damage.table_files import check_journal
from archive.tables.journal import Batch, JournalEntry, Quarantined, Span, holds
from archive.types import Row
from archive.warc.records import warc_date
from pipelines.batch_writer import (
    Published,
    Recorded,
    refold,
    staged_quarantined,
    write_batch,
)
from pipelines.derive.arrow_rows import read_staged
from pipelines.derive.engine import Engine
from pipelines.derive.staging import clean, pending, stage_all
from pipelines.derive.tasks import Receipt
from pipelines.fold.batch_files import folders_of
from pipelines.fold.memory import FoldMemory
from pipelines.merging.merge import merge
from pipelines.removal.settle import settle


@dataclass(frozen=True, slots=True)
class Mending:
    """The batches that were finished; what gives no rows, in them or in what is still to be
    published."""

    finished: tuple[int, ...]
    quarantined: tuple[Quarantined, ...]


def publish(
    library: Library,
    engine: Engine,
    *,
    payloads: bool = False,
    on_receipt: Callable[[Receipt], None] = lambda _: None,
) -> Published | None:
    """Close a batch of all that is captured and not yet published; None where that is nothing.

    Then the files of days and months that are closed are merged.
    *payloads*: write the `payloads` rows now; else they wait until the month is over. LockHeld
    where another process publishes.
    """
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        files.check_floor(library.path, library.settings.disk.floor)
        spans, finished = _finish_all(library, engine, on_receipt, recipes=payloads)
        if not _holds_rows(library.staging, spans):
            merge(library)
            return _last(finished)
        batch = _next_batch(library, spans, payloads)
        written = write_batch(library, library.generation, batch, library.staging, engine=engine)
        clean(library)
        merge(library)
        return _last([*finished, written])


def mend_batches(library: Library, engine: Engine) -> Mending:
    """Finish what a crash left of batches, and derive what no batch has taken in; publishes nothing
    else.

    LockHeld where another process publishes.
    """
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        spans, finished = _finish_all(library, engine, lambda _: None)
        left = staged_quarantined(folders_of(library.staging, spans))
        clean(library)
        last = _last(finished)
        numbers = tuple(published.batch for published in finished)
        return Mending(numbers, (*(last.quarantined if last else ()), *left))


def _finish_all(
    library: Library,
    engine: Engine,
    on_receipt: Callable[[Receipt], None],
    *,
    recipes: bool = False,
) -> tuple[list[Span], list[Published]]:
    """What is pending, staged, and the batches that were incomplete."""
    _catch_up(library, engine)
    spans = pending(library)
    stage_all(library, spans, engine, on_receipt, recipes=recipes)
    settle(library, _removals(library, spans))
    finished = []
    while published := finish_incomplete(library, spans, engine):
        finished.append(published)
        spans = pending(library)
        stage_all(library, spans, engine, on_receipt)
    return spans, finished


def _removals(library: Library, spans: list[Span]) -> Iterator[Tombstone]:
    """What a person had removed, as far as it is recorded in *spans*, which are staged."""
    for row in read_staged(folders_of(library.staging, spans), "removals").to_pylist():
        yield from_line(row["body"])


def _last(several: list[Published]) -> Published | None:
    """The last batch of several, with what is quarantined in all of them."""
    left = tuple(one for published in several for one in published.quarantined)
    return replace(several[-1], quarantined=left) if several else None


def _catch_up(library: Library, engine: Engine) -> None:
    """Fold the batches again that a crash between journal and memory kept out of the memory."""
    memory = FoldMemory(library.generation)
    known = memory.last_batch()
    memory.close()
    check_journal(library.generation)
    entries = journal.read_journal(library.generation)
    for entry in (entry for entry in entries if entry.batch.number > known):
        if gone := absent(library, entry.batch):
            raise BytesMissing(library.path, [str(one) for one in gone])
        stage_all(library, entry.batch.inputs, engine, known=entry.batch.quarantined)
        refold(library, library.generation, entry.batch, library.staging)


def finish_incomplete(library: Library, spans: list[Span], engine: Engine) -> Published | None:
    """Complete the batch whose record stands in the WARC but that has no line in the journal."""
    last = journal.last_number(journal.read_journal(library.generation))
    waiting = [one for one in _recorded(library, spans) if one.batch.number > last]
    if not waiting:
        return None
    recorded = min(waiting, key=lambda one: one.batch.number)
    batch = recorded.batch
    if gone := absent(library, batch):
        raise BytesMissing(library.path, [str(one) for one in gone])
    stage_all(library, batch.inputs, engine, known=batch.quarantined)
    published = write_batch(
        library, library.generation, batch, library.staging, recorded.record, engine
    )
    clean(library)
    return published


def _recorded(library: Library, spans: list[Span]) -> list[Recorded]:
    """The batches whose records stand in *spans*, which are staged."""
    rows = read_staged(folders_of(library.staging, spans), "batches").to_pylist()
    return [Recorded(_batch_of(row), Span(row["file"], 0, row["end"])) for row in rows]


def _batch_of(row: Row) -> Batch:
    try:
        return Batch.from_bytes(row["body"])
    except journal.NO_BATCH:
        why = "the record before this place describes no batch: `backissue rebuild` names it"
        raise CorruptRecord(row["file"], row["end"], why) from None


def absent(library: Library, batch: Batch) -> list[Quarantined]:
    """The bytes that *batch* takes in and no file holds any more."""
    found = []
    for span in batch.inputs:
        path = library.warc(span.file)
        size = path.stat().st_size if path.exists() else 0
        start = max(span.start, size)
        if start < span.end and not holds(batch.quarantined, span.file, start):
            why = f"the file ends at byte {size:,}" if path.exists() else "the file is not there"
            found.append(Quarantined(span.file, start, span.end, why))
    return found


def _holds_rows(staging: Path, spans: list[Span]) -> bool:
    folders = folders_of(staging, spans)
    return any(
        read_staged(folders, name).num_rows for name in ("captures", "crawl_log", "quarantined")
    )


def _next_batch(library: Library, spans: list[Span], payloads: bool) -> Batch:
    """What the next batch takes in."""
    entries = journal.read_journal(library.generation)
    earlier = (one.batch.number for one in _recorded(library, spans))
    number = max((journal.last_number(entries), *earlier)) + 1
    closed = warc_date(datetime.now(UTC))
    due = _payloads_due(entries, number, closed, everything=payloads)
    left = staged_quarantined(folders_of(library.staging, spans))
    return Batch(number, closed, tuple(sorted(spans)), due, left)


def _payloads_due(
    entries: list[JournalEntry], number: int, closed: str, *, everything: bool
) -> tuple[int, ...]:
    """The batches whose payloads are written now: of months that are over, or all that wait."""
    written = {done for entry in entries for done in entry.batch.payloads}
    waiting = [entry.batch for entry in entries if entry.batch.number not in written]
    if everything:
        return (*(batch.number for batch in waiting), number)
    return tuple(batch.number for batch in waiting if batch.closed[:7] < closed[:7])
