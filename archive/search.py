"""Full-text search over the newest versions: an SQLite FTS5 index, made again when the tables grew.

`unicode61` folds case and accents; text without spaces (Chinese, Japanese, Thai) is found by phrase
prefixes only.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from archive import files, journal
from archive.errors import UsageError
from archive.library import Library

_COLUMNS = ["article_id", "version", "url", "headline", "article_body", "source", "fetch_time"]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: *snippet* shows the words between `[` and `]`."""

    article_id: str
    url: str
    headline: str | None
    source: str | None
    fetch_time: datetime
    snippet: str


def search(library: Library, query: str, limit: int = 20) -> Iterator[Hit]:
    """Articles that match *query* (FTS5 syntax), best first; UsageError where it is malformed."""
    connection = _index(library)
    try:
        found = connection.execute(
            "SELECT article_id, url, headline, source, fetch_time, "
            "snippet(articles, 1, '[', ']', ' … ', 24) FROM articles "
            "WHERE articles MATCH ? ORDER BY rank LIMIT ?",
            (query, limit),
        ).fetchall()
    except (sqlite3.OperationalError, UnicodeEncodeError) as error:
        words = """words, "a phrase", AND, OR, NOT, word*"""
        raise UsageError(f"query {query!r} is not understood: use {words}") from error
    finally:
        connection.close()
    for identity, url, headline, source, moment, snippet in found:
        when = datetime.fromisoformat(moment)
        yield Hit(identity, url, headline or None, source, when, snippet)


def refresh(library: Library) -> None:
    """Make the index of the newest tables now, where there is one of older tables."""
    if any((library.path / "state" / "search").glob("*.db")):
        _index(library).close()


def _index(library: Library) -> sqlite3.Connection:
    """The index of the tables as they are now."""
    entries = journal.read(library.generation)
    stamp = f"{library.generation.name}-{entries[-1].batch.number if entries else 0:06}"
    folder = library.path / "state" / "search"
    path = folder / f"{stamp}.db"
    if not path.exists():
        with files.speaking_errors(folder):
            files.make_folder(folder)
            temporary = folder / f"{stamp}.{secrets.token_hex(4)}.tmp"  # each process its own
            with closing(sqlite3.connect(temporary)) as connection:
                _fill(library, connection)
            temporary.replace(path)
        for older in folder.iterdir():
            if not older.name.startswith(stamp):
                older.unlink(missing_ok=True)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def _fill(library: Library, connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE VIRTUAL TABLE articles USING fts5(headline, body, article_id UNINDEXED, "
        "url UNINDEXED, source UNINDEXED, fetch_time UNINDEXED, "
        "tokenize = 'unicode61 remove_diacritics 2')"
    )
    connection.executemany(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                row["headline"] or "",
                row["article_body"],
                row["article_id"],
                row["url"],
                row["source"],
                row["fetch_time"].isoformat(),
            )
            for row in library.articles(columns=_COLUMNS)
        ),
    )
    connection.commit()
