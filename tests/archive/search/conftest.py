"""Articles published without a crawl: rows of tables, and the line of their batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.library import Library
from archive.search.hits import search
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span
from archive.tables.parquet import TableFile, file_path

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
ENTRY = JournalEntry(
    Batch(1, "2026-11-05T10:00:00Z", ()), Span("warc/b", 0, 1), "x 1", "sha256:0", ()
)

Row = dict[str, Any]


@pytest.fixture
def article(make_row: Callable[..., Row]) -> Callable[..., Row]:
    """Makes a row of `articles`: `article("ferry", "text", version=2)`."""

    def make(name: str, body: str, version: int = 1, **values: Any) -> Row:
        given = {
            "article_id": name,
            "version": version,
            "url": f"https://review.example/{name}",
            "url_surtkey": f"example,review)/{name}",
            "url_host_name": "review.example",
            "url_host_registered_domain": "review.example",
            "article_body": body,
            "text_digest": f"sha256:{body}",
            "source": "review",
            "fetch_time": MOMENT + timedelta(days=version),
        }
        return make_row("articles", **given | values)

    return make


@pytest.fixture
def publish(
    library: Library, make_row: Callable[..., Row], add_rows: Callable[..., None]
) -> Callable[..., None]:
    """Publishes rows of `articles`, and pairs of `withdrawn`, as batch *number*."""

    def add(number: int, *rows: Row, withdrawn: tuple[tuple[str, int], ...] = ()) -> None:
        gone = [
            make_row("withdrawn", article_id=name, version=version, reason="list", as_of=MOMENT)
            for name, version in withdrawn
        ]
        stem, written = f"batch-{number}", []
        for table, made in (("articles", list(rows)), ("withdrawn", gone)):
            if made:
                add_rows(table, made, stem)
                written.append(TableFile(file_path(table, "2026-11", stem), len(made), ""))
        batch = replace(ENTRY.batch, number=number)
        journal.append(library.generation, replace(ENTRY, batch=batch, files=tuple(written)))

    return add


@pytest.fixture
def ids(library: Library) -> Callable[..., list[str]]:
    """The ids of the articles that a search finds, sorted."""
    return lambda query, **filters: sorted(h.article_id for h in search(library, query, **filters))
