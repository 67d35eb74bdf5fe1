"""Texts in a table of FTS5 in memory: whether a query is understood, and which of few texts match.

Nothing here locks a file, so a release is searched on any system.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Final

import zstandard

from archive.errors import UsageError
from archive.search.database import connect
from archive.search.tokens import TOKENIZER, marked, marked_query

SNIPPETS: Final = "SELECT rowid, snippet(shown, 1, '[', ']', ' … ', length) FROM shown(?)"


def texts_in_memory() -> sqlite3.Connection:
    """A table `shown` of headlines and texts. It makes snippets, which the index cannot: it has no
    texts that FTS5 can read."""
    connection = connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE shown USING fts5(headline, body, length UNINDEXED, "
        f'tokenize = "{TOKENIZER}")'
    )
    return connection


def understood(query: str) -> str:
    """*query* (FTS5 syntax) as an index reads it; UsageError where it is malformed."""
    words = marked_query(query)
    try:
        with closing(texts_in_memory()) as connection:
            connection.execute(SNIPPETS, (words,)).fetchall()
    except (sqlite3.OperationalError, UnicodeEncodeError) as error:
        known = """words, "a phrase", AND, OR, NOT, word*"""
        raise UsageError(f"query {query!r} is not understood: use {known}") from error
    return words


def matching_texts(words: str, texts: Iterable[tuple[str | None, str | None]]) -> set[int]:
    """The numbers, from 0, of those of *texts* (headline, body) that match *words*, as
    `understood` gives them."""
    with closing(texts_in_memory()) as connection:
        connection.executemany(
            "INSERT INTO shown (rowid, headline, body) VALUES (?, ?, ?)",
            ((n, marked(one or ""), marked(other or "")) for n, (one, other) in enumerate(texts)),
        )
        found = connection.execute("SELECT rowid FROM shown(?)", (words,))
        return {number for (number,) in found}


def unpacked(text: bytes) -> str:
    """The text that a row of `texts` keeps; ZstdError where it is damaged."""
    return zstandard.ZstdDecompressor().decompress(text).decode()
