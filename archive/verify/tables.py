"""Rows of the tables against the records of the WARC that they name, and against each other."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.removal.tombstones import NAME, Tombstones, read
from archive.removal.withheld import (
    BY_ADDRESS,
    OF_ARTICLE,
    address_mask,
    covered_articles,
    is_withheld,
)
from archive.tables.columns import columns_in
from archive.tables.journal import Span, TableFile
from archive.tables.parquet import sha256
from archive.types import Finding, Row
from archive.verify.checks import FindingPlace
from archive.verify.journal import judge_file
from archive.verify.warc_files import SeenCapture

_POINTER = ("warc_filename", "warc_record_offset", "warc_record_length")
_TIME = "fetch_time"
_COLUMNS: dict[str, tuple[str, ...]] = {
    "captures": (
        "warc_record_id",
        "url",
        "fetch_time",
        "fetch_status",
        "content_digest",
        "warc_type",
        "capture_fidelity",
        *_POINTER,
    ),
    "articles": ("warc_record_id", "url", "fetch_time", "article_id", *_POINTER),
    "payloads": ("warc_record_id", "fetch_time"),
    "crawl_log": ("warc_record_id", "url", "article_id", "fetch_time"),
    "removed": ("article_id",),
    "comments": ("article_id",),
    "duplicates": ("article_id", "duplicate_of"),
    "withdrawn": ("article_id", "version"),
}


@dataclass(frozen=True, slots=True)
class FileTask:
    """A table file of the journal, and the generation that it belongs to."""

    file: TableFile
    generation: Path


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a worker found of a table file, and the columns that are compared with other files."""

    file: TableFile
    findings: tuple[Finding, ...]
    rows: pa.Table | None

    @property
    def table(self) -> str:
        """The table that it belongs to."""
        return self.file.table

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.to_pylist() if self.rows is not None else [])


def read_file(task: FileTask) -> FileRead:
    """Hash and read one table file, and check what can be seen in it alone."""
    path, file = task.generation / task.file.path, task.file
    table = file.table
    place = FindingPlace(path=file.path)
    try:
        digest = sha256(path)
    except OSError:
        return FileRead(file, tuple(judge_file(file, None, None)), None)
    found, rows, count = [], None, None
    try:
        with pq.ParquetFile(path) as opened:
            count = opened.metadata.num_rows
            if not opened.schema_arrow.equals(columns_in(task.generation, table)):
                detail = "its columns are not those of its generation"
                found.append(place.finding("parquet.schema", detail))
            else:
                rows = opened.read(list(_COLUMNS[table]))
                found += judge_months(file.path, rows)
                found += _texts(opened, table, file.path)
                found += _judge_removals(opened, file, task.generation)
    except (pa.ArrowException, OSError, ValueError) as error:
        found.append(place.finding("parquet.unreadable", str(error)))
    return FileRead(file, (*judge_file(file, digest, count), *found), rows)


def _judge_removals(opened: pq.ParquetFile, file: TableFile, generation: Path) -> Iterator[Finding]:
    """Whether exactly the rows of removed addresses are withheld."""
    tombstones = Tombstones(read(generation / NAME))
    if file.table not in ("articles", *BY_ADDRESS) or not (tombstones or is_withheld(file.path)):
        return
    place = FindingPlace(path=file.path)
    if file.table == "articles":
        covered = list(covered_articles(opened.read(list(OF_ARTICLE)), tombstones))
    else:
        covered = address_mask(opened.read(["url_surtkey"]), tombstones).to_pylist()
    wrong = covered.count(not is_withheld(file.path))
    if wrong and is_withheld(file.path):
        yield place.finding("parquet.withheld", f"{wrong:,} rows of addresses that nobody removed")
    elif wrong:
        yield place.finding("parquet.shown", f"{wrong:,} rows of addresses that are removed")


def judge_months(path: str, rows: pa.Table) -> Iterator[Finding]:
    """Whether the rows of the file *path* are of the month that its folder names."""
    if _TIME not in rows.column_names or not rows.num_rows:
        return
    month = path.partition("fetch_month=")[2].partition("/")[0]
    months = pc.unique(pc.strftime(rows[_TIME], format="%Y-%m")).to_pylist()
    for other in sorted(str(one) for one in months if one != month):
        yield FindingPlace(path=path).finding("parquet.month", f"rows of {other}")


def _texts(opened: Any, table: str, path: str) -> Iterator[Finding]:
    """Whether each article's text has its digest; read in parts, for texts are long."""
    if table != "articles":
        return
    columns = ["article_body", "text_digest", "warc_record_id", "url"]
    for batch in opened.iter_batches(1000, columns=columns):
        for row in batch.to_pylist():
            if digest_of_text(row["article_body"] or "") != row["text_digest"]:
                place = FindingPlace(path=path, record_id=row["warc_record_id"], url=row["url"])
                yield place.finding("parquet.text", f"the digest is not {row['text_digest']}")


def digest_of_text(text: str) -> str:
    """`sha256:` and the hex digest of *text* in NFC, each run of white space one space."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return f"sha256:{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()}"


def judge_captures(
    files: Iterable[FileRead], seen: Mapping[str, SeenCapture], path: str
) -> Iterator[Finding]:
    """The rows of `captures` of one batch against *seen*, its records by id."""
    rows = [(file.file.path, row) for file in files for row in file]
    named: set[str] = set()
    for name, row in rows:
        place = _place(name, row)
        record = seen.get(row["warc_record_id"])
        if row["warc_record_id"] in named:
            yield place.finding("parquet.repeated", "a second row for the same record")
        named.add(row["warc_record_id"])
        if record is None:
            yield place.finding("parquet.surplus", "no record of the batch has this id")
        else:
            yield from _compare(row, record, place)
            yield from _values(row, record, place)
    for record_id, record in seen.items():
        if record_id not in named:
            yield record.place.finding("parquet.lacking", f"no row in `captures` ({path})")


def _place(path: str, row: Row) -> FindingPlace:
    return FindingPlace(path=path, record_id=row["warc_record_id"], url=row.get("url"))


def _compare(row: Row, record: SeenCapture, place: FindingPlace) -> Iterator[Finding]:
    """Whether the place that a row names is its record's, and the address too."""
    entry = record.entry
    right = (entry.filename, entry.offset, entry.length)
    if (pointer := tuple(row[name] for name in _POINTER)) != right:
        yield place.finding("parquet.pointer", f"{_words(pointer)}; it stands in {_words(right)}")
    if row["url"] != entry.url:
        yield place.finding("parquet.url", f"the record is of {entry.url}")


def _words(pointer: tuple[Any, ...]) -> str:
    return f"{pointer[0]} at byte {pointer[1]}, {pointer[2]} bytes"


def _values(row: Row, record: SeenCapture, place: FindingPlace) -> Iterator[Finding]:
    right = {
        "fetch_time": record.time,
        "fetch_status": record.entry.status,
        "content_digest": record.entry.digest.rpartition(":")[2] or None,
        "warc_type": record.type,
    }
    for name, value in right.items():
        if row[name] != value:
            yield place.finding("parquet.value", f"{name} is {row[name]}, the record has {value}")


def judge_references(
    file: FileRead, seen: Callable[[str], SeenCapture | None], articles: frozenset[str]
) -> Iterator[Finding]:
    """Rows of another table than `captures`: the records and articles that they name.

    *seen* gives a record by its id, *articles* are the ids of all articles.
    """
    place_only = FindingPlace(path=file.file.path)
    named: set[str] = set()
    for row in file:
        record_id = row.get("warc_record_id")
        record = seen(record_id) if record_id else None
        if record_id and record is None:
            yield _place(file.file.path, row).finding("parquet.orphan", "no such record")
        if record and file.table == "articles":
            yield from _compare(row, record, _place(file.file.path, row))
        if record_id and file.table != "crawl_log":
            if record_id in named:
                yield _place(file.file.path, row).finding("parquet.repeated", "a second row for it")
            named.add(record_id)
        for name in ("article_id", "duplicate_of"):
            article = row.get(name)
            if article and file.table != "articles" and article not in articles:
                yield place_only.finding("parquet.orphan", f"{name} {article} is no article")


def by_file(seen: Iterable[SeenCapture]) -> dict[str, list[SeenCapture]]:
    """The records of each WARC file, in their order."""
    found: dict[str, list[SeenCapture]] = {}
    for one in seen:
        found.setdefault(one.stands[0], []).append(one)
    for records in found.values():
        records.sort(key=_offset)
    return found


def _offset(one: SeenCapture) -> int:
    return one.stands[1]


def within(seen: Mapping[str, list[SeenCapture]], spans: Iterable[Span]) -> dict[str, SeenCapture]:
    """The records that begin in one of *spans*, by id; *seen* is as `by_file` gives it."""
    found: dict[str, SeenCapture] = {}
    for span in spans:
        records = seen.get(span.file, [])
        first = bisect_left(records, span.start, key=_offset)
        last = bisect_left(records, span.end, key=_offset)
        found |= {one.record_id: one for one in records[first:last]}
    return found
