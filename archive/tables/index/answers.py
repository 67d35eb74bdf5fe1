"""What the look-up index knows: files by ids and addresses, pointers of captures, ids of articles.

Each answer is None where there is no index of the tables as they are. Nothing is said to be absent
while the folders hold files that no batch names: a publish is under way, or was cut short.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from archive.tables.index.database import key_of
from archive.tables.index.follow import ask
from archive.types import Pointer

_FILES: Final = "SELECT path FROM places JOIN files ON id = file WHERE key = ?"
_OF_RECORD: Final = (
    "SELECT record, name, offset, length FROM records JOIN warc_files ON id = warc WHERE record = ?"
)
_OF_ARTICLE: Final = (
    "SELECT record, name, offset, length FROM versions JOIN warc_files ON id = warc "
    "WHERE article_id = ? ORDER BY version DESC LIMIT 1"
)
_IDS: Final = (
    "SELECT DISTINCT article_id FROM versions WHERE article_id >= ?1 AND article_id < ?2 "
    "ORDER BY article_id"
)
_LAST: Final = chr(0x10FFFF)


def files_with(
    generation: Path, table: str, column: str, values: Sequence[str]
) -> list[Path] | None:
    """The files of *table* that may hold rows whose *column* has one of *values*."""

    def question(connection: sqlite3.Connection) -> list[Path] | None:
        found: set[str] = set()
        for value in values:
            here = connection.execute(_FILES, (key_of(table, column, value),)).fetchall()
            if not here and not _is_whole(connection, generation, table):
                return None
            found.update(path for (path,) in here)
        return [generation / path for path in sorted(found)]

    return ask(generation, question)


def pointers_of(generation: Path, wanted: str) -> list[tuple[str, Pointer]] | None:
    """Record id and place of the capture of an article's newest version, or of the WARC record
    *wanted*: one, or none where there is none."""
    of_record = ":" in wanted

    def question(connection: sqlite3.Connection) -> list[tuple[str, Pointer]] | None:
        found = connection.execute(_OF_RECORD if of_record else _OF_ARTICLE, (wanted,)).fetchall()
        if not found and not _is_whole(connection, generation, _table(of_record)):
            return None
        return [(record, Pointer(*place)) for record, *place in found]

    return ask(generation, question)


def _table(of_record: bool) -> str:
    return "captures" if of_record else "articles"


def ids_with(generation: Path, start: str) -> list[str] | None:
    """The ids of articles that begin with *start*, sorted."""

    def question(connection: sqlite3.Connection) -> list[str] | None:
        found = connection.execute(_IDS, (start, start + _LAST)).fetchall()
        if not found and not _is_whole(connection, generation, "articles"):
            return None
        return [identity for (identity,) in found]

    return ask(generation, question)


def count_articles(generation: Path) -> int | None:
    """How many articles have a version that stands."""

    def question(connection: sqlite3.Connection) -> int | None:
        if not all(_is_whole(connection, generation, name) for name in ("articles", "withdrawn")):
            return None
        return int(_first(connection, "SELECT number FROM sums WHERE name = 'articles'") or 0)

    return ask(generation, question)


def _is_whole(connection: sqlite3.Connection, generation: Path, table: str) -> bool:
    """Whether the folder of *table* holds no file with rows that the index lacks."""
    known = _first(connection, "SELECT count(*) FROM files WHERE kind = ?", table)
    there = (generation / table / "data").glob("*/*.parquet")
    return sum("-000000-" not in path.name for path in there) == int(known)


def _first(connection: sqlite3.Connection, query: str, *values: Any) -> Any:
    found = connection.execute(query, values).fetchone()
    return found[0] if found else None
