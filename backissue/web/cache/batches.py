"""A batch of a library into the sums of the console: its new table files, each read once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.tables import journal
from archive.tables.journal import JournalEntry, TableFile
from backissue.web.cache.crawl_log import LOG_COLUMNS, add_log
from backissue.web.cache.tables import DAY, micros, short_key

_VERSION: Final = (
    *("article_id", "version", "source", "url", "headline", "date_published", "fetch_time"),
    "run_id",
)
_CAPTURE: Final = ("url_surtkey", "warc_record_id", "run_id")
_LONGEST_HEADLINE = 300  # characters that are kept of a headline
_ORDER: Final = ("articles", "withdrawn", "captures", "crawl_log")


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A table file, and its number in the cache."""

    number: int
    rows: pa.Table


def add_batch(connection: sqlite3.Connection, generation: Path, entry: JournalEntry) -> None:
    """Add what *entry* brought to the sums; a file that cannot be read is noted, and left out."""
    size = 0
    known = {file.path: file for file in entry.files}
    for path in sorted(known, key=_place):
        kind = path.split("/")[0]
        where = generation / path
        length = where.stat().st_size if where.exists() else 0
        size += length
        number = _note_file(connection, entry, known[path], length)
        if kind not in _READERS:
            continue
        columns, add = _READERS[kind]
        try:
            rows = pq.read_table(where, columns=list(columns), partitioning=None)
        except (OSError, pa.ArrowException) as error:
            _note_damage(connection, path, error)
        else:
            add(connection, AddedFile(number, rows))
    size += _add_withheld(connection, generation, entry)
    _add_growth(connection, entry, size)


def _add_withheld(connection: sqlite3.Connection, generation: Path, entry: JournalEntry) -> int:
    """Count the captures that a removal hides as published; how many bytes all such files have."""
    size = 0
    for file in entry.withheld:
        path = generation / file.path
        with suppress(OSError, pa.ArrowException):
            size += path.stat().st_size
            if file.table == "captures":
                rows = pq.read_table(path, columns=["run_id"], partitioning=None)
                _add_published(connection, rows["run_id"].to_pylist())
    return size


def _place(path: str) -> tuple[int, str]:
    kind = path.split("/")[0]
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), path)


def _note_file(
    connection: sqlite3.Connection, entry: JournalEntry, file: TableFile, size: int
) -> int:
    found = connection.execute(
        "INSERT INTO files (batch, kind, path, rows, bytes) VALUES (?, ?, ?, ?, ?)",
        (entry.batch.number, file.path.split("/")[0], file.path, file.rows, size),
    )
    return int(found.lastrowid or 0)


def _note_damage(connection: sqlite3.Connection, path: str, error: Exception) -> None:
    why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    connection.execute("INSERT OR REPLACE INTO damaged VALUES (?, ?)", (path, why))


def _add_articles(connection: sqlite3.Connection, added: AddedFile) -> None:
    columns = [_numbers(added.rows[name]).to_pylist() for name in _VERSION]
    connection.executemany(
        "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            (
                *(identity, version, source or "", url, headline and headline[:_LONGEST_HEADLINE]),
                *(min(fetched if stated is None else stated, fetched), fetched, run, added.number),
            )
            for identity, version, source, url, headline, stated, fetched, run in zip(
                *columns, strict=True
            )
        ),
    )
    _note_runs(connection, added)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """*column*, with times as microseconds."""
    return pc.cast(column, pa.int64()) if pa.types.is_timestamp(column.type) else column


def _add_withdrawn(connection: sqlite3.Connection, added: AddedFile) -> None:
    connection.executemany(
        "UPDATE versions SET withdrawn = 1 WHERE article_id = ? AND version = ?",
        zip(*(added.rows[name].to_pylist() for name in ("article_id", "version")), strict=True),
    )


def _add_captures(connection: sqlite3.Connection, added: AddedFile) -> None:
    keys, records, runs = (added.rows[name].to_pylist() for name in _CAPTURE)
    connection.executemany(
        "INSERT OR REPLACE INTO captures VALUES (?, ?, ?)",
        (
            (short_key(key), short_key(record), added.number)
            for key, record in zip(keys, records, strict=True)
        ),
    )
    _add_published(connection, runs)
    _note_runs(connection, added)


def _add_published(connection: sqlite3.Connection, runs: Iterable[str | None]) -> None:
    connection.executemany(
        "INSERT INTO published VALUES (?, ?) "
        "ON CONFLICT (run_id) DO UPDATE SET captures = captures + excluded.captures",
        Counter(run for run in runs if run).items(),
    )


def _add_crawl_log(connection: sqlite3.Connection, added: AddedFile) -> None:
    add_log(connection, added.rows)
    _note_runs(connection, added)


def _note_runs(connection: sqlite3.Connection, added: AddedFile) -> None:
    runs = pc.unique(added.rows["run_id"]).to_pylist()
    connection.executemany(
        "INSERT OR IGNORE INTO run_files VALUES (?, ?)",
        [(run, added.number) for run in runs if run],
    )


def _add_growth(connection: sqlite3.Connection, entry: JournalEntry, size: int) -> None:
    """The bytes of WARC that the batch took in, and of table files that it wrote."""
    spans = (*entry.batch.inputs, entry.record)
    day = micros(datetime.fromisoformat(entry.batch.closed)) // DAY
    connection.execute(
        "INSERT INTO growth VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET "
        "warc = warc + excluded.warc, tables = tables + excluded.tables",
        (day, sum(max(0, span.end - span.start) for span in spans), size),
    )
    connection.executemany(
        "INSERT INTO taken VALUES (?, ?) ON CONFLICT (file) DO UPDATE SET "
        "until = max(until, excluded.until)",
        journal.consumed([entry]).items(),
    )


_Adder = Callable[[sqlite3.Connection, AddedFile], None]
_READERS: Final[Mapping[str, tuple[tuple[str, ...], _Adder]]] = {
    "articles": (_VERSION, _add_articles),
    "withdrawn": (("article_id", "version"), _add_withdrawn),
    "captures": (_CAPTURE, _add_captures),
    "crawl_log": (LOG_COLUMNS, _add_crawl_log),
}
