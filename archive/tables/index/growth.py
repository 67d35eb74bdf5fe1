"""The files of a batch into rows of the look-up index: their narrow columns, each read once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.errors import ArchiveError
from archive.tables.index.database import key_of
from archive.tables.journal import JournalEntry, TableFile

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "articles": ("article_id", "url_surtkey", "warc_record_id"),
    "captures": ("url_surtkey", "warc_record_id"),
    "crawl_log": ("url_surtkey", "warc_record_id"),
    "duplicates": ("article_id",),
    "withdrawn": ("article_id",),
}
"""The tables whose files are found, each with the columns whose values lead to them."""

_PLACE: Final = ("warc_filename", "warc_record_offset", "warc_record_length")
_VERSION: Final = ("article_id", "version", "warc_record_id")
_ORDER: Final = (*(name for name in KEYS if name != "withdrawn"), "withdrawn")

_ADD_VERSION: Final = """
INSERT INTO versions
SELECT ?1, ?2, ?3, (SELECT id FROM warc_files WHERE name = ?4), ?5, ?6, 0 WHERE true
ON CONFLICT DO NOTHING
"""
_ADD_RECORD: Final = """
INSERT INTO records
SELECT ?1, ?2, (SELECT id FROM warc_files WHERE name = ?3), ?4, ?5 WHERE true
ON CONFLICT DO UPDATE
SET file = excluded.file, warc = excluded.warc, offset = excluded.offset, length = excluded.length
WHERE (SELECT path FROM files WHERE id = excluded.file)
    < (SELECT path FROM files WHERE id = records.file)
"""  # two files may name one record: a search of all files begins with the first path
_STANDS: Final = "SELECT 1 FROM versions WHERE article_id = ? AND withdrawn = 0 LIMIT 1"
_WITHDRAW: Final = "UPDATE versions SET withdrawn = 1 WHERE article_id = ? AND version = ?"


def add_batch(connection: sqlite3.Connection, generation: Path, entry: JournalEntry) -> None:
    """Add the files of *entry*: call it inside a transaction. ArchiveError where one is damaged or
    gone."""
    files = [file for file in entry.files if file.rows and file.table in KEYS]
    for file in sorted(files, key=lambda file: (_ORDER.index(file.table), file.path)):
        _add_file(connection, generation, file)


def _add_file(connection: sqlite3.Connection, generation: Path, file: TableFile) -> None:
    number = connection.execute(
        "INSERT INTO files (kind, path) VALUES (?, ?)", (file.table, file.path)
    ).lastrowid
    assert number is not None
    read = _READERS.get(file.table)
    columns = dict.fromkeys((*KEYS[file.table], *(read[0] if read else ())))
    keys: set[int] = set()
    for rows in _read(generation / file.path, list(columns)):
        for column in KEYS[file.table]:
            values = set(rows[column].to_pylist())
            keys.update(key_of(file.table, column, one) for one in values if one is not None)
        if read:
            read[1](connection, rows, number)
    places = ((key, number) for key in sorted(keys))
    connection.executemany("INSERT INTO places VALUES (?, ?)", places)


def _read(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as opened:
            yield from opened.iter_batches(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise ArchiveError(f"{path}: {error}") from error


def _add_versions(connection: sqlite3.Connection, rows: pa.RecordBatch, number: int) -> None:
    found = list(_columns(rows, (*_VERSION, *_PLACE)))
    _add_names(connection, rows)
    new = {one[0] for one in found}
    standing = _standing(connection, new)
    connection.executemany(_ADD_VERSION, found)
    _count(connection, "articles", len(new) - len(standing))


def _add_records(connection: sqlite3.Connection, rows: pa.RecordBatch, number: int) -> None:
    _add_names(connection, rows)
    found = _columns(rows, ("warc_record_id", *_PLACE))
    connection.executemany(_ADD_RECORD, ((one, number, *place) for one, *place in found))


def _withdraw(connection: sqlite3.Connection, rows: pa.RecordBatch, number: int) -> None:
    found = list(_columns(rows, ("article_id", "version")))
    named = {one for one, _ in found}
    before = _standing(connection, named)
    connection.executemany(_WITHDRAW, found)
    _count(connection, "articles", len(_standing(connection, named)) - len(before))


def _standing(connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
    """Those of the articles *ids* that have a version that stands."""
    return {one for one in ids if connection.execute(_STANDS, (one,)).fetchone()}


def _add_names(connection: sqlite3.Connection, rows: pa.RecordBatch) -> None:
    names = {(name,) for name in rows["warc_filename"].to_pylist() if name is not None}
    connection.executemany("INSERT OR IGNORE INTO warc_files (name) VALUES (?)", sorted(names))


def _count(connection: sqlite3.Connection, name: str, number: int) -> None:
    connection.execute(
        "INSERT INTO sums VALUES (?, ?) ON CONFLICT DO UPDATE SET number = number + ?2",
        (name, number),
    )


def _columns(rows: pa.RecordBatch, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The values of the columns *names*, row by row."""
    return zip(*(rows[name].to_pylist() for name in names), strict=True)


_Reader = Callable[[sqlite3.Connection, pa.RecordBatch, int], None]
_READERS: Final[Mapping[str, tuple[tuple[str, ...], _Reader]]] = {
    "articles": ((*_VERSION, *_PLACE), _add_versions),
    "captures": (("warc_record_id", *_PLACE), _add_records),
    "withdrawn": (("article_id", "version"), _withdraw),
}
"""What is kept of rows beside their keys: the columns that it needs, and what keeps it."""
