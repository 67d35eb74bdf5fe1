"""Few rows of a table by the value of one column: narrow columns are read first, then the rows.

The reader skips row groups whose statistics show that they lack the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from archive.tables.dataset import rows
from archive.types import Row

_AT_ONCE = 500  # rows whose texts are in memory


def rows_with(
    generation: Path, table: str, column: str, values: Sequence[str], *, prefix: bool = False
) -> Iterator[Row]:
    """The whole rows of *table* whose *column* has one of *values*, or with *prefix* begins with
    one."""
    query = rows(generation, table)
    dataset = query.dataset
    for path in dataset.files if isinstance(dataset, ds.FileSystemDataset) else ():
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as opened:
            if column not in opened.schema_arrow.names:
                continue
            for group in range(opened.num_row_groups):
                if not _may_hold(opened, group, column, values, prefix):
                    continue
                keys = opened.read_row_group(group, columns=[column])[column]
                found = _matching(keys, values, prefix)
                if pc.any(found).as_py():
                    yield from _read(opened, group, found, list(query.columns))


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
    if not prefix:
        return pc.is_in(keys, pa.array(values, pa.string()))
    (start,) = values
    return pc.fill_null(pc.starts_with(keys, start), False)


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
            yield from (blank | row for row in part.filter(mask).to_pylist())
