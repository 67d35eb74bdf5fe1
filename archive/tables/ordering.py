"""Rows into their order, also where their texts are larger than memory or than Arrow's pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_PART = 10_000  # rows: a part's texts stay below the 2 GiB that a small type can hold
_WAITING = 32 << 20  # bytes of rows that wait in memory for their file
_PLACE: Final = "place"

Key = tuple[str, int]
"""What names a row of `articles`: its article's id and its version."""


def reorder(rows: pa.Table, order: pa.Array) -> pa.Table:
    """The rows that *order* names by their numbers; their texts may have more than 2 GiB.

    Arrow takes rows from a column in one piece, and only its large types have pieces of that size.
    """
    wide = rows.cast(pa.schema([field.with_type(_widened(field.type)) for field in rows.schema]))
    wide = wide.combine_chunks()
    parts = (wide.take(order.slice(at, _PART)) for at in range(0, len(order), _PART))
    return pa.concat_tables(
        [rows.schema.empty_table(), *(part.cast(rows.schema) for part in parts)]
    )


def _widened(kind: pa.DataType) -> pa.DataType:
    return {pa.string(): pa.large_string(), pa.binary(): pa.large_binary()}.get(kind, kind)


def in_pieces(
    batches: Iterable[pa.RecordBatch], places: Mapping[Key, int], size: int, scratch: Path
) -> Iterator[pa.Table]:
    """The rows of *batches* that have a place, in the order of places, *size* at a time.

    A row is named by its columns `article_id` and `version`. Memory holds one table; the folder
    *scratch* holds what waits for its turn, in a file for each table, and is empty in the end.
    """
    waiting = _Waiting(scratch)
    left = dict(places)
    for batch in batches:
        names = zip(batch["article_id"].to_pylist(), batch["version"].to_pylist(), strict=True)
        found = pa.array([left.pop(name, None) for name in names], pa.int64())
        rows = pa.Table.from_batches([batch]).append_column(_PLACE, found)
        waiting.put(rows.filter(pc.is_valid(found)), size)
    waiting.flush()
    for number in range(-(-len(places) // size)):
        yield waiting.take(number)


class _Waiting:
    """Rows that wait for their table, which its number names."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._rows: dict[int, list[pa.Table]] = {}
        self._bytes = 0

    def put(self, rows: pa.Table, size: int) -> None:
        numbers = pc.divide(rows[_PLACE], size)
        for number in pc.unique(numbers).to_pylist():
            own = rows.filter(pc.equal(numbers, number))
            self._rows.setdefault(number, []).append(own)
            self._bytes += own.nbytes
        if self._bytes > _WAITING:
            self.flush()

    def flush(self) -> None:
        """Write what waits in memory, one Arrow stream after another."""
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        for number, tables in self._rows.items():
            rows = pa.concat_tables(tables)
            with (
                self._path(number).open("ab") as stream,
                pa.ipc.new_stream(stream, rows.schema, options=options) as writer,
            ):
                writer.write_table(rows)
        self._rows, self._bytes = {}, 0

    def take(self, number: int) -> pa.Table:
        path, streams = self._path(number), []
        with path.open("rb") as stream:
            while stream.peek(1):
                streams.append(pa.ipc.open_stream(stream).read_all())
        path.unlink()
        rows = pa.concat_tables(streams)
        order = pc.sort_indices(rows[_PLACE])
        return reorder(rows.drop_columns([_PLACE]), order)

    def _path(self, number: int) -> Path:
        return self._scratch / f"{number}.arrows"
