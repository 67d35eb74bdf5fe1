"""`batches.jsonl` and the batch records in the WARC: what each batch was made of, in which order.

The WARC record (`urn:backissue:batch:N`) says what the batch takes in; it is written before readers
see any file of it. The journal line says which files came of it; it is written last: without it a
batch is incomplete.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from archive.disk import files
from archive.disk.damage import damaged, is_within

BATCH_FORMAT = 1  # version of a batch's record and of its line
BATCH_URI = "urn:backissue:batch:"
WITHHELD: Final = "withheld"
"""The folder of a generation for rows that a removal hides from readers."""
NO_BATCH: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a batch raises where a line or a record describes none."""
_BEGINNING: Final = b'{"batch": {'
"""What each line of a journal begins with: its keys are sorted."""
_NAME = re.compile(r"g\d+-((\d+)(?:-\d+)?-[0-9a-f]{8})(?:-\d+)?\.parquet$")
_MONTH = re.compile(r"fetch_month=([^/]+)")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A Parquet file: its path below the generation, its rows and the SHA-256 of its bytes.

    Its name says of which batches it holds the rows: `g0001-000007-3f9a1c20.parquet` of batch 7,
    `g0002-000001-000024-3f9a1c20.parquet` of batches 1 to 24.
    """

    path: str
    rows: int
    sha256: str

    @property
    def month(self) -> str:
        """The month (`YYYY-MM`) in which its rows were fetched; ValueError where the path is none
        of a table file."""
        return _part(_MONTH, self.path)

    @property
    def stem(self) -> str:
        """Its name without its generation, its part and its suffix; ValueError as `month`."""
        return _part(_NAME, self.path)

    @property
    def first_batch(self) -> int | None:
        """The number of the first batch that it holds rows of; None where its name says none."""
        found = _NAME.search(self.path)
        return int(found[2]) if found else None

    @property
    def table(self) -> str:
        """The table that its rows are of, be they shown or withheld."""
        return self.path.removeprefix(f"{WITHHELD}/").partition("/")[0]


def _part(pattern: re.Pattern[str], path: str) -> str:
    found = pattern.search(path)
    if not found:
        raise ValueError(f"{path} is no name of a table file")
    return found[1]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes *start* to *end* of a WARC file; *file* is relative to the library."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Quarantined:
    """Bytes of a WARC file that no row comes from: they are damaged, or the capture kills its
    workers."""

    file: str
    start: int
    end: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, bytes {self.start:,} to {self.end:,}: {self.why}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch takes in: spans of WARC files, and batches whose payloads are written now.

    What is *quarantined* stands within the spans, and is left out whenever the batch is derived.
    """

    number: int
    closed: str
    inputs: tuple[Span, ...]
    payloads: tuple[int, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()

    def to_bytes(self) -> bytes:
        """The body of the batch's WARC record."""
        return json.dumps({"format": BATCH_FORMAT, **asdict(self)}, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Batch:
        """The batch that the body of a WARC record describes; one of NO_BATCH where it does not."""
        batch = _batch(json.loads(body))
        _check(JournalEntry(batch, Span("none", 0, 0), "", "", ()))
        return batch


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of `batches.jsonl`: a complete batch and its files.

    Where the rows of several batches are merged, the last of these batches names the files.
    *left_out* is what was found damaged only when this generation was made from the batch. What is
    *withheld* are rows that a removal hides from readers.
    """

    batch: Batch
    record: Span  # where the batch's own WARC record stands; it counts as taken in
    extractor: str
    extraction_config_digest: str
    files: tuple[TableFile, ...]
    left_out: tuple[Quarantined, ...] = ()
    withheld: tuple[TableFile, ...] = ()

    @property
    def all_files(self) -> tuple[TableFile, ...]:
        """The files that readers see, and those that they do not."""
        return (*self.files, *self.withheld)

    @property
    def first(self) -> int:
        """The number of the first batch whose rows its files hold."""
        own = self.batch.number
        return min((file.first_batch or own for file in self.all_files), default=own)


def read_journal(generation: Path) -> list[JournalEntry]:
    """The complete batches of a generation, in order; a torn last line does not count. Damaged
    where a line describes none."""
    path = generation / "batches.jsonl"
    *lines, torn = path.read_bytes().split(b"\n")
    if not torn.startswith(_BEGINNING[: len(torn)]):
        raise damaged(path, f"line {len(lines) + 1} is not the beginning of a batch")
    return [_entry(path, number, line) for number, line in enumerate(lines, 1) if line]


def _entry(path: Path, number: int, line: bytes) -> JournalEntry:
    try:
        return entry_from_line(line)
    except NO_BATCH:
        raise damaged(path, f"line {number} describes no batch") from None


def last_entry(generation: Path) -> JournalEntry | None:
    """The newest complete batch of a generation; None where there is none."""
    path = generation / "batches.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1]
    newest = next((number for number in range(len(lines), 0, -1) if lines[number - 1]), None)
    return _entry(path, newest, lines[newest - 1]) if newest else None


def last_number(entries: Sequence[JournalEntry]) -> int:
    """The number of the newest of *entries*; 0 where there is none."""
    return entries[-1].batch.number if entries else 0


def together(entries: Sequence[JournalEntry]) -> list[tuple[JournalEntry, ...]]:
    """*entries* in runs: the rows of a run stand in the files that its last batch names."""
    runs: list[tuple[JournalEntry, ...]] = []
    end = len(entries)
    while end:
        first, begin = entries[end - 1].first, end - 1
        while begin and entries[begin - 1].batch.number >= first:
            begin -= 1
        runs.append(tuple(entries[begin:end]))
        end = begin
    return runs[::-1]


def append(generation: Path, entry: JournalEntry) -> None:
    """Complete a batch; a torn line that an earlier attempt left goes first."""
    path = generation / "batches.jsonl"
    data = path.read_bytes()
    if not data.endswith(b"\n") and data:
        files.put(path, data[: data.rfind(b"\n") + 1])
    files.append_line(path, to_line(entry))


def to_line(entry: JournalEntry) -> bytes:
    """The line of *entry* in the journal, without its end."""
    body = {"format": BATCH_FORMAT, **asdict(entry)}
    if not entry.withheld:
        del body["withheld"]
    return json.dumps(body, sort_keys=True).encode()


def entry_from_line(line: bytes) -> JournalEntry:
    """The batch that a line of the journal describes; one of NO_BATCH where it does not."""
    data = json.loads(line)
    entry = JournalEntry(
        _batch(data["batch"]),
        Span(**data["record"]),
        data["extractor"],
        data["extraction_config_digest"],
        tuple(TableFile(**file) for file in data["files"]),
        tuple(Quarantined(**one) for one in data.get("left_out", ())),
        tuple(TableFile(**file) for file in data.get("withheld", ())),
    )
    _check(entry)
    return entry


def _check(entry: JournalEntry) -> None:
    """Raise TypeError or ValueError where *entry* is no batch: it is what a file said."""
    batch = entry.batch
    spans: list[Span | Quarantined] = [*batch.inputs, entry.record]
    spans += [*batch.quarantined, *entry.left_out]
    numbers = [batch.number, *batch.payloads, *(n for one in spans for n in (one.start, one.end))]
    numbers += [file.rows for file in entry.all_files]
    texts = [batch.closed, *(one.file for one in spans), *(file.path for file in entry.all_files)]
    texts += [file.sha256 for file in entry.all_files]
    if not all(type(one) is int and one >= 0 for one in numbers):
        raise TypeError("not a number")
    if not all(type(one) is str for one in texts):
        raise TypeError("not a text")
    paths = [*(one.file for one in spans), *(file.path for file in entry.all_files)]
    if not all(map(is_within, paths)):
        raise ValueError("a path that leads elsewhere")


def _batch(data: dict[str, Any]) -> Batch:
    return Batch(
        data["number"],
        data["closed"],
        tuple(Span(**span) for span in data["inputs"]),
        tuple(data["payloads"]),
        tuple(Quarantined(**one) for one in data.get("quarantined", ())),
    )


def holds(ranges: Iterable[Quarantined], file: str, offset: int) -> bool:
    """Whether the byte *offset* of *file* lies in one of *ranges*."""
    return any(one.file == file and one.start <= offset < one.end for one in ranges)


class Ranges:
    """Many ranges, to be asked about many bytes."""

    def __init__(self, ranges: Iterable[Quarantined]) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}  # the greatest end of this range and all before it
        for one in sorted(ranges):
            ends = self._ends.setdefault(one.file, [])
            self._starts.setdefault(one.file, []).append(one.start)
            ends.append(max(one.end, ends[-1] if ends else 0))

    def hold(self, file: str, offset: int) -> bool:
        """Whether the byte *offset* of *file* lies in one of them."""
        at = bisect_right(self._starts.get(file, ()), offset)
        return at > 0 and offset < self._ends[file][at - 1]


def consumed(entries: Iterable[JournalEntry]) -> dict[str, int]:
    """For each WARC file how many of its bytes the batches have taken in."""
    taken: dict[str, int] = {}
    for entry in entries:
        for span in (*entry.batch.inputs, entry.record):
            taken[span.file] = max(span.end, taken.get(span.file, 0))
    return taken
