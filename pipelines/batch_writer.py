"""The files of a batch, its record in the WARC and its line in the journal, in an order in which a
crash at any moment leaves a batch that can be finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.disk import files
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import (
    BATCH_URI,
    WITHHELD,
    Batch,
    JournalEntry,
    Quarantined,
    Span,
    TableFile,
    holds,
)
from archive.tables.schema import TABLES
from archive.warc.records import resource_record
from archive.warc_file import WarcFile
from pipelines.derive.arrow_rows import read_staged
from pipelines.derive.engine import Engine
from pipelines.extractor_version import CONFIG_DIGEST, EXTRACTOR, EXTRACTOR_VERSION
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
class Recorded:
    """A batch, and where its record stands in the WARC: the file up to the record's end."""

    batch: Batch
    record: Span


def staged_quarantined(folders: list[Path]) -> tuple[Quarantined, ...]:
    """What gave no rows when *folders* were staged, in the order of files and bytes."""
    rows = read_staged(folders, "quarantined").to_pylist()
    found = {(row["file"], row["start"]): Quarantined(**row) for row in rows}
    return tuple(found[place] for place in sorted(found))


def write_batch(
    library: Library,
    generation: Path,
    batch: Batch,
    staging: Path,
    record: Span | None = None,
    engine: Engine | None = None,
) -> Published:
    """Write the files of a batch, then its line in the journal, then remember its fold.

    Safe to repeat after a crash: equal inputs give equal files under equal names. Where there is no
    *record* yet, it is written as soon as it is known which captures raise.

    A capture that raises only after that is left out of this generation. What can be made beside
    the fold is made by the workers of *engine*, if there is one.
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
            made, unborne = make(
                library, generation, leaving_out(batch, late), workspace, memory, engine
            )
            left_out = tuple(sorted((*late, *unborne)))
            for one in (*batch.quarantined, *left_out):
                keep_aside(library, one)
            if record is None:
                batch, left_out = leaving_out(batch, left_out), ()
                record = _record(library, batch)
            _keep_templates(library, memory, made)
            written = [*made.files, *made.withheld]
            _remove_earlier_try(generation, batch, written)
            _move(workspace, generation, written)
            journal.append(generation, _entry(batch, record, made, left_out))
    finally:
        memory.close()
    counts = {
        name: sum(f.rows for f in made.files if f.path.startswith(f"{name}/")) for name in TABLES
    }
    return Published(batch.number, counts, made.verdicts, (*batch.quarantined, *left_out))


def _entry(
    batch: Batch, record: Span, made: BatchFiles, left_out: tuple[Quarantined, ...]
) -> JournalEntry:
    name, shown, withheld = f"{EXTRACTOR} {EXTRACTOR_VERSION}", made.files, made.withheld
    of_extractor = (name, CONFIG_DIGEST)
    return JournalEntry(batch, record, *of_extractor, tuple(shown), left_out, tuple(withheld))


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
    name = f"g{generation.name}-{batch.number:06}-*.parquet"
    for pattern in ("*/data/*", f"{WITHHELD}/*/*"):
        for path in generation.glob(f"{pattern}/{name}"):
            if path not in kept:
                path.unlink()


def _move(workspace: Path, generation: Path, written: list[TableFile]) -> None:
    """Show the files to readers: the captures first, so that no article lacks its capture."""
    order = {"captures": 0, "payloads": 1}
    for file in sorted(written, key=lambda file: order.get(file.table, 2)):
        target = generation / file.path
        files.make_folder(target.parent)
        files.rename(workspace / file.path, target)
    files.remove_tree(workspace)


def _record(library: Library, batch: Batch) -> Span:
    """Write down, in the WARC, what the batch takes in; where the record stands."""
    file = WarcFile(library, 0)
    uri, moment = f"{BATCH_URI}{batch.number}", datetime.fromisoformat(batch.closed)
    record = resource_record(uri, batch.to_bytes(), "application/json", moment, file.warcinfo_id)
    file.append([record])
    file.seal()
    return Span(file.name, 0, file.size)
