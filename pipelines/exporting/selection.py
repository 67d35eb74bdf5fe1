"""Captures of a library in one order, each with its row of `payloads`, if it has one.

The order is that of month, `url_surtkey`, `fetch_time` and record id, whatever files they stand in.
Memory holds a row group of each file of one month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import Unpack

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.errors import TablesMissing
from archive.library import Library
from archive.tables import journal
from archive.tables.filters import ArticleWords
from archive.types import Row

_KEY = ["url_surtkey", "fetch_time", "warc_record_id"]
_CAPTURE = [
    *_KEY,
    "url",
    "source",
    "warc_type",
    "content_mime_detected",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
]
_AT_ONCE = 2_000  # rows read at a time

Key = tuple[str, datetime, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which captures: of a source, fetched from *since* on and before *until*, of some URLs.

    *records* are the ids of those that chosen articles were made from.
    """

    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    url_prefix: str | None = None
    records: frozenset[str] | None = None

    def admit(self, row: Row) -> bool:
        """Whether the capture is wanted."""
        return (
            (self.source is None or row["source"] == self.source)
            and (self.since is None or row["fetch_time"] >= self.since)
            and (self.until is None or row["fetch_time"] < self.until)
            and (self.url_prefix is None or row["url"].startswith(self.url_prefix))
            and (self.records is None or row["warc_record_id"] in self.records)
        )


def records_of_articles(library: Library, **words: Unpack[ArticleWords]) -> frozenset[str]:
    """The ids of the captures that articles were made from, all versions and all their pages."""
    rows = library.articles("all", columns=["article_id", "warc_record_id"], **words).to_arrow()
    ids = pa.array(rows["article_id"].to_pylist(), pa.string())
    condition = (pc.field("verdict") == "page_of") & pc.field("article_id").isin(ids)
    log = replace(library.crawl_log(columns=["warc_record_id"]), condition=condition).to_arrow()
    return frozenset(rows["warc_record_id"].to_pylist() + log["warc_record_id"].to_pylist())


def selected(generation: Path, filters: Filters) -> Iterator[tuple[Row, Row | None]]:
    """The wanted rows of `captures`, each with its row of `payloads`, of the complete batches."""
    captures, payloads = _by_month(generation, "captures"), _by_month(generation, "payloads")
    for month in sorted(captures):
        yield from _joined(captures[month], payloads.get(month, []), filters)


def count(generation: Path, filters: Filters) -> tuple[int, datetime | None]:
    """How many captures are wanted, and when the last of them was fetched."""
    total, last = 0, None
    for paths in _by_month(generation, "captures").values():
        for row in _captures(paths):
            if filters.admit(row):
                total += 1
                last = row["fetch_time"] if last is None else max(last, row["fetch_time"])
    return total, last


def _by_month(generation: Path, table: str) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for entry in journal.read_journal(generation):
        for file in entry.files:
            path = generation / file.path
            if path.is_relative_to(generation / table):
                if not path.exists():
                    raise TablesMissing(generation.parents[1], f"{generation.name}/{file.path}")
                found.setdefault(path.parent.name, []).append(path)
    return found


def _joined(
    captures: list[Path], payloads: list[Path], filters: Filters
) -> Iterator[tuple[Row, Row | None]]:
    kept = merge(*(_places(path) for path in payloads), key=lambda place: place.key)
    at = next(kept, None)
    for row in _captures(captures):
        if not filters.admit(row):
            continue
        key = _key(row)
        while at is not None and at.key < key:
            at = next(kept, None)
        yield row, at.row() if at is not None and at.key == key else None


def _captures(paths: list[Path]) -> Iterator[Row]:
    return merge(*(_rows(path) for path in paths), key=_key)


def _rows(path: Path) -> Iterator[Row]:
    with pq.ParquetFile(path) as opened:
        for batch in opened.iter_batches(_AT_ONCE, columns=_CAPTURE):
            yield from batch.to_pylist()


def _key(row: Row) -> Key:
    return row["url_surtkey"], row["fetch_time"], row["warc_record_id"]


@dataclass(slots=True)
class _RowGroup:
    """A row group of `payloads`, read when one of its rows is asked for."""

    opened: pq.ParquetFile
    number: int
    rows: list[Row] | None = None

    def row(self, index: int) -> Row:
        if self.rows is None:
            self.rows = self.opened.read_row_group(self.number).to_pylist()
        return self.rows[index]


@dataclass(frozen=True, slots=True)
class _RowPlace:
    """Where a row of `payloads` stands; it may be read until the next place is asked for."""

    key: Key
    group: _RowGroup
    index: int

    def row(self) -> Row:
        return self.group.row(self.index)


def _places(path: Path) -> Iterator[_RowPlace]:
    with pq.ParquetFile(path) as opened:
        for number in range(opened.num_row_groups):
            group = _RowGroup(opened, number)
            for index, row in enumerate(opened.read_row_group(number, columns=_KEY).to_pylist()):
                yield _RowPlace(_key(row), group, index)
