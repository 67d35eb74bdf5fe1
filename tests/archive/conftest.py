"""A factory of captures, and articles and captures as rows of the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from archive.library import Library
from archive.tables.parquet import file_path, sort_rows, write_rows
from archive.tables.schema import TABLES
from archive.types import Capture, Discovery
from archive.warc.records import new_record_id

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
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
