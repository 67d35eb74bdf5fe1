"""The search index as an SQLite database: its tables, and what it says of itself.

`words` is a contentless FTS5 table: texts stand compressed in `texts`, for the snippets. Its rows
are never taken out. A row whose number `articles` has no more is dead, and no number comes twice.
"""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from archive.search.tokens import TOKENIZER

FORMAT: Final = 1  # of the tables below, and of what the tokenizer makes of texts
_WAIT = 60  # seconds for another process to end its transaction
_CACHE = 64 << 10  # KiB: changed pages wait in memory for the end of a batch

_SCHEMA: Final = f"""
CREATE TABLE state (format INTEGER, generation TEXT, batch INTEGER, journal TEXT);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE, version INTEGER,
    mark BLOB, url TEXT, host TEXT, domain TEXT, source TEXT, fetch_time INTEGER,
    date_published INTEGER, language TEXT, author TEXT, section TEXT, completeness TEXT,
    headline TEXT
);
CREATE TABLE texts (id INTEGER PRIMARY KEY, text BLOB);
CREATE TABLE withdrawn (article_id TEXT, version INTEGER, PRIMARY KEY (article_id, version))
    WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(headline, body, content = '', tokenize = "{TOKENIZER}");
"""
_NAMES: Final = {
    *("state", "articles", "texts", "withdrawn", "sqlite_sequence"),
    *("words", "words_config", "words_data", "words_docsize", "words_idx"),
}


@dataclass(frozen=True, slots=True)
class State:
    """Which tables an index is of: the batches of a generation up to *batch*.

    *journal* is the digest of their lines, *format* that of the index itself.
    """

    generation: str
    batch: int
    journal: str
    format: int = FORMAT


def connect(path: Path | str, mode: str = "rw") -> sqlite3.Connection:
    """The database at *path*, for reading (`ro`) or writing; transactions are begun by hand."""
    name = path if isinstance(path, str) else f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(name, timeout=_WAIT, isolation_level=None, uri=True)
    if mode != "ro":
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    return connection


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty database."""
    for statement in _SCHEMA.split(";\n"):
        connection.execute(statement)


def read_state(connection: sqlite3.Connection) -> State | None:
    """What the index is of; None where this is no whole index of today's format."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not names >= _NAMES:
        return None
    found = connection.execute("SELECT generation, batch, journal, format FROM state").fetchall()
    state = State(*found[0]) if len(found) == 1 else None
    known = state and state.format == FORMAT and isinstance(state.batch, int)
    return state if known else None


def write_state(connection: sqlite3.Connection, state: State) -> None:
    """Write down what the index is of."""
    connection.execute("DELETE FROM state")
    connection.execute(
        "INSERT INTO state (generation, batch, journal, format) VALUES (?, ?, ?, ?)", astuple(state)
    )


def is_worn(connection: sqlite3.Connection) -> bool:
    """Whether so many rows are dead that a new index is due: it is smaller and faster."""
    (used,) = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    (alive,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    return bool(used > 2 * alive + 1000)
