"""`batches.jsonl` against the batch records of the WARC, their spans, a generation's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.tables.journal import Batch, JournalEntry, Span, TableFile, entry_from_line
from archive.types import Finding
from archive.verify.checks import FindingPlace

PATH = "batches.jsonl"


@dataclass(frozen=True, slots=True)
class Journal:
    """What could be read of a journal, and what is wrong with its lines."""

    entries: tuple[JournalEntry, ...]
    findings: tuple[Finding, ...]


def judged_journal(data: bytes) -> Journal:
    """The complete batches in *data*, in order."""
    entries: list[JournalEntry] = []
    found: list[Finding] = []
    at, expected = 0, 1
    for line in data.splitlines(keepends=True):
        place = FindingPlace(path=PATH, offset=at)
        at += len(line)
        try:
            if not line.endswith(b"\n"):
                raise ValueError("the line is torn")
            entry = entry_from_line(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            found.append(place.finding("journal.line", f"{error}: {line[:60]!r}"))
            expected += 1
            continue
        if entry.batch.number != expected:
            code = "journal.number" if entry.batch.number < expected else "journal.gap"
            detail = f"batch {entry.batch.number} where {expected} must stand"
            found.append(place.finding(code, detail))
        expected = entry.batch.number + 1
        entries.append(entry)
    return Journal(tuple(entries), tuple(found))


def judge_records(
    entries: Iterable[JournalEntry], recorded: Mapping[Span, Batch], *, publishing: bool
) -> Iterator[Finding]:
    """Whether each batch stands in the WARC as it does in the journal, and the other way round.

    *recorded* are the batch records by their spans. *publishing*: another process may be writing
    the files of the next batch just now.
    """
    numbers = set()
    for entry in entries:
        numbers.add(entry.batch.number)
        found = recorded.get(entry.record)
        place = FindingPlace(path=entry.record.file, offset=entry.record.start)
        if found is None:
            detail = f"the record of batch {entry.batch.number} does not end at {entry.record.end}"
            yield place.finding("journal.record", detail)
        elif found != entry.batch:
            detail = f"batch {entry.batch.number} is another in the journal than in its record"
            yield place.finding("journal.record", detail)
    for span, batch in recorded.items():
        if batch.number not in numbers and not publishing:
            detail = f"batch {batch.number} has no line in the journal"
            yield FindingPlace(path=span.file).finding("journal.incomplete", detail)


def judge_spans(entries: Iterable[JournalEntry], sizes: Mapping[str, int]) -> Iterator[Finding]:
    """Whether the batches take in each byte of a WARC file once, from its begin on, without a gap.

    *sizes* are the lengths of the files that are there.
    """
    spans = [span for entry in entries for span in (*entry.batch.inputs, entry.record)]
    before = Span("", 0, 0)
    for span in sorted(spans):
        place = FindingPlace(path=span.file, offset=span.start)
        begin = before.end if span.file == before.file else 0
        if span.start != begin:
            detail = f"a batch takes in bytes from {span.start} on, those before end at {begin}"
            yield place.finding("journal.span", detail)
        if span.file not in sizes and span.file != before.file:
            yield place.finding("warc.gone", "a batch takes it in, and it is not there")
        elif span.end > sizes.get(span.file, span.end):
            detail = f"a batch takes in {span.end} bytes, the file has {sizes[span.file]}"
            yield place.finding("journal.span", detail)
        before = span


def judge_files(
    entries: Sequence[JournalEntry], there: Iterable[str], *, publishing: bool
) -> Iterator[Finding]:
    """Table files without a line in the journal; *there* are paths below the generation.

    The files of batch 0 are those without rows that a generation begins with. *publishing*: those
    of the next batch are just being written.
    """
    listed = {file.path for entry in entries for file in entry.all_files}
    coming = max((entry.batch.number for entry in entries), default=0) + 1
    for path in sorted(set(there) - listed):
        number = path.rpartition("/")[2].split("-")[1:2]
        if number == ["000000"] or (publishing and number == [f"{coming:06}"]):
            continue
        yield FindingPlace(path=path).finding("journal.unlisted", "no line of the journal names it")


def judge_file(file: TableFile, sha256: str | None, rows: int | None) -> Iterator[Finding]:
    """A table file's hash (None: the file is gone) and number of rows (None: it cannot be read)."""
    place = FindingPlace(path=file.path)
    if sha256 is None:
        yield place.finding("journal.missing", f"{file.rows:,} rows are gone with it")
        return
    if sha256 != file.sha256:
        yield place.finding("journal.hash", f"its SHA-256 is {sha256}, not {file.sha256}")
    if rows is not None and rows != file.rows:
        yield place.finding("journal.rows", f"{rows:,} rows, and {file.rows:,} in the journal")
