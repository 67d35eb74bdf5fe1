"""What the workers read of a library, compared: index, ids, revisits and rows with the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.tables.journal import (
    Batch,
    JournalEntry,
    Quarantined,
    Ranges,
    Span,
    holds,
    together,
)
from archive.types import Finding
from archive.verify import files_on_disk
from archive.verify.cdxj import IndexLines, compare
from archive.verify.checks import FindingPlace
from archive.verify.files_on_disk import WarcOnDisk
from archive.verify.revisits import judge_revisits
from archive.verify.tables import FileRead, by_file, judge_captures, judge_references, within
from archive.verify.warc_files import CheckedPiece, SeenCapture
from archive.warc_file import index_path


@dataclass(slots=True)
class WorkerResults:
    """What the workers gave: parts of WARC files by name, table files by path."""

    walks: dict[str, list[CheckedPiece]] = field(default_factory=dict)
    files: dict[str, FileRead] = field(default_factory=dict)

    def seen(self) -> Iterator[SeenCapture]:
        """All captures."""
        return (one for walks in self.walks.values() for walked in walks for one in walked.captures)

    def of(self, table: str) -> list[FileRead]:
        """The files of *table*."""
        return [file for file in self.files.values() if file.table == table]

    def batches(self) -> dict[Span, Batch]:
        """The batch records by their spans; those that cannot be read are findings already."""
        found = {}
        for name, walks in self.walks.items():
            for body, end in (batch for walked in walks for batch in walked.batches):
                try:
                    found[Span(name, 0, end)] = Batch.from_bytes(body)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    continue
        return found


def judge_warc(
    warc: WarcOnDisk,
    walks: Sequence[CheckedPiece],
    lines: IndexLines | None,
    entries: Iterable[JournalEntry],
) -> Iterator[Finding]:
    """What is wrong with a WARC file and its index; damage that a batch record names is known."""
    place = FindingPlace(path=warc.name)
    mine = [entry for entry in entries if any(s.file == warc.name for s in entry.batch.inputs)]
    known = [one for entry in mine for one in entry.batch.quarantined if one.file == warc.name]
    late = [one for entry in mine for one in entry.left_out if one.file == warc.name]
    for one in (*known, *late):
        yield FindingPlace(path=warc.name, offset=one.start).finding("warc.quarantined", one.why)
    for walked in walks:
        yield from (one for one in walked.findings if not _is_known(one, (*known, *late)))
    if warc.sealed and warc.end == 0:
        yield place.finding("warc.empty", "it has no byte")
    if files_on_disk.is_left_open(warc):
        yield place.finding("warc.left_open", "nobody writes it: `backissue repair` seals it")
    if warc.sealed and lines is None and warc.is_captured:
        yield place.finding("cdxj.missing", f"{index_path(warc.path).name} is not there")
    elif warc.sealed and lines is not None:
        yield from lines.findings
        known = [*known, *late]
        named = (one for one in lines.entries if not holds(known, warc.name, one.offset))
        seen = (one for walked in walks for one in walked.captures if one.named_by is None)
        right = (one for one in seen if not holds(known, warc.name, one.entry.offset))
        yield from compare(named, right, str(index_path(Path(warc.name))))


def _is_known(finding: Finding, known: Iterable[Quarantined]) -> bool:
    return finding.offset is not None and holds(known, finding.path, finding.offset)


def judge_ids(found: WorkerResults, entries: Iterable[JournalEntry] = ()) -> Iterator[Finding]:
    """Ids that are there twice, and revisits of what is not there."""
    captures: dict[str, SeenCapture] = {}
    places: dict[str, FindingPlace] = {}
    times: Counter[str] = Counter()
    for one in found.seen():
        captures[one.record_id] = one
    for one in _standing(found, entries):
        places[one.record_id] = one.place
        times[one.record_id] += 1
    for name, walks in found.walks.items():
        for record_id, offset in (other for walked in walks for other in walked.others):
            times[record_id] += 1
            if record_id not in places:
                places[record_id] = FindingPlace(path=name, offset=offset, record_id=record_id)
    for record_id, count in times.items():
        if count > 1 and record_id:
            yield places[record_id].finding("warc.duplicate_id", f"{count} records have this id")
    revisits = (one for one in captures.values() if one.type == "revisit" and not one.named_by)
    yield from judge_revisits(revisits, captures, times.keys() - captures.keys())


def _standing(found: WorkerResults, entries: Iterable[JournalEntry]) -> Iterator[SeenCapture]:
    """All captures, except imported captures that a batch leaves out: such a capture may be
    imported again, and then has a second record."""
    ranges = Ranges(one for e in entries for one in (*e.batch.quarantined, *e.left_out))
    return (one for one in found.seen() if not (one.named_by and ranges.hold(*one.named_by)))


def judge_rows(entries: Sequence[JournalEntry], found: WorkerResults) -> Iterator[Finding]:
    """The tables' rows: each batch's `captures` against its records, all others by their ids.

    Batches whose rows stand in the same files are looked at together.
    """
    seen = by_file(found.seen())
    for run in together(entries):
        several = (file for entry in run for file in entry.all_files)
        files = [found.files[file.path] for file in several if file.table == "captures"]
        if all(file.rows is not None for file in files):
            right: dict[str, SeenCapture] = {}
            for entry in run:
                left_out = (*entry.batch.quarantined, *entry.left_out)
                held = within(seen, entry.batch.inputs)
                right |= {k: one for k, one in held.items() if not holds(left_out, *one.stands)}
            yield from judge_captures(files, right, _in_words(run))
    everything = {one.record_id: one for one in _standing(found, entries)}
    articles = frozenset(row["article_id"] for file in found.of("articles") for row in file)
    lossy = any(entry.left_out for entry in entries)
    for file in found.files.values():
        yield from file.findings
        if file.table != "captures":
            findings = judge_references(file, everything.get, articles)
            of_log = lossy and file.table == "crawl_log"  # it names captures that are lost, too
            yield from (one for one in findings if not (of_log and one.code == "parquet.orphan"))


def _in_words(run: Sequence[JournalEntry]) -> str:
    first, last = run[0].batch.number, run[-1].batch.number
    return f"batch {last}" if first == last else f"batches {first} to {last}"
