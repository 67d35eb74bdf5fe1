"""A whole library into findings: what is to be read, by whom, and what is compared with what."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive.config import read_settings
from archive.disk.locks import is_held
from archive.errors import Damaged
from archive.removal.withheld import table_files
from archive.types import Finding
from archive.verify import files_on_disk
from archive.verify.cdxj import IndexLines, read_lines
from archive.verify.checks import FindingPlace, without_codes
from archive.verify.cross_checks import WorkerResults, judge_ids, judge_rows, judge_warc
from archive.verify.files_on_disk import WarcOnDisk
from archive.verify.journal import (
    PATH,
    Journal,
    judge_files,
    judge_records,
    judge_spans,
    judged_journal,
)
from archive.verify.layout import judge_links, judge_state, judge_tombstones
from archive.verify.tables import FileRead, FileTask, read_file
from archive.verify.warc_files import CheckedPiece, FilePiece, check_piece
from archive.warc.restored import Restored, read_restored
from archive.warc_file import index_path

_PIECE = 32 << 20  # compressed bytes that are one task

CheckTask = FilePiece | FileTask
Runner = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""What gives the results of a function on tasks, in any order: `map`, or a pool of processes."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` came to. *inflated* are the bytes of the records."""

    findings: tuple[Finding, ...]
    records: int
    files: int
    captures: int
    inflated: int

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Disk:
    """What was on the disk, in the order in which it was read: files before the records that name
    them.

    So what a crawl or a publish adds meanwhile is either known or not looked at.
    """

    generation: Path | None
    tables: tuple[str, ...]
    publishing: bool
    journal: Journal
    warcs: tuple[WarcOnDisk, ...]
    restored: tuple[Restored, ...]
    findings: tuple[Finding, ...]


def verify(
    library: Path,
    run: Runner = map,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    disabled: Iterable[str] = (),
) -> Verified:
    """All that is wrong with *library*; never writes. NotALibrary, NewerFormat or UsageError.

    *on_progress* hears how many bytes are done, of how many. Codes *disabled* are not looked for.
    """
    read_settings(library)
    there = _look(library)
    tasks = _tasks(there)
    total = sum(weight for _, weight in tasks)
    found, done = WorkerResults(), 0
    for result in run(_check, [task for task, _ in tasks]):
        done += _add(found, result)
        on_progress(done, total)
    for warc in there.warcs:
        _close_gaps(found.walks.setdefault(warc.name, []), warc)
    findings = [*there.findings, *_judge(library, there, found)]
    return Verified(
        tuple(sorted(without_codes(disabled)(findings), key=_order)),
        sum(walked.records for walks in found.walks.values() for walked in walks),
        len(there.warcs) + len(found.files),
        sum(file.rows.num_rows for file in found.of("captures") if file.rows is not None),
        sum(walked.inflated for walks in found.walks.values() for walked in walks),
    )


def _order(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.offset if finding.offset is not None else -1, finding.code


def _look(library: Path) -> _Disk:
    findings = [*judge_links(library), *judge_tombstones(library)]
    link = library / "current"
    generation = library / link.readlink() if link.is_symlink() else None
    if generation is not None and not generation.is_dir():
        generation = None
    tables = list(table_files(generation)) if generation else []
    publishing = is_held(library / "locks" / "publish")
    journal = _read_journal(generation)
    readable = True
    try:
        known = files_on_disk.read_state(library)
    except (sqlite3.DatabaseError, Damaged) as error:
        known, readable = [], False
        place = FindingPlace(path="state/backissue.db")
        findings.append(place.finding("state.unreadable", str(error)))
    warcs = files_on_disk.warc_files(library, known)
    restored = tuple(read_restored(library))
    sizes = {warc.name: files_on_disk.length(warc) for warc in warcs}
    sealed = frozenset(warc.name for warc in warcs if warc.sealed and warc.is_captured)
    findings += judge_state(_ours(known), sizes, sealed) if readable else ()
    findings += journal.findings
    findings += judge_spans(journal.entries, sizes)
    return _Disk(
        generation, tuple(tables), publishing, journal, tuple(warcs), restored, tuple(findings)
    )


def _ours(known: Iterable[Any]) -> Iterator[Any]:
    return (file for file in known if not file.name.startswith(files_on_disk.IMPORTED))


def _read_journal(generation: Path | None) -> Journal:
    try:
        return judged_journal((generation / PATH).read_bytes() if generation else b"")
    except FileNotFoundError:
        return Journal((), ())  # a link that leads to nothing is a finding already


def _tasks(there: _Disk) -> list[tuple[CheckTask, int]]:
    """What is to be read, and how many bytes each task has."""
    tasks: list[tuple[CheckTask, int]] = []
    for warc in there.warcs:
        restored = {one.start: one for one in there.restored if one.file == warc.name}
        tasks += [(piece, piece.stop - piece.start) for piece in _pieces(warc, restored)]
    if there.generation:
        for entry in there.journal.entries:
            tasks += [(FileTask(file, there.generation), 0) for file in entry.all_files]
    return tasks


def _pieces(warc: WarcOnDisk, restored: Mapping[int, Restored]) -> Iterator[FilePiece]:
    """The file in parts that begin where its index says that a record does."""
    lines = _lines(warc) if warc.end > _PIECE else None
    starts = sorted({entry.offset for entry in lines.entries}) if lines else []
    start = 0
    for at in starts:
        if at - start >= _PIECE and at < warc.end:
            yield FilePiece(warc.name, warc.path, start, at, warc.end, restored)
            start = at
    yield FilePiece(warc.name, warc.path, start, warc.end, warc.end, restored)


def _lines(warc: WarcOnDisk) -> IndexLines | None:
    """The lines of the file's index; None where none is there."""
    try:
        data = index_path(warc.path).read_bytes()
    except FileNotFoundError:
        return None
    return read_lines(data, str(index_path(Path(warc.name))))


def _check(task: CheckTask) -> CheckedPiece | FileRead:
    """What a worker does."""
    return check_piece(task) if isinstance(task, FilePiece) else read_file(task)


def _add(found: WorkerResults, result: CheckedPiece | FileRead) -> int:
    if isinstance(result, FileRead):
        found.files[result.file.path] = result
        return 0
    found.walks.setdefault(result.piece.name, []).append(result)
    return result.piece.stop - result.piece.start


def _close_gaps(walks: list[CheckedPiece], warc: WarcOnDisk) -> None:
    """Walk a file again in one piece where its index gave wrong places for the pieces."""
    walks.sort(key=lambda walked: walked.piece.start)
    if any(_is_gap(one, following) for one, following in pairwise(walks)):
        restored = walks[0].piece.restored
        walks[:] = [check_piece(FilePiece(warc.name, warc.path, 0, warc.end, warc.end, restored))]


def _is_gap(one: CheckedPiece, following: CheckedPiece) -> bool:
    """Whether *following* does not begin where *one* ends, or begins within an exchange."""
    start = following.piece.start
    within = (finding.code == "warc.exchange" for finding in following.findings[:1])
    return one.end != start or any(within)


def _judge(library: Path, there: _Disk, found: WorkerResults) -> Iterator[Finding]:
    for warc in there.warcs:
        yield from judge_warc(warc, found.walks[warc.name], _lines(warc), there.journal.entries)
    yield from judge_ids(found, there.journal.entries)
    publishing = there.publishing or is_held(library / "locks" / "publish")
    journal = _read_journal(there.generation)  # a publish may have ended meanwhile
    yield from judge_records(journal.entries, found.batches(), publishing=publishing)
    yield from judge_files(there.journal.entries, there.tables, publishing=publishing)
    yield from judge_rows(there.journal.entries, found)
