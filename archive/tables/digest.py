"""What a library's tables say, as one SHA-256: the same however their files are cut and written.

A row is the canonical JSON of its columns (`canonical`); a table is its rows' digests in order; a
library is its tables that have rows. docs/library.md describes this so that others can compute it.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from archive.errors import ArchiveError, UsageError
from archive.tables import journal
from archive.tables.schema import TABLES
from archive.warc.records import warc_date

_ROWS = 1_000  # rows read at a time
_NAN = struct.pack(">Q", 0x7FF8000000000000)


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and `sha256:` with the hex digest of them all."""

    table: str
    rows: int
    digest: str


def digests(generation: Path, without: Collection[str] = ()) -> list[TableDigest]:
    """The digest of each table of a generation, as its complete batches have it.

    The columns *without* are left out. UsageError for a column that no table has, ArchiveError
    where a file is gone.
    """
    known = {name for schema in TABLES.values() for name in schema.names}
    if wrong := sorted(set(without) - known):
        raise UsageError(f"no table has a column {wrong[0]!r}: docs/tables.md lists them")
    entries = journal.read_journal(generation)
    paths = [generation / file.path for entry in entries for file in entry.files]
    for path in paths:
        if not path.exists():
            raise ArchiveError(f"{path} is gone: `backissue rebuild` makes the tables again")
    return [
        _table_digest(table, [p for p in paths if p.is_relative_to(generation / table)], without)
        for table in TABLES
    ]


def library_digest(found: Collection[TableDigest]) -> str:
    """The digest of a library: of a line `TABLE DIGEST` for each table that has rows, by name."""
    lines = sorted(f"{one.table} {one.digest}\n" for one in found if one.rows)
    return _named("".join(lines).encode())


def canonical(row: dict[str, Any], schema: pa.Schema) -> bytes:
    """A row as one line of JSON in UTF-8: names sorted, no spaces, nulls left out (RFC 8785)."""
    return _line({field.name: _plain(field.type)(row[field.name]) for field in schema}, row)


def _line(values: dict[str, Any], row: dict[str, Any]) -> bytes:
    shown = {name: value for name, value in values.items() if row[name] is not None}
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _table_digest(table: str, paths: list[Path], without: Collection[str]) -> TableDigest:
    schema = pa.schema([field for field in TABLES[table] if field.name not in without])
    found = sorted(_row_digests(paths, schema)) if paths else []
    return TableDigest(table, len(found), _named(b"".join(found)))


def _row_digests(paths: list[Path], schema: pa.Schema) -> Iterator[bytes]:
    plain = {field.name: _plain(field.type) for field in schema}
    dataset = ds.dataset([str(path) for path in paths], schema=schema, format="parquet")
    for batch in dataset.to_batches(batch_size=_ROWS, batch_readahead=1, fragment_readahead=1):
        for row in batch.to_pylist():
            values = {name: plain[name](value) for name, value in row.items()}
            yield hashlib.sha256(_line(values, row)).digest()


def _plain(kind: pa.DataType) -> Callable[[Any], Any]:
    """How values of *kind* become JSON; texts, whole numbers, booleans and lists are so already."""
    if pa.types.is_timestamp(kind):
        return lambda value: value and warc_date(value)
    if pa.types.is_date(kind):
        return lambda value: value and value.isoformat()
    if pa.types.is_binary(kind):
        return lambda value: None if value is None else value.hex()
    if pa.types.is_floating(kind):
        return lambda value: None if value is None else _float(value)
    return lambda value: value


def _float(value: float) -> str:
    """The bits of an IEEE 754 double in hex, the greatest first; one NaN, and no negative zero."""
    return (_NAN if math.isnan(value) else struct.pack(">d", value + 0.0)).hex()


def _named(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
