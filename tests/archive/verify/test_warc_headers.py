"""Record headers: what the standard allows, and what is named where it does not."""

from __future__ import annotations

import pytest

from archive.verify.warc_headers import moment, parse_header
from archive.warc.records import record_bytes
from drafts import captures, note, records, with_field


@pytest.mark.parametrize("number", range(11))
def test_our_own_headers_are_legal(number: int) -> None:
    head = parse_header(record_bytes(records(captures())[number]))
    assert head is not None
    assert head.problems == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WARC-Type", "page"),
        ("WARC-Record-ID", "urn:uuid:1"),
        ("WARC-Record-ID", "<urn:uuid:1 2>"),
        ("WARC-Date", "2026-11-05"),
        ("WARC-Date", "2026-11-05T09:30:15+01:00"),
        ("WARC-Date", "2026-13-05T09:30:15Z"),
        ("WARC-Target-URI", "review.example"),
        ("WARC-Target-URI", "https://review.example/a b"),
        ("WARC-Target-URI", "<https://review.example/>"),
        ("WARC-Warcinfo-ID", "<>"),
        ("Content-Type", "html"),
        ("WARC-Block-Digest", "sha1"),
    ],
)
def test_a_value_that_is_not_of_its_form_is_named(name: str, value: str) -> None:
    head = parse_header(record_bytes(with_field(note(), name, value)))
    assert head is not None
    assert head.problems == (("warc.field_value", f"{name.lower()}: {value}"),)


@pytest.mark.parametrize("value", ["-1", "7 bytes", "", "1" * 19, "７"])
def test_a_length_that_is_none_is_named(value: str) -> None:
    raw = record_bytes(note()).replace(b"Content-Length: 7", f"Content-Length: {value}".encode())
    head = parse_header(raw)
    assert head is not None
    assert head.length is None
    assert [code for code, _ in head.problems] == ["warc.field_value"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"WARC/1.1\r\n", b"WARC/2.0\r\n"),
        (b"\r\nContent-Type", b"\nContent-Type"),
        (b"\r\nContent-Type", b"\r\n folded\r\nContent-Type"),
        (b"\r\nContent-Type", b"\r\nno colon\r\nContent-Type"),
        (b"\r\nContent-Type", b"\r\nA: \x00\r\nContent-Type"),
        (b"\r\nContent-Type", b"\r\nA: \xff\r\nContent-Type"),
        (b"\r\nContent-Type", b"\r\nA : b\r\nContent-Type"),
    ],
)
def test_a_header_of_another_form_is_named(old: bytes, new: bytes) -> None:
    head = parse_header(record_bytes(note()).replace(old, new))
    assert head is not None
    assert "warc.header" in {code for code, _ in head.problems}


@pytest.mark.parametrize(
    "data", [b"", b"WARC/1.1\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"WARC/1.1\r\nA: " + b"b" * 2**20]
)
def test_what_is_no_header_is_none(data: bytes) -> None:
    assert parse_header(data) is None


def test_a_time_is_read_as_the_standard_has_it() -> None:
    assert moment("2026-11-05T09:30:15.123456Z") is not None
    assert moment("2026-11-05T09:30:15Z") is not None
    assert moment("2026-11-05T09:30:60Z") is None
    assert moment(None) is None
