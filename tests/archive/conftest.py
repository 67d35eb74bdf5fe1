"""A factory of captures; rows of the tables, and articles that are published without a crawl."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from archive.library import Library
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span, TableFile
from archive.tables.parquet import file_path, sort_rows, write_rows
from archive.tables.schema import TABLES
from archive.types import Capture, Discovery
from archive.warc.records import new_record_id

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
ENTRY = JournalEntry(
    Batch(1, "2026-11-05T10:00:00Z", ()), Span("warc/b", 0, 1), "x 1", "sha256:0", ()
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def _capture(number: int = 0, body: bytes | None = None, **changes: Any) -> Capture:
    given: dict[str, Any] = {
        "url": f"https://review.example/issue/{number}",
        "fetch_time": MOMENT + timedelta(seconds=number),
        "request": b"GET /issue/%d HTTP/1.1\r\nHost: review.example\r\n\r\n" % number,
        "head": HEAD,
        "body": b"<p>Essay number %d." % number if body is None else body,
        "warc_record_id": new_record_id(),
        "run_id": "run-1",
        "discovery": Discovery(source="review", by="feed", title=f"Essay {number}"),
        "details": {"latency_ms": 12},
    }
    return Capture(**given | changes)


@pytest.fixture
def make_capture() -> Callable[..., Capture]:
    """Makes the capture of a page of `review.example`; keywords change its fields."""
    return _capture


def _row(table: str, **values: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(TABLES[table].names)
    if "fetch_time" in blank:
        blank["fetch_time"] = MOMENT
    return blank | values


@pytest.fixture
def make_row() -> Callable[..., dict[str, Any]]:
    """Makes a row of a table: all null but its time and what is given."""
    return _row


@pytest.fixture
def add_rows(library: Library) -> Callable[..., None]:
    """Adds rows to a table of the library as one more file, without a batch."""

    def add(table: str, rows: list[dict[str, Any]], stem: str = "g0001-000001-abcdef01") -> None:
        found = pa.Table.from_pylist(rows, schema=TABLES[table])
        path = file_path(table, f"{MOMENT:%Y-%m}", stem)
        write_rows(library.generation, path, table, sort_rows(table, found))

    return add


@pytest.fixture
def article(make_row: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Makes a row of `articles`: `article("ferry", "text", version=2)`."""

    def make(name: str, body: str, version: int = 1, **values: Any) -> dict[str, Any]:
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
    library: Library, make_row: Callable[..., dict[str, Any]], add_rows: Callable[..., None]
) -> Callable[..., None]:
    """Publishes rows of `articles`, and pairs of `withdrawn`, as batch *number*."""

    def add(
        number: int, *rows: dict[str, Any], withdrawn: tuple[tuple[str, int], ...] = ()
    ) -> None:
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
