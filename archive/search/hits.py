"""A query into hits: articles with a snippet of their text, best first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Unpack

from archive.search.conditions import EPOCH, Condition, condition_of
from archive.search.index import Tables, ask, index_path, update
from archive.search.texts import SNIPPETS, texts_in_memory, understood, unpacked
from archive.search.tokens import is_mostly_marked, marked, unmarked
from archive.tables.filters import FilterWords, filters_from

_AT_ONCE = 50  # articles whose texts are in memory
_WORDS, _CHARACTERS = 24, 48  # the length of a snippet, where words are words or characters
_MOST = 10_000  # hits that are counted: a reader of more narrows the query

_MATCHING: Final = "FROM words JOIN articles a ON a.id = words.rowid WHERE words MATCH :query AND "
_DETAILS: Final = (
    "SELECT id, article_id, url, headline, source, fetch_time, text FROM articles "
    "JOIN texts USING (id) WHERE id IN (SELECT value FROM json_each(?))"
)


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
    library: Tables,
    query: str,
    limit: int = 20,
    on_notice: Callable[[str], None] = lambda text: None,
    *,
    offset: int = 0,
    **filters: Unpack[FilterWords],
) -> Iterator[Hit]:
    """Articles that match *query* (FTS5 syntax), best first; UsageError where it is malformed.

    *offset* hits are left out first, for pages of *limit* hits. *source*: those of a source alone,
    as `Library.articles` has them. *on_notice* hears why the index is not kept, where it cannot be.
    """
    words, condition = _understood(library, query, filters)
    page = {"limit": limit, "offset": offset}

    def question(connection: sqlite3.Connection) -> list[Hit]:
        numbers = _rows(
            connection,
            f"SELECT a.id {_MATCHING} {condition.sql} "
            "ORDER BY words.rank, a.article_id LIMIT :limit OFFSET :offset",
            condition,
            {"query": words, **page},
        )
        ids = [number for (number,) in numbers]
        parts = (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
        return [hit for part in parts for hit in _hits(connection, words, part)]

    yield from ask(library, on_notice, question)


def count(
    library: Tables,
    query: str,
    at_most: int = _MOST,
    on_notice: Callable[[str], None] = lambda text: None,
    **filters: Unpack[FilterWords],
) -> int:
    """How many articles match *query*; not more than *at_most* are counted."""
    words, condition = _understood(library, query, filters)

    def question(connection: sqlite3.Connection) -> int:
        sql = f"SELECT count(*) FROM (SELECT 1 {_MATCHING} {condition.sql} LIMIT :limit)"  # noqa: S608 - words of ours; values are bound
        values = {"query": words, "limit": at_most}
        return int(_rows(connection, sql, condition, values)[0][0])

    return ask(library, on_notice, question)


def matching(
    library: Tables, query: str, on_notice: Callable[[str], None] = lambda text: None
) -> frozenset[str]:
    """The ids of all articles whose newest text matches *query*."""
    words, condition = _understood(library, query, {})

    def question(connection: sqlite3.Connection) -> frozenset[str]:
        sql = f"SELECT a.article_id {_MATCHING} {condition.sql}"
        found = _rows(connection, sql, condition, {"query": words})
        return frozenset(identity for (identity,) in found)

    return ask(library, on_notice, question)


def refresh(library: Tables) -> None:
    """Bring the index up to the newest tables now, where there is one of older tables."""
    if any(index_path(library).parent.glob("*.db")):
        update(library)


def _understood(library: Tables, query: str, filters: FilterWords) -> tuple[str, Condition]:
    """The query and the filters as the index reads them."""
    return understood(query), condition_of(filters_from(**filters), library.path)


def _rows(
    connection: sqlite3.Connection, sql: str, condition: Condition, values: dict[str, Any]
) -> list[tuple[Any, ...]]:
    connection.create_function("covers", 1, condition.covers, deterministic=True)
    return connection.execute(sql, condition.values | values).fetchall()


def _hits(connection: sqlite3.Connection, words: str, ids: list[int]) -> Iterator[Hit]:
    """The hits of the rows *ids*, in that order."""
    found = {row[0]: row for row in connection.execute(_DETAILS, (json.dumps(ids),))}
    if len(found) < len(ids):
        raise sqlite3.DatabaseError("texts are not there")
    texts = {number: (row[3], unpacked(row[6])) for number, row in found.items()}
    snippets = _snippets(words, texts)
    for number in ids:
        _, identity, url, headline, source, moment, _ = found[number]
        when = EPOCH + timedelta(microseconds=moment)
        snippet = snippets.get(number, "")
        yield Hit(identity, url, headline or None, source, when, snippet)


def _snippets(words: str, texts: dict[int, tuple[str, str]]) -> dict[int, str]:
    with closing(texts_in_memory()) as connection:
        for number, (headline, text) in texts.items():
            body = marked(text)
            length = _CHARACTERS if is_mostly_marked(body) else _WORDS
            connection.execute(
                "INSERT INTO shown (rowid, headline, body, length) VALUES (?, ?, ?, ?)",
                (number, marked(headline), body, length),
            )
        return {
            number: unmarked(snippet) for number, snippet in connection.execute(SNIPPETS, (words,))
        }
