"""Rows into Parquet files whose bytes depend on the rows alone: sorted, in fixed row groups."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.disk import files
from archive.tables import ordering
from archive.tables.journal import TableFile
from archive.tables.schema import TABLES


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of one table are written. *sort* ends with what makes a row unique.

    *row_group* is in rows, *level* is that of zstd, *page_size* is in bytes.
    """

    sort: tuple[str, ...]
    row_group: int = 10_000
    level: int = 3
    page_size: int = 2**20
    plain: tuple[str, ...] = ()  # columns without a dictionary: long texts


_URL_ORDER = ("url_surtkey", "fetch_time", "warc_record_id")
LAYOUTS: dict[str, Layout] = {
    "articles": Layout(_URL_ORDER, plain=("article_body", "article_body_markdown", "evidence")),
    "captures": Layout(_URL_ORDER, row_group=100_000),
    "payloads": Layout(
        ("url_surtkey", "fetch_time", "warc_record_id"),
        row_group=25,
        level=9,
        page_size=4 * 2**20,
        plain=("warc_headers", "request", "http_headers", "payload"),
    ),
    "crawl_log": Layout(("url_surtkey", "fetch_time", "run_id")),
    "removed": Layout(("article_id", "version")),
    "comments": Layout(("article_id", "version", "comment")),
    "duplicates": Layout(("article_id", "duplicate_of", "as_of")),
    "withdrawn": Layout(("article_id", "version")),
}


def file_path(table: str, month: str, stem: str) -> str:
    """Where a file of *table* stands below its generation."""
    return f"{table}/data/fetch_month={month}/{stem}.parquet"


def sort_rows(table: str, rows: pa.Table) -> pa.Table:
    """*rows* in the order of *table*; the sort is stable, so equal keys keep their order."""
    order = [(name, "ascending") for name in LAYOUTS[table].sort]
    return ordering.reorder(rows, pc.sort_indices(rows, sort_keys=order))


def by_month(rows: pa.Table, times: pa.ChunkedArray) -> Iterator[tuple[str, pa.Table]]:
    """*rows* split by the month (UTC, `YYYY-MM`) of *times*, in the order of months."""
    months = pc.strftime(times, format="%Y-%m")
    for month in sorted(pc.unique(months).to_pylist()):
        yield month, rows.filter(pc.equal(months, month))


def write_rows(staging: Path, path: str, table: str, rows: pa.Table) -> TableFile:
    """Write sorted *rows* as `staging/path`; its bytes are on the disk when this returns.

    Rows of an older generation lack columns of today; so does the file.
    """
    size = LAYOUTS[table].row_group
    groups = (rows.slice(at, size).combine_chunks() for at in range(0, rows.num_rows, size))
    return write_groups(staging, path, table, groups, columns=rows.schema.names)


def write_groups(
    staging: Path,
    path: str,
    table: str,
    groups: Iterator[pa.Table],
    *,
    columns: Sequence[str] | None = None,
) -> TableFile:
    """Write one row group for each table of *groups*, in the order in which they come."""
    layout, count = LAYOUTS[table], 0
    known = TABLES[table]
    schema = known if columns is None else pa.schema([known.field(name) for name in columns])
    target = staging / path
    files.make_folder(target.parent)
    dictionary = [name for name in schema.names if name not in layout.plain]
    with pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        compression_level=layout.level,
        use_dictionary=dictionary,
        write_page_index=True,
        data_page_size=layout.page_size,
        write_batch_size=1 if table == "payloads" else 1024,
    ) as writer:
        for group in groups:
            writer.write_table(group, row_group_size=max(1, group.num_rows))
            count += group.num_rows
    files.sync_file(target)
    return TableFile(path, count, sha256(target))


def write_empty(generation: Path, table: str, month: str, columns: pa.Schema) -> None:
    """The file without rows that each table of a new generation begins with: its *columns*."""
    stem = f"g{generation.name}-000000-00000000"
    path = file_path(table, month, stem)
    write_rows(generation, path, table, columns.empty_table())
    files.sync_folder((generation / path).parent)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
