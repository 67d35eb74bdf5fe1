"""Captures as `payloads` rows, and the way back to the received bytes."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.library import Library
from archive.tables.journal import Batch, Span
from archive.types import Capture
from archive.warc.captures import capture_of, read_groups, records_of
from archive.warc_file import WarcFile
from pipelines.derive.engine import Engine
from pipelines.derive.payloads import (
    PayloadPlace,
    is_text_like,
    payload_files,
    payload_row,
    recipe_rows,
)
from pipelines.derive.recipes.recipe import frame, restore_body

TEXT = b"<html><body>" + b"<p>The tide is out, and the boats are on their sides.</p>" * 40


def gzipped(data: bytes, level: int, memory: int) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, 31, memory)
    return stream.compress(data) + stream.flush()


def capture(body: bytes, *fields: str) -> Capture:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html", *fields, "", ""])
    return Capture(
        url="http://review.example/tides",
        fetch_time=datetime(2026, 5, 1, tzinfo=UTC),
        request=b"GET /tides HTTP/1.1\r\nHost: review.example\r\n\r\n",
        head=head.encode(),
        body=body,
        warc_record_id="urn:uuid:8ad3f4b1-4b0b-4f4a-9d3b-0f6a2b0a7a11",
    )


BODIES = [
    (TEXT, ()),
    (b"", ()),
    (gzipped(TEXT, 6, 8), ("Content-Encoding: gzip",)),
    (gzipped(TEXT, 1, 9), ("Content-Encoding: gzip",)),
    (gzipped(TEXT, 9, 8), ("Content-Encoding: x-gzip",)),
    *((brotli.compress(TEXT, quality=q), ("Content-Encoding: br",)) for q in (1, 4, 5, 6, 11)),
    (frame(TEXT, [100, len(TEXT) - 100]), ("Transfer-Encoding: chunked",)),
    (
        frame(gzipped(TEXT, 6, 8), [50, len(gzipped(TEXT, 6, 8)) - 50]),
        ("Transfer-Encoding: chunked", "Content-Encoding: gzip"),
    ),
    (b"no gzip at all", ("Content-Encoding: gzip",)),
]


@pytest.mark.parametrize(("body", "fields"), BODIES)
def test_what_is_exact_is_restored_byte_for_byte(body: bytes, fields: tuple[str, ...]) -> None:
    one = capture(body, *fields)
    row = payload_row("k", records_of(one))
    assert row["payload_exact"]
    assert restore_body(row["payload"], row["payload_exact"]) == body
    assert row["http_headers"] == one.head
    assert row["request"] == one.request
    assert row["warc_headers"].startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"5;name=value\r\nhello\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",)),
        (b"5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", ("Transfer-Encoding: chunked",)),
        (gzip.compress(TEXT, 6, mtime=1_700_000_000), ("Content-Encoding: gzip",)),
        (zlib.compress(TEXT), ("Content-Encoding: deflate",)),
    ],
)
def test_what_no_recipe_gives_is_said_to_be_inexact(body: bytes, fields: tuple[str, ...]) -> None:
    row = payload_row("k", records_of(capture(body, *fields)))
    assert row["payload_exact"] is None
    assert row["payload"] in (b"hello", TEXT)


@given(st.binary(max_size=300), st.lists(st.integers(1, 80), max_size=8))
def test_any_plain_framing_is_restored(payload: bytes, sizes: list[int]) -> None:
    cut: list[int] = []
    for size in sizes:
        if sum(cut) + size <= len(payload):
            cut.append(size)
    if rest := len(payload) - sum(cut):
        cut.append(rest)
    body = frame(payload, cut)
    row = payload_row("k", records_of(capture(body, "Transfer-Encoding: chunked")))
    assert restore_body(row["payload"], row["payload_exact"]) == body


def test_pictures_are_left_to_the_warc() -> None:
    assert is_text_like("text/html")
    assert is_text_like("application/rss+xml")
    assert is_text_like("application/ld+json")
    assert not is_text_like("image/png")
    assert not is_text_like("")


def test_workers_make_the_files_that_one_process_makes(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library", "review") as library:
        file = WarcFile(library, 0)
        for number in range(700):
            text = b"<p>Tide %d</p>" % number + TEXT
            body = gzipped(text, 6, 8 + number % 2)
            kept = replace(
                capture(body, "Content-Encoding: gzip"),
                url=f"http://review.example/tides/{number}",
                warc_record_id=f"urn:uuid:8ad3f4b1-4b0b-4f4a-9d3b-{number:012}",
            )
            file.append(records_of(kept, file.warcinfo_id))
        file.seal()
        batch = Batch(1, "2026-05-02T00:00:00.000000Z", (Span(file.name, 0, file.size),), (1,))
        one, two, three = (
            PayloadPlace(library, library.generation, tmp_path / name, "g") for name in "123"
        )
        made = payload_files(one, batch)
        by_workers = payload_files(two, batch, engine=Engine("local", 2))
        with library.warc(file.name).open("rb") as stream:
            groups = [group for group in read_groups(stream) if len(group) > 1]
        known = [
            row
            for group in groups[::2]
            for row in recipe_rows(group[0].record, capture_of([part.record for part in group]))
        ]
        recipes = {row["warc_record_id"]: row["payload_exact"] for row in known}
        from_staged = payload_files(three, batch, recipes)
    assert made == by_workers == from_staged
    assert len(recipes) == 350
    assert sum(file.rows for file in made[0]) == 700
