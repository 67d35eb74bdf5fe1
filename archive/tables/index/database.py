"""The look-up index as an SQLite database: its tables, and what it says of itself.

A key is 8 bytes of a digest of a table, a column and a value. Two values may share a key: then one
file more is read, and nothing else.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

FORMAT: Final = 1  # of the tables below
_WAIT = 10  # seconds for another process to end its transaction

_SCHEMA: Final = """
CREATE TABLE state (format INTEGER, generation TEXT, size INTEGER, digest BLOB, mark TEXT,
    damaged INTEGER);
CREATE TABLE files (id INTEGER PRIMARY KEY, kind TEXT, path TEXT UNIQUE);
CREATE TABLE places (key INTEGER, file INTEGER, PRIMARY KEY (key, file)) WITHOUT ROWID;
CREATE TABLE warc_files (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE records (
    record TEXT PRIMARY KEY, file INTEGER, warc INTEGER, offset INTEGER, length INTEGER
) WITHOUT ROWID;
CREATE TABLE versions (
    article_id TEXT, version INTEGER, record TEXT, warc INTEGER, offset INTEGER, length INTEGER,
    withdrawn INTEGER, PRIMARY KEY (article_id, version)
) WITHOUT ROWID;
CREATE TABLE sums (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""
_NAMES: Final = {"state", "files", "places", "warc_files", "records", "versions", "sums"}


@dataclass(frozen=True, slots=True)
class State:
    """Which tables an index is of: the batches of a generation in the first *size* bytes of its
    journal, which have the SHA-256 *digest*.

    *mark* is what the journal's file looked like then: see `archive.tables.index.follow`. The index
    has nothing where a table file is *damaged*.
    """

    generation: str
    size: int
    digest: bytes
    mark: str
    damaged: bool = False
    format: int = FORMAT


def key_of(table: str, column: str, value: str) -> int:
    """The key of rows of *table* whose *column* is *value*."""
    text = f"{table}.{column}:{value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)


def connect(path: Path, mode: str = "ro") -> sqlite3.Connection:
    """The database at *path*, for reading (`ro`) or writing (`rw`, or `rwc`: made where it is not
    there); transactions are begun by hand."""
    name = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(name, timeout=_WAIT, isolation_level=None, uri=True)


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty database."""
    for statement in _SCHEMA.split(";\n"):
        connection.execute(statement)


def read_state(connection: sqlite3.Connection) -> State | None:
    """What the index is of; None where this is no whole index of today's format."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not names >= _NAMES:
        return None
    query = "SELECT generation, size, digest, mark, damaged, format FROM state"
    found = connection.execute(query).fetchall()
    state = State(*found[0]) if len(found) == 1 else None
    return state if state and state.format == FORMAT else None


def write_state(connection: sqlite3.Connection, state: State) -> None:
    """Write down what the index is of."""
    connection.execute("DELETE FROM state")
    connection.execute(
        "INSERT INTO state (generation, size, digest, mark, damaged, format) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        astuple(state),
    )
