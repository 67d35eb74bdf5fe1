"""Captures into rows of `payloads` and back into WARC records: the same bytes, or what was undone."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Capture, Original
from archive.warc.captures import capture_of, records_of
from archive.warc.records import Record, digest, from_bytes, record_bytes
from archive.web.http import parse_head
from pipelines.derive.payloads import payload_row
from pipelines.derive.recipes.recipe import frame
from pipelines.exporting.from_payloads import declared_record, exact_record, request_record
from small import gzipped

TEXT = b"<html><body>" + b"<p>The lock keeper counts boats, and the boats count locks.</p>" * 30
ID = "urn:uuid:8ad3f4b1-4b0b-4f4a-9d3b-0f6a2b0a7a11"


def capture(body: bytes, *fields: str, newline: str = "\r\n") -> Capture:
    head = newline.join(["HTTP/1.1 200 OK", "Content-Type: text/html", *fields, "", ""])
    return Capture(
        url="http://review.example/locks",
        fetch_time=datetime(2026, 5, 1, 8, 30, 0, 7, tzinfo=UTC),
        request=b"GET /locks HTTP/1.1\r\nHost: review.example\r\n\r\n",
        head=head.encode("latin-1"),
        body=body,
        warc_record_id=ID,
        run_id="run-1",
        ip_address="192.0.2.7",
    )


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzipped,
    "gzip ": lambda data: gzip.compress(data, 3, mtime=1_700_000_000),
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "br ": lambda data: brotli.compress(data, quality=3),
    "zstd": zstandard.ZstdCompressor().compress,
    "gzip, gzip": lambda data: gzipped(gzipped(data)),
    "unheard-of": bytes,
}


def framed(data: bytes, sizes: list[int], extension: bytes, trailer: bytes) -> bytes:
    """*data* in chunks, as servers may frame it."""
    out = b""
    for size in (*sizes, len(data)):
        piece, data = data[:size], data[size:]
        if piece:
            out += b"%x%b\r\n%b\r\n" % (len(piece), extension, piece)
    return out + b"0\r\n" + trailer + b"\r\n"


@st.composite
def captures(draw: st.DrawFn) -> Capture:
    """Any payload in any coding and framing, cut short now and then."""
    content = draw(st.binary(max_size=400) | st.just(TEXT))
    coding = draw(st.sampled_from(sorted(CODINGS)))
    body = CODINGS[coding](content)
    name = draw(st.sampled_from(["Content-Encoding", "content-encoding", "CONTENT-ENCODING"]))
    fields = [f"{name}:{coding.strip()}"] if coding.strip() else []
    if draw(st.booleans()):
        sizes = draw(st.lists(st.integers(1, 200), max_size=5))
        extension = draw(st.sampled_from([b"", b"", b";a=b"]))
        trailer = draw(st.sampled_from([b"", b"", b"Expires: 0\r\n"]))
        body = framed(body, sizes, extension, trailer)
        fields.append("Transfer-Encoding: chunked")
    else:
        fields.append(f"Content-Length: {len(body)}")
    cut = draw(st.integers(0, len(body))) if draw(st.integers(0, 4)) == 0 else None
    fields += draw(st.lists(st.sampled_from(["X-Odd : \xe9", "no colon", "Vary:"]), max_size=2))
    newline = draw(st.sampled_from(["\r\n", "\r\n", "\n"]))
    made = capture(body[:cut], *fields, newline=newline)
    return made if cut is None else replace(made, truncated="disconnect")


@settings(deadline=None, max_examples=300)
@given(captures())
def test_a_row_gives_the_record_back_or_says_what_was_undone(one: Capture) -> None:
    first = records_of(one)[0]
    row = payload_row("k", records_of(one))
    exact = exact_record(row)
    assert (exact is None) == (row["payload_exact"] is None)
    if exact is not None:
        assert exact == record_bytes(first)
        return
    made = declared_record(row)
    assert made
    record = from_bytes(made.data)
    _check_declared(one, first, record, row["payload"])
    assert set(made.undone) <= {"transfer-coding", "content-coding"}


def _check_declared(one: Capture, first: Record, record: Record, payload: bytes) -> None:
    again = capture_of([record])
    assert (again.url, again.fetch_time, again.warc_record_id) == (
        one.url,
        one.fetch_time,
        one.warc_record_id,
    )
    assert again.body == again.payload == payload
    assert not again.is_chunked
    assert record.get("WARC-Block-Digest") == digest(record.block)
    assert record.get("WARC-Payload-Digest") == digest(payload)
    assert record.get("Backissue-Original-Block-Digest") == first.get("WARC-Block-Digest")
    assert record.get("Backissue-Original-Payload-Digest") == first.get("WARC-Payload-Digest")
    assert record.get("WARC-Truncated") == first.get("WARC-Truncated")
    undone = (record.get("Backissue-Undone") or "").split(", ")
    assert ("transfer-coding" in undone) == one.is_chunked
    if "content-coding" in undone:
        assert again.parsed.content_codings == ()
        assert again.parsed.get("X-Orig-Content-Encoding") == one.parsed.get("content-encoding")
    elif one.parsed.content_codings:
        assert again.parsed.content_codings == one.parsed.content_codings
        assert payload == one.payload
    assert again.parsed.get_all("content-length")[-1] == str(len(payload))
    others = {"content-length", "transfer-encoding", "content-encoding"}
    kept = [field for field in one.parsed.fields if field[0].lower() not in others]
    assert [field for field in again.parsed.fields if field in kept] == kept


@pytest.mark.parametrize(
    ("body", "fields", "undone", "head"),
    [
        (
            gzip.compress(TEXT, mtime=1_700_000_000),
            ("Content-Encoding: gzip", "Content-Length: 9", "Vary: x"),
            ("content-coding",),
            "X-Orig-Content-Encoding: gzip\r\nX-Orig-Content-Length: 9\r\nVary: x",
        ),
        (
            b"5;a=b\r\nhello\r\n0\r\n\r\n",
            ("transfer-encoding:chunked",),
            ("transfer-coding",),
            "X-Orig-transfer-encoding:chunked",
        ),
        (
            framed(zlib.compress(TEXT), [9], b";a", b""),
            ("Content-Encoding: deflate", "Transfer-Encoding: chunked"),
            ("transfer-coding", "content-coding"),
            "X-Orig-Content-Encoding: deflate\r\nX-Orig-Transfer-Encoding: chunked",
        ),
        (
            framed(b"not deflated", [], b";a", b""),
            ("Content-Encoding: unheard-of", "Transfer-Encoding: chunked"),
            ("transfer-coding",),
            "Content-Encoding: unheard-of\r\nX-Orig-Transfer-Encoding: chunked",
        ),
    ],
)
def test_fields_that_do_not_fit_any_more_are_set_aside(
    body: bytes, fields: tuple[str, ...], undone: tuple[str, ...], head: str
) -> None:
    row = payload_row("k", records_of(capture(body, *fields)))
    made = declared_record(row)
    assert made
    assert made.undone == undone
    block = from_bytes(made.data).block
    length = len(row["payload"])
    wanted = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\nContent-Length: {length}"
    assert block == wanted.encode() + b"\r\n\r\n" + row["payload"]


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"nonsense"])
def test_heads_that_were_cut_short_are_ended(head: bytes) -> None:
    one = replace(capture(b""), head=head + b"\r\n\r\n", body=b"1;a\r\nx\r\n0\r\n\r\n")
    row = payload_row("k", records_of(one)) | {"payload_exact": None}
    made = declared_record(row)
    assert made
    block = from_bytes(made.data).block
    assert block.endswith((b"\r\n\r\n" + row["payload"], b"\n\n" + row["payload"]))
    assert block.startswith(head.split(b"\n")[0])


def test_a_revisit_is_as_it_was() -> None:
    original = Original(
        profile="identical-payload-digest",
        warc_record_id=ID,
        url="http://review.example/locks",
        fetch_time=datetime(2026, 4, 1, tzinfo=UTC),
        payload_digest=digest(TEXT),
    )
    one = replace(capture(b"", "Transfer-Encoding: chunked"), original=original)
    row = payload_row("k", records_of(one))
    assert exact_record(row) == record_bytes(records_of(one)[0])


def test_a_row_that_lies_is_not_taken_for_exact() -> None:
    row = payload_row(
        "k", records_of(capture(frame(TEXT, [len(TEXT)]), "Transfer-Encoding: chunked"))
    )
    assert exact_record(row)
    other = bytes(reversed(row["payload"]))
    assert exact_record(row | {"payload": other}) is None
    assert exact_record(row | {"payload": other}, checked=False)
    assert exact_record(row | {"payload": other[1:]}, checked=False) is None
    assert declared_record(row | {"payload": other}) is None


def test_the_request_becomes_a_record_with_an_id_of_its_own() -> None:
    one = capture(TEXT)
    row = payload_row("k", records_of(one))
    data = request_record(row)
    assert data
    record = from_bytes(data)
    assert record.block == one.request
    assert record.get("WARC-Concurrent-To") == f"<{ID}>"
    assert record.id != ID
    assert request_record(row) == data
    assert request_record(row | {"request": None}) is None
    again = capture_of([records_of(one)[0], record])
    assert (again.request, again.fetch_time) == (one.request, one.fetch_time)


def test_other_readers_understand_what_is_declared() -> None:
    body = framed(zlib.compress(TEXT), [9], b";a", b"")
    row = payload_row(
        "k", records_of(capture(body, "Content-Encoding: deflate", "Transfer-Encoding: chunked"))
    )
    made = declared_record(row)
    assert made
    for record in ArchiveIterator(io.BytesIO(made.data), parse_http=False):
        assert record.verify_block_digest()
    for record in ArchiveIterator(io.BytesIO(made.data)):
        assert record.reader.read() == TEXT
    assert parse_head(from_bytes(made.data).block).media_type == "text/html"
