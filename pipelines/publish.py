"""Staged rows into published tables, one batch at a time: what readers of the library see grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import BytesMissing
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import BATCH_URI, Batch, JournalEntry, Quarantined, Span, holds
from archive.tables.parquet import TableFile
from archive.tables.schema import TABLES
from archive.warc.records import resource_record, warc_date
from archive.warc_file import WarcFile
from pipelines.derive.arrow_rows import read_staged
from pipelines.derive.engine import Engine
from pipelines.derive.spans import Receipt
from pipelines.derive.staging import clean, pending, stage_all
from pipelines.extract import CONFIG_DIGEST, EXTRACTOR, EXTRACTOR_VERSION
from pipelines.fold.batch import fold_batch
from pipelines.fold.batch_files import BatchFiles, folders_of, make
from pipelines.fold.left_out import bearing, keep_aside, leaving_out
from pipelines.fold.memory import FoldMemory


@dataclass(frozen=True, slots=True)
class Published:
    """What a batch added to the tables; *quarantined* is what of its WARC files gives no rows."""

    batch: int
    rows: dict[str, int]
    verdicts: dict[str, int]
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class Mending:
    """The batches that were finished; what gives no rows, in them or in what is still to be
    published."""

    finished: tuple[int, ...]
    quarantined: tuple[Quarantined, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A batch, and where its record stands in the WARC: the file up to the record's end."""

    batch: Batch
    record: Span


def publish(
    library: Library,
    engine: Engine,
    *,
    payloads: bool = False,
    on_receipt: Callable[[Receipt], None] = lambda _: None,
) -> Published | None:
    """Close a batch of all that is captured and not yet published; None where that is nothing.

    *payloads*: write the `payloads` rows now; else they wait until the month is over. LockHeld
    where another process publishes.
    """
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        files.check_floor(library.path, library.settings.disk.floor)
        spans, finished = _finish_all(library, engine, on_receipt)
        if not _holds_rows(library.staging, spans):
            return _last(finished)
        batch = _next_batch(library, spans, payloads)
        written = _write(library, library.generation, batch, library.staging, None)
        clean(library)
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
    library: Library, engine: Engine, on_receipt: Callable[[Receipt], None]
) -> tuple[list[Span], list[Published]]:
    """What is pending, staged, and the batches that were incomplete."""
    _catch_up(library, engine)
    spans = pending(library)
    stage_all(library, spans, engine, on_receipt)
    finished = []
    while published := finish_incomplete(library, spans, engine):
        finished.append(published)
        spans = pending(library)
        stage_all(library, spans, engine, on_receipt)
    return spans, finished


def _last(several: list[Published]) -> Published | None:
    """The last batch of several, with what is quarantined in all of them."""
    left = tuple(one for published in several for one in published.quarantined)
    return replace(several[-1], quarantined=left) if several else None


def _catch_up(library: Library, engine: Engine) -> None:
    """Fold the batches again that a crash between journal and memory kept out of the memory."""
    memory = FoldMemory(library.generation)
    known = memory.last_batch()
    memory.close()
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
    published = write_batch(library, library.generation, recorded, library.staging)
    clean(library)
    return published


def _recorded(library: Library, spans: list[Span]) -> list[Recorded]:
    """The batches whose records stand in *spans*, which are staged."""
    rows = read_staged(folders_of(library.staging, spans), "batches").to_pylist()
    return [
        Recorded(Batch.from_bytes(row["body"]), Span(row["file"], 0, row["end"])) for row in rows
    ]


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


def _record(library: Library, batch: Batch) -> Recorded:
    """Write down, in the WARC, what the batch takes in."""
    file = WarcFile(library, 0)
    uri, moment = f"{BATCH_URI}{batch.number}", datetime.fromisoformat(batch.closed)
    record = resource_record(uri, batch.to_bytes(), "application/json", moment, file.warcinfo_id)
    file.append([record])
    file.seal()
    return Recorded(batch, Span(file.name, 0, file.size))


def _payloads_due(
    entries: list[JournalEntry], number: int, closed: str, *, everything: bool
) -> tuple[int, ...]:
    """The batches whose payloads are written now: of months that are over, or all that wait."""
    written = {done for entry in entries for done in entry.batch.payloads}
    waiting = [entry.batch for entry in entries if entry.batch.number not in written]
    if everything:
        return (*(batch.number for batch in waiting), number)
    return tuple(batch.number for batch in waiting if batch.closed[:7] < closed[:7])


def staged_quarantined(folders: list[Path]) -> tuple[Quarantined, ...]:
    """What gave no rows when *folders* were staged, in the order of files and bytes."""
    rows = read_staged(folders, "quarantined").to_pylist()
    found = {(row["file"], row["start"]): Quarantined(**row) for row in rows}
    return tuple(found[place] for place in sorted(found))


def write_batch(library: Library, generation: Path, recorded: Recorded, staging: Path) -> Published:
    """Write the files of a batch, then its line in the journal, then remember its fold.

    Safe to repeat after a crash: equal inputs give equal files under equal names.
    """
    return _write(library, generation, recorded.batch, staging, recorded.record)


def _write(
    library: Library, generation: Path, batch: Batch, staging: Path, record: Span | None
) -> Published:
    """As `write_batch`. Where there is no *record* yet, it is written as soon as it is known which
    captures raise.

    A capture that raises only after that is left out of this generation.
    """
    late = tuple(
        one
        for one in staged_quarantined(folders_of(staging, batch.inputs))
        if not holds(batch.quarantined, one.file, one.start)
    )
    workspace = staging / f"batch-{batch.number:06}"
    memory = FoldMemory(generation)
    try:
        with memory.batch(batch.number):
            made, unborne = make(library, generation, leaving_out(batch, late), workspace, memory)
            left_out = tuple(sorted((*late, *unborne)))
            for one in (*batch.quarantined, *left_out):
                keep_aside(library, one)
            if record is None:
                batch, left_out = leaving_out(batch, left_out), ()
                record = _record(library, batch).record
            _keep_templates(library, memory, made)
            _remove_earlier_try(generation, batch, made.files)
            _move(workspace, generation, made.files)
            name = f"{EXTRACTOR} {EXTRACTOR_VERSION}"
            entry = JournalEntry(batch, record, name, CONFIG_DIGEST, tuple(made.files), left_out)
            journal.append(generation, entry)
    finally:
        memory.close()
    counts = {
        name: sum(f.rows for f in made.files if f.path.startswith(f"{name}/")) for name in TABLES
    }
    return Published(batch.number, counts, made.verdicts, (*batch.quarantined, *left_out))


def _keep_templates(library: Library, memory: FoldMemory, made: BatchFiles) -> None:
    """Keep the templates that the rows name: `verify --prove` needs them."""
    for template in memory.templates():
        if template.digest in made.templates:
            template.keep(library.path / "templates")


def refold(library: Library, generation: Path, batch: Batch, staging: Path) -> None:
    """Bring the fold's memory up to a batch whose files are complete already."""
    memory = FoldMemory(generation)
    try:
        if memory.last_batch() < batch.number:
            entries = journal.read_journal(generation)
            late = next((e.left_out for e in entries if e.batch.number == batch.number), ())
            with memory.batch(batch.number):
                fold_once(library, leaving_out(batch, late), staging, memory)
    finally:
        memory.close()


def fold_once(library: Library, batch: Batch, staging: Path, memory: FoldMemory) -> None:
    """Fold what is staged of *batch* into *memory*, and write nothing."""
    folders, policy = folders_of(staging, batch.inputs), library.settings.policy
    bearing(memory, folders, batch, lambda within: fold_batch(folders, within, memory, policy))


def _remove_earlier_try(generation: Path, batch: Batch, written: list[TableFile]) -> None:
    """Files of this batch that another extractor wrote before a crash: no journal line has them."""
    kept = {generation / file.path for file in written}
    for path in generation.glob(f"*/data/*/g{generation.name}-{batch.number:06}-*.parquet"):
        if path not in kept:
            path.unlink()


def _move(workspace: Path, generation: Path, written: list[TableFile]) -> None:
    """Show the files to readers: the captures first, so that no article lacks its capture."""
    order = {"captures": 0, "payloads": 1}
    for file in sorted(written, key=lambda file: order.get(file.path.split("/")[0], 2)):
        target = generation / file.path
        files.make_folder(target.parent)
        files.rename(workspace / file.path, target)
    files.remove_tree(workspace)
