"""Few rows of a table by the value of one column: the look-up index says in which files they stand.

In a file, the narrow column is read first, then the rows. The reader skips row groups whose
statistics show that they lack the value. Without an index all files are searched in this way.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.errors import TablesMissing
from archive.tables.columns import tables_in
from archive.tables.damage.table_files import check_there
from archive.tables.damage.told import told_by_files
from archive.tables.index.answers import files_with
from archive.tables.schema import TABLES
from archive.types import Row

_AT_ONCE = 500  # rows whose texts are in memory
_TIME: Final = pa.timestamp("us", tz="UTC")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def rows_with(
    generation: Path,
    table: str,
    column: str,
    values: Sequence[str],
    *,
    prefix: bool = False,
    columns: Sequence[str] | None = None,
) -> Iterator[Row]:
    """The rows of *table* whose *column* has one of *values*, or with *prefix* begins with the only
    one: whole, or *columns* of them."""
    known = None if prefix else files_with(generation, table, column, values)
    wanted = list(columns or TABLES[table].names)
    for path in _files(generation, table) if known is None else known:
        if not path.exists():
            what = f"{generation.name}/{path.relative_to(generation)}"
            raise TablesMissing(generation.parents[1], what)
        with told_by_files(partial(_only, path)):
            yield from _rows_in(path, column, values, prefix, wanted)


def _rows_in(
    path: Path, column: str, values: Sequence[str], prefix: bool, wanted: list[str]
) -> Iterator[Row]:
    """The rows of one file."""
    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as opened:
        if column not in opened.schema_arrow.names:
            return
        for group in range(opened.num_row_groups):
            if not _may_hold(opened, group, column, values, prefix):
                continue
            keys = opened.read_row_group(group, columns=[column])[column]
            found = _matching(keys, values, prefix)
            if pc.any(found).as_py():
                yield from _read(opened, group, found, wanted)


def _only(path: Path) -> list[Path]:
    return [path]


def _files(generation: Path, table: str) -> list[Path]:
    """All files of *table*; an older generation may lack the table."""
    folder = generation / table / "data"
    check_there(generation, table)
    if not folder.is_dir() and table in tables_in(generation):
        raise TablesMissing(generation.parents[1], f"{generation.name}/{table}/data")
    return sorted(folder.glob("**/[!._]*.parquet"))


def _may_hold(
    opened: pq.ParquetFile, group: int, column: str, values: Sequence[str], prefix: bool
) -> bool:
    """Whether the statistics of a row group leave room for one of *values*."""
    there = opened.metadata.row_group(group)
    chunks = (there.column(at) for at in range(there.num_columns))
    known = next(chunk.statistics for chunk in chunks if chunk.path_in_schema == column)
    if known is None or not known.has_min_max:
        return True
    low, high = known.min, known.max
    return any(
        value <= high and (low <= value or (prefix and low.startswith(value))) for value in values
    )


def _matching(keys: pa.ChunkedArray, values: Sequence[str], prefix: bool) -> pa.ChunkedArray:
    """Where *keys* match; null or false where they do not."""
    if not prefix:
        return pc.is_in(keys, _strings(values))
    (start,) = values
    return pc.starts_with(keys, start)


def _strings(values: Sequence[str]) -> pa.StringArray:
    """*values* in Arrow. `pyarrow.array` loads pandas, which takes longer than all the rest."""
    data = [value.encode("utf-8", "surrogatepass") for value in values]
    ends = [0]
    for one in data:
        ends.append(ends[-1] + len(one))
    places = pa.py_buffer(struct.pack(f"={len(ends)}i", *ends))
    return pa.StringArray.from_buffers(len(data), places, pa.py_buffer(b"".join(data)))


def _read(
    opened: pq.ParquetFile, group: int, found: pa.ChunkedArray, columns: list[str]
) -> Iterator[Row]:
    """The rows that *found* marks; columns that an older generation lacks are None."""
    there = [name for name in columns if name in opened.schema_arrow.names]
    blank: dict[str, Any] = dict.fromkeys(columns)
    wanted, at = found.combine_chunks(), 0
    for part in opened.iter_batches(_AT_ONCE, row_groups=[group], columns=there):
        mask = wanted.slice(at, part.num_rows)
        at += part.num_rows
        if mask.true_count:
            yield from (blank | row for row in _rows(part.filter(mask)))


def _rows(part: pa.RecordBatch) -> Iterator[Row]:
    """*part* as dictionaries. Arrow would load pandas to write times in UTC."""
    times = [field.name for field in part.schema if field.type == _TIME]
    for name in times:
        at = part.schema.get_field_index(name)
        part = part.set_column(at, name, part.column(at).cast(pa.int64()))
    for row in part.to_pylist():
        moments = {name: row[name] for name in times if row[name] is not None}
        yield row | {name: _EPOCH + _MICROSECOND * number for name, number in moments.items()}
