"""Rows of `payloads` into files: few rows to a row group, no file too large to be read whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from archive.removal.withheld import withheld_path
from archive.tables import parquet
from archive.tables.journal import TableFile
from archive.tables.parquet import LAYOUTS
from archive.tables.schema import PAYLOADS
from archive.types import Row

_FILE_BYTES = 2**31  # decoded payloads of one file


def write_payloads(
    workspace: Path, month: str, stem: str, rows: Iterator[Row], *, withheld: bool = False
) -> Iterator[TableFile]:
    """Write sorted *rows* below *workspace* as the files of a *month*, named after *stem*."""
    for part, groups in enumerate(_files(rows)):
        name = stem if part == 0 else f"{stem}-{part:02}"
        path = parquet.file_path("payloads", month, name)
        path = withheld_path(path) if withheld else path
        yield parquet.write_groups(workspace, path, "payloads", groups)


def _files(rows: Iterator[Row]) -> Iterator[Iterator[pa.Table]]:
    """Row groups for one file after the other, each of at most 2 GiB decoded."""
    pending: list[list[Row]] = []
    while True:
        group = pending.pop() if pending else _group(rows)
        if not group:
            return
        yield _one_file(group, rows, pending)


def _one_file(group: list[Row], rows: Iterator[Row], left: list[list[Row]]) -> Iterator[pa.Table]:
    size = 0
    while group:
        weight = sum(len(row["payload"]) for row in group)
        if size and size + weight > _FILE_BYTES:
            left.append(group)
            return
        size += weight
        yield pa.Table.from_pylist(group, schema=PAYLOADS).combine_chunks()
        group = _group(rows)


def _group(rows: Iterator[Row]) -> list[Row]:
    return [row for _, row in zip(range(LAYOUTS["payloads"].row_group), rows, strict=False)]
