"""The same page, in any order and however it came: one version, and none for what came from outside.

The page is derived for real: by hand, by a feed with its moment and title, by a sitemap, after its
entry rolled off, packed or not, as another tool kept it.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Capture, Discovery, Pointer
from pipelines.derive.arrow_rows import PAGES, to_table
from pipelines.derive.spans import derive_page
from pipelines.fold.memory import FoldMemory
from pipelines.fold.versions import Verdict, fold_pages

URL = "https://review.example/tides/"
FIRST = datetime(2026, 5, 3, 8, tzinfo=UTC)
PARAGRAPHS = "".join(
    f"<p>{sentence} The harbour keeps its own clock, and the ferry has learned to wait for it.</p>"
    for sentence in (
        "The tide table on the wall is from another year.",
        "Nobody at the desk can say who hung it there.",
        "It is right twice in a fortnight, which is enough for the anglers.",
        "On other days they look out of the window.",
    )
)
DATES = {
    "a day": '<p class="meta">By Ada Moor, 1 May 2026</p>',
    "a moment": '<p class="meta">By Ada Moor, <time datetime="2026-05-01T23:30:00-04:00">1 May 2026</time></p>',
    "nothing": '<p class="byline">By Ada Moor</p>',
}


def html(date: str, nonce: str = "") -> bytes:
    head = f"<title>Tides - The Review</title><meta name=csrf content='{nonce}'>"
    body = f"<article><h1>Tides</h1>{DATES[date]}{PARAGRAPHS}</article>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>".encode()


def found(by: str, **more: Any) -> Discovery:
    return Discovery(source="review", by=by, **more)  # type: ignore[arg-type]


WAYS: dict[str, Discovery | None] = {
    "by hand": found("user"),
    "feed": found("feed", announced=datetime(2026, 5, 2, 3, 30, tzinfo=UTC), title="Tides"),
    "other title": found("feed", title="Tides: a table that is right twice"),
    "feed of changes": found("feed", announced=datetime(2026, 5, 2, 9, 1, tzinfo=UTC)),
    "sitemap": found("sitemap", modified=datetime(2026, 5, 2, 7, tzinfo=UTC)),
    "section": found("section", via="https://review.example/", title="Tides"),
    "another tool": None,
}


def capture(number: int, way: str, content: bytes, *, packed: bool) -> Capture:
    body = gzip.compress(content, mtime=0) if packed else content
    coding = "Content-Encoding: gzip\r\n" if packed else ""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{coding}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Capture(
        url=URL,
        fetch_time=FIRST + timedelta(days=number),
        request=b"",
        head=head.encode(),
        body=body,
        warc_record_id=f"urn:uuid:{number}",
        discovery=WAYS[way],
    )


@cache
def derived(number: int, way: str, content: bytes, packed: bool) -> dict[str, Any]:
    """The row of a visit before the fold; each visit is derived once."""
    made = capture(number, way, content, packed=packed)
    row = derive_page(made, Pointer("warc/a.warc.gz", 0, 1))
    assert row
    return dict(to_table([row], PAGES).to_pylist()[0])


def verdicts(visits: Sequence[tuple[str, bytes, bool]]) -> list[Verdict]:
    pages = [derived(number, *visit) for number, visit in enumerate(visits)]
    with tempfile.TemporaryDirectory() as folder, closing(FoldMemory(Path(folder))) as memory:
        return [verdict for _, verdict in fold_pages(pages, memory)]


visits = st.lists(st.tuples(st.sampled_from(sorted(WAYS)), st.booleans()), min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(visits=visits, date=st.sampled_from(sorted(DATES)))
def test_the_same_bytes_are_one_version(visits: list[tuple[str, bool]], date: str) -> None:
    first, *others = verdicts([(way, html(date), packed) for way, packed in visits])
    assert first.version == 1
    assert {verdict.verdict for verdict in others} == {"unchanged"}


@settings(max_examples=60, deadline=None)
@given(visits=visits, date=st.sampled_from(sorted(DATES)))
def test_what_a_feed_says_makes_no_version_of_a_page_whose_bytes_vary(
    visits: list[tuple[str, bool]], date: str
) -> None:
    found = verdicts(
        [(way, html(date, str(number)), packed) for number, (way, packed) in enumerate(visits)]
    )
    assert [verdict.version for verdict in found] == [1] + [None] * (len(visits) - 1)


@pytest.mark.parametrize(("before", "after"), [("a day", "a moment"), ("a moment", "a day")])
def test_a_day_and_a_moment_of_it_are_one_date(before: str, after: str) -> None:
    found = verdicts([("by hand", html(before), False), ("by hand", html(after), False)])
    assert [verdict.verdict for verdict in found] == ["article", "unchanged"]


def test_a_version_keeps_the_moment_that_it_has_only_the_day_of() -> None:
    edited = html("a day").replace(b"another year", b"a wetter year")
    first, second = verdicts([("by hand", html("a moment"), False), ("by hand", edited, False)])
    assert (first.version, second.version) == (1, 2)
    assert second.date
    assert second.date.value == datetime(2026, 5, 2, 3, 30, tzinfo=UTC)
    assert second.date.version == 1
