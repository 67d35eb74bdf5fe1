"""Captures in imported files: what kind of bytes they have, how they are listed and found again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import warcs
from archive.errors import CorruptRecord
from archive.imported.captures import fidelity_of, read_held
from archive.web.http import parse_head

BODY = warcs.page("Coding")
CHUNKED = "Transfer-Encoding: chunked"
GZIPPED = "Content-Encoding: gzip"


@pytest.mark.parametrize(
    ("head", "body", "cut", "expected"),
    [
        ("HTTP/1.1 200 OK", BODY, False, "imported"),
        ("HTTP/1.0 200 OK", BODY, False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY), False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY)[:-5], False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY, 10**6)[:-90], True, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", BODY, False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", b"face\r\nthe music, it says", False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", b"", False, "imported"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}", gzip.compress(BODY), False, "imported"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}", BODY, False, "decoded"),
        (
            f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}",
            warcs.chunked(gzip.compress(BODY)),
            False,
            "imported",
        ),
        (f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}", gzip.compress(BODY), False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Crawler-Content-Encoding: gzip", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Crawler-Transfer-Encoding: chunked", BODY, False, "dechunked"),
        ("HTTP/1.1 200 OK\nx-orig-content-encoding: br", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Archive-Orig-Transfer-Encoding: chunked", BODY, False, "dechunked"),
        ("HTTP/2 200", BODY, False, "reconstructed"),
        ("HTTP/2.0 200 OK", BODY, False, "reconstructed"),
        (f"HTTP/3 200\n{GZIPPED}", BODY, False, "decoded"),
    ],
)
def test_head_and_body_tell_what_kind_of_bytes_they_are(
    head: str, body: bytes, cut: bool, expected: str
) -> None:
    lines = head.replace("\n", "\r\n").encode() + b"\r\n\r\n"
    assert fidelity_of(parse_head(lines), body, cut) == expected


@pytest.mark.parametrize(
    ("head", "body", "payload"),
    [
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", warcs.chunked(BODY), BODY),
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", BODY, BODY),
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", b"face\r\nthe music", b"face\r\nthe music"),
        (f"HTTP/2 200\r\n{GZIPPED}", BODY, BODY),
    ],
)
def test_the_payload_is_the_same_however_the_body_is_kept(
    library_folder: Path, head: str, body: bytes, payload: bytes
) -> None:
    data = warcs.response(1, body, head.encode() + b"\r\n\r\n")
    (library_folder / "a.warc").write_bytes(data)
    capture = read_held(library_folder.parents[1], warcs.held(0, len(data)))
    assert (capture.payload, capture.body) == (payload, body)


def test_a_lost_or_changed_file_is_named(library_folder: Path) -> None:
    root, one = library_folder.parents[1], warcs.held(0, 100)
    with pytest.raises(CorruptRecord, match=r"a\.warc at byte 0: the imported file is gone"):
        read_held(root, one)
    (library_folder / "a.warc").write_bytes(b"\0" * 100)
    with pytest.raises(CorruptRecord, match="no WARC record begins here"):
        read_held(root, one)


@pytest.mark.parametrize(
    ("said", "complete", "expected"),
    [
        (None, True, None),
        ("length", True, "length"),
        ("Disconnect", True, "disconnect"),
        ("because", True, "unspecified"),
        (None, False, "unspecified"),
    ],
)
def test_a_short_body_is_marked(
    library_folder: Path, said: str | None, complete: bool, expected: str | None
) -> None:
    data = warcs.response(1, WARC_Truncated=said)
    (library_folder / "a.warc").write_bytes(data)
    one = warcs.held(0, len(data), complete=complete)
    assert read_held(library_folder.parents[1], one).truncated == expected
