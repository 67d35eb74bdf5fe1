"""What an HTTP head promises of its body, and what servers really send."""

from __future__ import annotations

import gzip
import hashlib
import zlib

import brotli
import pytest

from archive.types import Capture
from archive.verify.warc_blocks import CheckedBlock, problems_of
from archive.verify.warc_headers import parse_header
from archive.warc.captures import records_of
from archive.warc.records import record_bytes
from drafts import note, page, with_field

TEXT = b"<p>On ferries, and on the people who wait for them.</p>" * 40


def codes(capture: Capture) -> list[str]:
    return _codes(record_bytes(records_of(capture)[0]))


def _codes(data: bytes) -> list[str]:
    head = parse_header(data)
    assert head is not None
    return [code for code, _ in problems_of(CheckedBlock(head, data))]


def answered(fields: bytes, body: bytes, status: bytes = b"200 OK", **changes: str) -> list[str]:
    head = b"HTTP/1.1 " + status + b"\r\n" + fields + b"\r\n"
    return codes(page(1, body, head=head, **changes))


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"", TEXT),
        (b"Content-Length: 5\r\n", b"hello"),
        (b"Content-Encoding: gzip\r\n", gzip.compress(TEXT, mtime=0)),
        (b"Content-Encoding: br\r\n", brotli.compress(TEXT)),
        (b"Content-Encoding: deflate\r\n", zlib.compress(TEXT)),
        (b"Content-Encoding: gzip, gzip\r\n", gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)),
        (b"Content-Encoding: identity\r\n", TEXT),
        (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"5;a=b\r\nhello\r\n0;c\r\nX-Sum: 1\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"000a\r\n" + b"h" * 10 + b"\r\n00\r\n\r\n"),
    ],
)
def test_an_honest_answer_is_not_remarkable(fields: bytes, body: bytes) -> None:
    assert answered(fields, body) == []


@pytest.mark.parametrize(
    ("fields", "body", "code"),
    [
        (b"Content-Encoding: gzip\r\n", TEXT, "http.content_encoding"),
        (b"Content-Encoding: br\r\n", TEXT, "http.content_encoding"),
        (b"Content-Encoding: gzip, br\r\n", gzip.compress(TEXT, mtime=0), "http.content_encoding"),
        (b"Content-Encoding: rot13\r\n", TEXT, "http.content_encoding"),
        (b"Transfer-Encoding: chunked\r\n", TEXT, "http.transfer_encoding"),
        (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", "http.transfer_encoding"),
        (b"Transfer-Encoding: chunked\r\n", b"9\r\nhello\r\n0\r\n", "http.transfer_encoding"),
        (b"Content-Length: 9\r\n", b"hello", "http.content_length"),
        (b"Content-Length: -5\r\n", b"hello", "http.content_length"),
        (b"Content-Length: 5, 5\r\n", b"hello", "http.content_length"),
    ],
)
def test_a_lying_head_is_named(fields: bytes, body: bytes, code: str) -> None:
    assert answered(fields, body) == [code]


def test_a_body_that_is_known_to_be_cut_may_be_short() -> None:
    for fields in (b"Content-Length: 99\r\n", b"Transfer-Encoding: chunked\r\n"):
        assert answered(fields, b"5\r\nhello\r\n", truncated="disconnect") == []


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified", b"200 OK"])
def test_an_answer_without_a_body_may_name_a_length(status: bytes) -> None:
    assert answered(b"Content-Length: 99\r\n", b"", status) == []


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512", "SHA-256"])
def test_digests_of_other_algorithms_are_compared_too(name: str) -> None:
    value = hashlib.new(name.lower().replace("-", ""), b"ferries").hexdigest()
    right = record_bytes(with_field(note(), "WARC-Block-Digest", f"{name}:{value}"))
    wrong = record_bytes(with_field(note(), "WARC-Block-Digest", f"{name}:{value[::-1]}"))
    assert _codes(right) == []
    assert _codes(wrong) == ["warc.block_digest"]
