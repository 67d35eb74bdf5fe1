"""Rows are proved from the bytes that they came from; one that says otherwise is found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.library import Library
from archive.types import Capture
from archive.warc.records import new_record_id
from archive.writer import WarcWriter
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.proof import prove

TEXT = "".join(
    f"<p>On day {n} the crane lifted {n * n} crates, and the harbour master wrote them down in ink."
    for n in range(1, 30)
)
PAGES = {
    "/tides/amp/": "",
    "/tides/?print=1": '<link rel="canonical" href="http://review.example/tides/">',
    "/other": '<link rel="canonical" href="http://review.example/other?amp=1">',
}


@pytest.fixture
def published(library: Library) -> Library:
    with closing(WarcWriter(library)) as writer:
        for number, (path, head) in enumerate(PAGES.items()):
            title = "Tides" if "tides" in path else "Another"
            html = f"<title>{title}</title>{head}<article><h1>{title}</h1>{TEXT}<p>{number}"
            writer.write(
                Capture(
                    url=f"http://review.example{path}",
                    fetch_time=datetime(2026, 11, 20, number, tzinfo=UTC),
                    request=b"GET / HTTP/1.1\r\n\r\n",
                    head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
                    body=html.encode(),
                    warc_record_id=new_record_id(),
                )
            ).result()
    publish(library, Engine("local", 1))
    return library


def test_rows_of_any_address_are_proved(published: Library) -> None:
    rows = list(published.articles("all"))
    assert len({row["article_id"] for row in rows}) == 2
    assert [row["version"] for row in rows if "tides" in row["url"]] == [1, 2]
    proven = prove(published, 10, 1, map)
    assert (proven.rows, proven.findings) == (3, ())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("article_id", lambda old: "a" * 26),
        ("headline", lambda old: f"{old}!"),
        ("article_body", lambda old: old.replace("ink", "chalk", 1)),
        ("word_count", lambda old: old + 1),
    ],
)
def test_a_row_that_says_otherwise_is_found(
    published: Library, name: str, change: Callable[[object], object]
) -> None:
    path = max(
        published.generation.glob("articles/data/**/*.parquet"), key=lambda p: p.stat().st_size
    )
    table = pq.read_table(path, partitioning=None)
    column = [change(value) for value in table[name].to_pylist()]
    at = table.schema.get_field_index(name)
    changed = table.set_column(at, table.schema.field(name), pa.array(column, table[name].type))
    pq.write_table(changed, path)
    findings = prove(published, 10, 1, map).findings
    assert {finding.code for finding in findings} == {"proof.differs"}
    assert all(name in finding.detail for finding in findings)
