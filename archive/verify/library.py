"""A whole library into findings: what is to be read, by whom, and what is compared with what."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive.config import read_settings
from archive.journal import Batch, Entry, Span
from archive.locks import is_held
from archive.types import Finding
from archive.verify import disk
from archive.verify.checks import Place, without
from archive.verify.disk import Warc
from archive.verify.index import compare, judge_revisits, read_lines
from archive.verify.journal import (
    PATH,
    Journal,
    judge_files,
    judge_records,
    judge_spans,
    read_journal,
)
from archive.verify.layout import judge_links, judge_state
from archive.verify.tables import (
    FileRead,
    FileTask,
    by_file,
    judge_captures,
    judge_references,
    read_file,
    within,
)
from archive.verify.walk import Piece, Seen, Walked, walk
from archive.writer import index_path

_PIECE = 32 << 20  # compressed bytes that are one task

Task = Piece | FileTask
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


@dataclass(slots=True)
class _Found:
    """What the workers gave: parts of WARC files by name, table files by path."""

    walks: dict[str, list[Walked]] = field(default_factory=dict)
    files: dict[str, FileRead] = field(default_factory=dict)

    def seen(self) -> Iterator[Seen]:
        """All captures."""
        return (one for walks in self.walks.values() for walked in walks for one in walked.captures)


@dataclass(frozen=True, slots=True)
class _Disk:
    """What was on the disk, in the order in which it was read: files before who vouches for them.

    So what a crawl or publish that runs beside us adds is either known or not looked at.
    """

    generation: Path | None
    tables: tuple[str, ...]
    publishing: bool
    journal: Journal
    warcs: tuple[Warc, ...]
    findings: tuple[Finding, ...]


def verify(
    library: Path,
    run: Runner = map,
    told: Callable[[int, int], None] = lambda done, total: None,
    disabled: Iterable[str] = (),
) -> Verified:
    """All that is wrong with *library*; never writes. NotALibrary, NewerFormat or UsageError.

    *told* hears how many bytes are done, of how many. Codes *disabled* are not looked for.
    """
    read_settings(library)
    there = _look(library)
    tasks = _tasks(there)
    total = sum(weight for _, weight in tasks)
    found, done = _Found(), 0
    for result in run(_check, [task for task, _ in tasks]):
        done += _add(found, result)
        told(done, total)
    for warc in there.warcs:
        _close_gaps(found.walks.setdefault(warc.name, []), warc)
    findings = [*there.findings, *_judge(library, there, found)]
    return Verified(
        tuple(sorted(without(disabled)(findings), key=_order)),
        sum(walked.records for walks in found.walks.values() for walked in walks),
        len(there.warcs) + len(found.files),
        sum(file.rows.num_rows for file in _of(found, "captures") if file.rows is not None),
        sum(walked.inflated for walks in found.walks.values() for walked in walks),
    )


def _order(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.offset if finding.offset is not None else -1, finding.code


def _look(library: Path) -> _Disk:
    findings = [*judge_links(library)]
    link = library / "current"
    generation = library / link.readlink() if link.is_symlink() else None
    if generation is not None and not generation.is_dir():
        generation = None
    tables = disk.table_files(generation) if generation else []
    publishing = is_held(library / "locks" / "publish")
    journal = _read_journal(generation)
    readable = True
    try:
        known = disk.read_state(library)
    except sqlite3.DatabaseError as error:
        known, readable = [], False
        place = Place(path="state/backissue.db")
        findings.append(place.finding("state.unreadable", str(error)))
    warcs = disk.warc_files(library, known)
    sizes = {warc.name: disk.length(warc) for warc in warcs}
    sealed = frozenset(warc.name for warc in warcs if warc.sealed)
    findings += judge_state(_ours(known), sizes, sealed) if readable else ()
    findings += journal.findings
    findings += judge_spans(journal.entries, sizes)
    return _Disk(generation, tuple(tables), publishing, journal, tuple(warcs), tuple(findings))


def _ours(known: Iterable[Any]) -> Iterator[Any]:
    return (file for file in known if not file.name.startswith(disk.IMPORTED))


def _read_journal(generation: Path | None) -> Journal:
    try:
        return read_journal((generation / PATH).read_bytes() if generation else b"")
    except FileNotFoundError:
        return Journal((), ())  # a link that leads to nothing, which was told


def _tasks(there: _Disk) -> list[tuple[Task, int]]:
    """What is to be read, and how many bytes each task has."""
    tasks: list[tuple[Task, int]] = []
    for warc in there.warcs:
        tasks += [(piece, piece.stop - piece.start) for piece in _pieces(warc)]
    if there.generation:
        for entry in there.journal.entries:
            tasks += [(FileTask(file, there.generation), 0) for file in entry.files]
    return tasks


def _pieces(warc: Warc) -> Iterator[Piece]:
    """The file in parts that begin where its index says that a record does."""
    starts = sorted({entry.offset for entry in _lines(warc).entries}) if warc.end > _PIECE else []
    start = 0
    for at in starts:
        if at - start >= _PIECE and at < warc.end:
            yield Piece(warc.name, warc.path, start, at, warc.end)
            start = at
    yield Piece(warc.name, warc.path, start, warc.end, warc.end)


def _lines(warc: Warc) -> Any:
    path = index_path(warc.path)
    relative = str(index_path(Path(warc.name)))
    return read_lines(path.read_bytes() if warc.sealed and path.exists() else b"", relative)


def _check(task: Task) -> Walked | FileRead:
    """What a worker does."""
    return walk(task) if isinstance(task, Piece) else read_file(task)


def _add(found: _Found, result: Walked | FileRead) -> int:
    if isinstance(result, FileRead):
        found.files[result.file.path] = result
        return 0
    found.walks.setdefault(result.piece.name, []).append(result)
    return result.piece.stop - result.piece.start


def _close_gaps(walks: list[Walked], warc: Warc) -> None:
    """Walk again from where one piece does not end at the next: the index lied on that place."""
    walks.sort(key=lambda walked: walked.piece.start)
    for number, (one, following) in enumerate(pairwise(walks)):
        if one.end != following.piece.start:
            del walks[number + 1 :]
            walks.append(walk(Piece(warc.name, warc.path, one.end, warc.end, warc.end)))
            return


def _judge(library: Path, there: _Disk, found: _Found) -> Iterator[Finding]:
    entries = there.journal.entries
    known = _quarantined(entries)
    for warc in there.warcs:
        yield from _judge_warc(warc, found.walks[warc.name], known)
    yield from _judge_ids(found)
    recorded = dict(_batch_records(found))
    publishing = there.publishing or is_held(library / "locks" / "publish")
    journal = _read_journal(there.generation)  # a publish may have ended meanwhile
    done = {entry.batch.number for entry in journal.entries}
    late = {span: batch for span, batch in recorded.items() if batch.number not in done}
    recorded = {span: batch for span, batch in recorded.items() if span not in late} | late
    yield from judge_records(journal.entries, recorded, publishing=publishing)
    yield from judge_files(entries, there.tables, publishing=publishing)
    for file in found.files.values():
        yield from file.findings
    yield from _judge_rows(entries, found, known)


def _judge_warc(warc: Warc, walks: list[Walked], known: Sequence[Span]) -> Iterator[Finding]:
    place = Place(path=warc.name)
    for walked in walks:
        for finding in walked.findings:
            yield _as_known(finding, known)
    if warc.sealed and warc.end == 0:
        yield place.finding("warc.empty", "it has no byte")
    if disk.is_left_open(warc):
        yield place.finding("warc.left_open", "nobody writes it: `backissue repair` seals it")
    index = index_path(warc.path)
    if warc.sealed and not index.exists():
        yield place.finding("cdxj.missing", f"{index.name} is not there")
    elif warc.sealed:
        lines = _lines(warc)
        yield from lines.findings
        seen = [one for walked in walks for one in walked.captures]
        yield from compare(lines.entries, seen, str(index_path(Path(warc.name))))


def _as_known(finding: Finding, known: Sequence[Span]) -> Finding:
    """*finding*, or the warning that it is where a batch record names the damage already."""
    at = finding.offset
    for span in known:
        if finding.path == span.file and at is not None and span.start <= at < span.end:
            place = Place(
                path=finding.path, offset=at, record_id=finding.record_id, url=finding.url
            )
            return place.finding("warc.quarantined", f"{finding.code}: {finding.detail}")
    return finding


def _quarantined(entries: Iterable[Entry]) -> list[Span]:
    """The bytes that batch records name as damaged."""
    return [
        Span(one.file, one.start, one.end)
        for entry in entries
        for one in getattr(entry.batch, "quarantined", ())
    ]


def _judge_ids(found: _Found) -> Iterator[Finding]:
    """Ids that are there twice, and revisits of what is not there."""
    captures = {one.record_id: one for one in found.seen()}
    times = Counter(one.record_id for one in found.seen())
    places: dict[str, Place] = {one.record_id: one.place for one in captures.values()}
    for walks in found.walks.values():
        for walked in walks:
            times.update(record_id for record_id, _ in walked.others)
            for record_id, offset in walked.others:
                place = Place(path=walked.piece.name, offset=offset, record_id=record_id)
                places.setdefault(record_id, place)
    for record_id, count in times.items():
        if count > 1 and record_id:
            yield places[record_id].finding("warc.duplicate_id", f"{count} records have this id")
    revisits = (one for one in captures.values() if one.type == "revisit")
    yield from judge_revisits(revisits, captures, frozenset(times.keys() - captures.keys()))


def _batch_records(found: _Found) -> Iterator[tuple[Span, Batch]]:
    """The batch records of the WARC; those that cannot be read were told."""
    for name, walks in found.walks.items():
        for walked in walks:
            for body, end in walked.batches:
                try:
                    yield Span(name, 0, end), Batch.from_bytes(body)
                except (ValueError, KeyError, TypeError):
                    continue


def _of(found: _Found, table: str) -> list[FileRead]:
    return [file for file in found.files.values() if file.table == table]


def _judge_rows(
    entries: Sequence[Entry], found: _Found, known: Sequence[Span]
) -> Iterator[Finding]:
    """The tables' rows: each batch's `captures` against its records, all others by their ids."""
    seen = by_file(found.seen())
    for entry in entries:
        files = [found.files[f.path] for f in entry.files if f.path.startswith("captures/")]
        unread = [file for file in files if file.rows is None]
        held = within(seen, entry.batch.inputs)
        skipped = within(seen, known)
        right = {key: one for key, one in held.items() if key not in skipped}
        if not unread:
            yield from judge_captures(files, right, f"batch {entry.batch.number}")
    everything = {one.record_id: one for one in found.seen()}
    ids = {row["article_id"] for file in _of(found, "articles") for row in file}
    for file in found.files.values():
        if file.table != "captures":
            yield from judge_references(file, everything.get, frozenset(ids))
