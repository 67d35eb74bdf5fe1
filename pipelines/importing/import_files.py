"""Files that others made (WARC, ARC, WACZ) into captures and articles of a library.

All files of an import are read first, then what belongs together in them is put together; the
captures that are new go into batches in the order in which they were fetched. What each batch takes
in stands in records of our own WARC, so that `rebuild` makes the same tables again.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import LockHeld
from archive.imported.index import CAPTURES_URI, IMPORT_FORMAT, SUMMARY_URI, HeldCapture, to_block
from archive.imported.reader import Unreadable
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import Quarantined, Span
from archive.warc.records import resource_record
from archive.warc_file import WarcFile
from pipelines.batch_writer import Published
from pipelines.derive.engine import Engine
from pipelines.derive.staging import stage_all
from pipelines.derive.tasks import Receipt
from pipelines.fold.left_out import held_in
from pipelines.importing.catalog import Catalog
from pipelines.importing.intake import ImportedFile, ImportProgress, Intake
from pipelines.importing.known_captures import compare_with_library
from pipelines.publish import publish
from pipelines.rebuild.indexes import write_indexes
from pipelines.rebuild.readiness import make_ready

_OF_FILE = ["warc_filename", "run_id"]
_SLICE_CAPTURES, _SLICE_BYTES = 8_000, 1 << 29  # captures, bytes of WARC: a batch fits in memory
_PART_CAPTURES, _PART_BYTES = 100, 1 << 22  # captures, bytes of WARC that one task derives
_PATIENCE = 600  # seconds to wait for another process that publishes


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to; what is *quarantined* gives no rows."""

    run_id: str
    files: tuple[ImportedFile, ...]
    rows: dict[str, int]
    verdicts: dict[str, int]
    quarantined: tuple[Quarantined, ...] = ()


def import_files(
    library: Library,
    paths: Sequence[Path],
    engine: Engine,
    on_progress: ImportProgress = lambda *_: None,
    source: str = "imported",
    *,
    strict: bool = False,
) -> Imported:
    """Import *paths*; what was imported before stays as it is, what cannot be read is named.

    `-` is standard input. *strict*: a WACZ file that is not as it says is not imported.
    LockHeld where another import runs. Where it was interrupted, it can be done again: what is kept
    already is not taken in twice.
    """
    with ExitStack() as held:
        held.enter_context(lock(library.lock_file("import")))
        held.enter_context(files.speaking_errors(library.path))
        make_ready(library, engine)
        earlier = _publish(library, engine)  # what an earlier import left: the tables must have it
        catalog = held.enter_context(_catalog(library))
        intake = Intake(library, catalog, strict=strict)
        for path in paths:
            intake.take(path, on_progress)
        on_progress("comparing with the library", 0, 0)
        catalog.connect()
        compare_with_library(library, catalog)
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-import-{secrets.token_hex(3)}"
        run = _ImportRun(library, catalog, intake, run_id, source)
        run.write_indexes()
        run.publish(engine, on_progress)
        run.write_cards()
        left = (*(earlier.quarantined if earlier else ()), *run.quarantined)
        return Imported(run_id, tuple(intake.results), run.rows, run.verdicts, left)


class _ImportRun:
    """What was taken in, on its way into the tables."""

    def __init__(
        self, library: Library, catalog: Catalog, intake: Intake, run_id: str, source: str
    ) -> None:
        self._library, self._catalog, self._intake = library, catalog, intake
        self._run_id, self._source = run_id, source
        self.rows: dict[str, int] = {}
        self.verdicts: dict[str, int] = {}
        self.quarantined: list[Quarantined] = []

    def write_indexes(self) -> None:
        """List the captures of each file beside it, before any row points there."""
        for name in sorted({name for card in self._intake.cards.values() for name in card["read"]}):
            captures = self._catalog.of_file(name, self._run_id, self._source)
            write_indexes(self._library.path / name, captures)

    def publish(self, engine: Engine, on_progress: ImportProgress) -> None:
        """Bring the new captures into the tables, one batch after the other."""
        if not self._intake.cards:
            return
        total, done = self._catalog.new_count(), 0
        on_progress("extracting", 0, total)
        file = WarcFile(self._library, 0)
        try:
            for captures in _slices(self._catalog.new(self._run_id, self._source)):
                counted = _SliceProgress(on_progress, done, total)
                done += len(captures)
                self._publish_slice(file, captures, engine, counted, last=done == total)
            if total == 0:
                self._write_summary(file)
            file.seal()
        except BaseException:
            file.abandon()
            raise

    def _publish_slice(
        self,
        file: WarcFile,
        captures: list[HeldCapture],
        engine: Engine,
        counted: _SliceProgress,
        *,
        last: bool,
    ) -> None:
        tasks = list(self._write_parts(file, captures))
        if last:
            self._write_summary(file)
        file.sync()
        stage_all(self._library, tasks, engine, counted.more)
        if published := _publish(self._library, engine, payloads=last):
            _add(self.rows, published.rows)
            _add(self.verdicts, published.verdicts)
            self._count_articles()
            for one in published.quarantined:
                self._tell_left_out(one)

    def _tell_left_out(self, one: Quarantined) -> None:
        """A capture that gives no rows is not imported: it is named with the file that it is in.

        Anything else that the batch left out is not of this import, and is named by itself.
        """
        held = held_in(self._library, one)
        known = False
        for result in self._intake.results if held else ():
            if held and held.file in self._intake.read_of(result):
                result.new, known = result.new - 1, True
                result.leave_out(Unreadable(held.offset, held.offset + held.length, one.why))
        self.quarantined += [] if known else [one]

    def _write_parts(self, file: WarcFile, captures: list[HeldCapture]) -> Iterator[Span]:
        """Write down which captures come next; yields the bytes for each task."""
        start = file.synced
        for part in _parts(captures):
            uri = f"{CAPTURES_URI}{self._run_id}"
            self._write(file, uri, [to_block(one) for one in part])
            yield Span(file.name, start, file.size)
            start = file.size
            for result in self._intake.results:
                result.new += sum(one.file in self._intake.read_of(result) for one in part)

    def _write_summary(self, file: WarcFile) -> None:
        """Write down which files were taken in, and what of them could not be read."""
        found = []
        for one in self._intake.results:
            if one.file and not one.known:
                names = ("records", "captures", "unreadable")
                counts = {name: getattr(one, name) for name in names}
                bad = {"skipped": [asdict(place) for place in one.skipped]}
                bent = {"bent": one.bent} if one.bent else {}
                found.append(self._intake.cards[one.file] | counts | bad | bent)
        block = json.dumps(self._card() | {"files": found}, sort_keys=True).encode()
        self._write(file, f"{SUMMARY_URI}{self._run_id}", [block])

    def _write(self, file: WarcFile, uri: str, blocks: list[bytes]) -> None:
        info, moment = file.warcinfo_id, datetime.now(UTC)
        file.append([resource_record(uri, one, "application/json", moment, info) for one in blocks])

    def _card(self) -> dict[str, Any]:
        return {"format": IMPORT_FORMAT, "run_id": self._run_id, "source": self._source}

    def _count_articles(self) -> None:
        """Count for each file the versions of articles that the newest batch has of it."""
        entry = journal.read_journal(self._library.generation)[-1]
        for table in (file.path for file in entry.files if file.path.startswith("articles/")):
            rows = pq.read_table(
                self._library.generation / table, columns=_OF_FILE, partitioning=None
            )
            for name, run in zip(*(rows[key].to_pylist() for key in _OF_FILE), strict=True):
                if run == self._run_id:
                    for result in self._intake.results:
                        result.articles += name in self._intake.read_of(result)

    def write_cards(self) -> None:
        """Note beside each file that it is imported, so that it is not imported again."""
        for name, card in self._intake.cards.items():
            block = json.dumps(self._card() | card, sort_keys=True).encode()
            files.put(self._library.path / f"{name}.json", block)


class _SliceProgress:
    """Reports captures as they are derived."""

    def __init__(self, on_progress: ImportProgress, done: int, total: int) -> None:
        self._on_progress, self._done, self._total = on_progress, done, total

    def more(self, receipt: Receipt) -> None:
        """One more task is done."""
        self._done += receipt.captures
        self._on_progress("extracting", min(self._done, self._total), self._total)


@contextmanager
def _catalog(library: Library) -> Iterator[Catalog]:
    folder = library.path / "state/import"
    files.remove_tree(folder)  # of an import that was killed
    files.make_folder(folder)
    catalog = Catalog(folder / "catalog.db")
    try:
        yield catalog
    finally:
        catalog.close()
        files.remove_tree(folder)


def _slices(captures: Iterator[HeldCapture]) -> Iterator[list[HeldCapture]]:
    """Captures for one batch after the other."""
    return _cut(captures, _SLICE_CAPTURES, _SLICE_BYTES)


def _parts(captures: list[HeldCapture]) -> Iterator[list[HeldCapture]]:
    """Captures for one task after the other."""
    return _cut(iter(captures), _PART_CAPTURES, _PART_BYTES)


def _cut(
    captures: Iterator[HeldCapture], most: int, most_bytes: int
) -> Iterator[list[HeldCapture]]:
    while first := list(islice(captures, 1)):
        size = first[0].length
        while len(first) < most and size < most_bytes and (more := list(islice(captures, 1))):
            first += more
            size += more[0].length
        yield first


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def _publish(library: Library, engine: Engine, *, payloads: bool = False) -> Published | None:
    """Publish; where another process is publishing, wait for its end."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return publish(library, engine, payloads=payloads)
        except LockHeld:
            if time.monotonic() > until:
                raise
            time.sleep(1)
