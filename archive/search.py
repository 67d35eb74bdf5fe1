"""Full-text search over the newest versions: an SQLite FTS5 index, made again when the tables grew.

`unicode61` folds case and accents; text without spaces (Chinese, Japanese, Thai) is found by phrase
prefixes only.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.disk import files
from archive.errors import DiskFull, NoPermission, UsageError
from archive.library import Library
from archive.tables import journal

_COLUMNS = ["article_id", "version", "url", "headline", "article_body", "source", "fetch_time"]
_GROWTH = 8  # times the size of the table files: an index is not larger


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: *snippet* shows the words between `[` and `]`."""

    article_id: str
    url: str
    headline: str | None
    source: str | None
    fetch_time: datetime
    snippet: str


def search(
    library: Library,
    query: str,
    limit: int = 20,
    on_notice: Callable[[str], None] = lambda text: None,
    *,
    source: str | None = None,
) -> Iterator[Hit]:
    """Articles that match *query* (FTS5 syntax), best first; UsageError where it is malformed.

    *source*: those of a source alone, as `Library.articles` has them. *on_notice* hears why the
    index is not kept, where it cannot be.
    """
    theirs = source if source is None else json.dumps(_ids_of(library, source))
    with _index(library, on_notice) as connection:
        try:
            found = connection.execute(
                "SELECT article_id, url, headline, source, fetch_time, "
                "snippet(articles, 1, '[', ']', ' … ', 24) FROM articles "
                "WHERE articles MATCH ? AND (? IS NULL OR "
                "article_id IN (SELECT value FROM json_each(?))) ORDER BY rank LIMIT ?",
                (query, theirs, theirs, limit),
            ).fetchall()
        except (sqlite3.OperationalError, UnicodeEncodeError) as error:
            words = """words, "a phrase", AND, OR, NOT, word*"""
            raise UsageError(f"query {query!r} is not understood: use {words}") from error
    for identity, url, headline, named, moment, snippet in found:
        when = datetime.fromisoformat(moment)
        yield Hit(identity, url, headline or None, named, when, snippet)


def _ids_of(library: Library, source: str) -> list[str]:
    return [row["article_id"] for row in library.articles(source=source, columns=["article_id"])]


def refresh(library: Library) -> None:
    """Make the index of the newest tables now, where there is one of older tables."""
    path = _path(library)
    if any(path.parent.glob("*.db")) and not path.exists():
        _make(library, path)


@contextmanager
def _index(library: Library, on_notice: Callable[[str], None]) -> Iterator[sqlite3.Connection]:
    """The index of the tables as they are now; a temporary index where none can be kept."""
    path = _path(library)
    if not path.exists():
        try:
            _make(library, path)
        except (DiskFull, NoPermission) as error:
            on_notice(f"the index is made for this search alone: {error}")
            with _unkept(library) as connection:
                yield connection
            return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def _path(library: Library) -> Path:
    """Where the index of the tables as they are now stands, or would."""
    entries = journal.read_journal(library.generation)
    number = entries[-1].batch.number if entries else 0
    return library.path / "state" / "search" / f"{library.generation.name}-{number:06}.db"


def _make(library: Library, path: Path) -> None:
    """Make the index at *path*; the indexes of older tables are removed."""
    folder = path.parent
    with files.speaking_errors(folder):
        files.make_folder(folder)
        temporary = folder / f"{path.stem}.{secrets.token_hex(4)}.tmp"  # each process its own
        try:
            with closing(sqlite3.connect(temporary)) as connection:
                _fill(library, connection)
            temporary.replace(path)
        except (OSError, sqlite3.Error):
            temporary.unlink(missing_ok=True)
            raise
        for older in folder.iterdir():
            if not older.name.startswith(path.stem):
                older.unlink(missing_ok=True)


@contextmanager
def _unkept(library: Library) -> Iterator[sqlite3.Connection]:
    """An index in a temporary folder, in memory where no disk has room."""
    tables = (library.generation / "articles" / "data").glob("**/*.parquet")
    with ExitStack() as held:
        place: Path | str = ":memory:"
        with suppress(DiskFull):
            size = _GROWTH * sum(path.stat().st_size for path in tables)
            place = held.enter_context(files.scratch(size)) / "search.db"
        connection = held.enter_context(closing(sqlite3.connect(place)))
        _fill(library, connection)
        yield connection


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
