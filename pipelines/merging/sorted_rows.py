"""Sorted table files into one sequence of row groups, in the same order; few rows are in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.tables import parquet
from archive.tables.parquet import LAYOUTS

_OPEN = 64  # files that are open at once: a process may have 1,024
_AT_ONCE = 1_000  # rows read at a time
_BUFFER = 1 << 16  # bytes


def row_groups(table: str, paths: Sequence[Path], scratch: Path) -> Iterator[pa.Table]:
    """The rows of the files *paths* of *table* as row groups of one file.

    Rows with equal keys keep the order of *paths*. The folder *scratch* is used where there are
    many files.
    """
    left, level = list(paths), 0
    while len(left) > _OPEN:
        left = [
            _merged(table, left[at : at + _OPEN], scratch / f"{level}-{at}")
            for at in range(0, len(left), _OPEN)
        ]
        level += 1
    yield from _merge(table, left)


def regrouped(groups: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The same rows in groups of *size* rows; the last may have fewer, and none has none."""
    waiting: list[pa.Table] = []
    for group in groups:
        waiting.append(group)
        while sum(map(len, waiting)) >= size:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, size).combine_chunks()
            waiting = [rows.slice(size)]
    if sum(map(len, waiting)):
        yield pa.concat_tables(waiting).combine_chunks()


def _merged(table: str, paths: Sequence[Path], folder: Path) -> Path:
    """The rows of *paths* in one file below *folder*."""
    first = pq.read_schema(paths[0]).names
    name = "rows.parquet"
    parquet.write_groups(folder, name, table, _merge(table, paths), columns=first)
    return folder / name


def _merge(table: str, paths: Sequence[Path]) -> Iterator[pa.Table]:
    layout = LAYOUTS[table]
    keys = [pq.read_table(path, columns=list(layout.sort), partitioning=None) for path in paths]
    counts = [len(some) for some in keys]
    source = pa.chunked_array([pa.repeat(at, count) for at, count in enumerate(counts)], pa.int64())
    order = [(name, "ascending") for name in layout.sort]
    source = source.take(pc.sort_indices(pa.concat_tables(keys), sort_keys=order))
    del keys
    with ExitStack() as held:
        size = min(_AT_ONCE, layout.row_group)
        inputs = [_Input(held.enter_context(_opened(path)), size) for path in paths]
        for at in range(0, len(source), layout.row_group):
            wanted = pc.value_counts(source.slice(at, layout.row_group)).to_pylist()
            taken = {one["values"]: one["counts"] for one in wanted}
            parts = [inputs[number].take(taken[number]) for number in sorted(taken)]
            yield parquet.sort_rows(table, pa.concat_tables(parts)).combine_chunks()


def _opened(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER)


class _Input:
    """The rows of one file, taken from its begin on."""

    def __init__(self, opened: pq.ParquetFile, size: int) -> None:
        self._batches = opened.iter_batches(size)
        self._rest = opened.schema_arrow.empty_table()

    def take(self, count: int) -> pa.Table:
        """The next *count* rows."""
        parts = [self._rest]
        while sum(map(len, parts)) < count:
            parts.append(pa.Table.from_batches([next(self._batches)]))
        rows = pa.concat_tables(parts)
        self._rest = rows.slice(count)
        return rows.slice(0, count)
