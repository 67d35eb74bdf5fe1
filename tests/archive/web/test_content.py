"""Payloads with codings that are not theirs, and with those that are."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.web.content import read_content
from archive.web.http import MAX_CODINGS, MAX_CONTENT, decode_content

PAGE = "<!doctype html><title>Größe</title><p>On the salt of the sea.".encode()
CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize(
    "plain",
    [
        PAGE,
        b"\xef\xbb\xbf\n<html><body>x",
        "\ufeff<!DOCTYPE html><p>x".encode("utf-16-le"),
        "\ufeff <html>".encode("utf-16-be"),
        "<HTML><body>Größe".encode("cp1252"),
        "<html><body>宿題".encode("euc_jp"),
        b"<?xml version='1.0'?><rss><channel/></rss>",
        b"<p>A piece",
        b"User-agent: *\nDisallow: /\n\n# Whoever reads this is no robot, and may go on reading.\n",
        '{"items": [{"title": "Größe", "url": "https://salt.example/a"}], "count": 1}'.encode(),
        "ä".encode() * 2000,
    ],
)
@pytest.mark.parametrize(
    "codings",
    [("gzip",), ("br",), ("deflate",), ("zstd",), ("utf-8",), ("none",), ("gzip", "gzip"), ("a",) * 9],
)  # fmt: skip
def test_a_plain_text_is_read_as_it_is(plain: bytes, codings: tuple[str, ...]) -> None:
    assert read_content(plain, codings, MAX_CONTENT).data == plain
    assert read_content(plain, codings, MAX_CONTENT).error is None


@pytest.mark.parametrize(
    ("codings", "payload"),
    [
        (("gzip", "gzip"), gzip.compress(PAGE, mtime=0)),
        (("utf-8", "gzip"), gzip.compress(PAGE, mtime=0)),
        (("gzip", "utf-8"), gzip.compress(PAGE, mtime=0)),
        (("none",), gzip.compress(PAGE, mtime=0)),
        (("br",), gzip.compress(PAGE, mtime=0)),
        (("gzip",), zstandard.compress(PAGE)),
        (("br", "br"), brotli.compress(PAGE)),
        (("gzip", "br"), brotli.compress(PAGE)),
    ],
)
def test_codings_that_were_not_applied_are_left_out(
    codings: tuple[str, ...], payload: bytes
) -> None:
    assert read_content(payload, codings, MAX_CONTENT).data == PAGE


@pytest.mark.parametrize("coding", CODERS)
@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_a_true_label_is_believed(coding: str, content: bytes) -> None:
    payload = CODERS[coding](content)
    assert read_content(payload, (coding,), MAX_CONTENT) == decode_content(
        payload, (coding,), MAX_CONTENT
    )


def test_what_is_neither_text_nor_coded_is_an_error() -> None:
    broken = b"\x00\x01\x02" * 200
    for codings in (("gzip",), ("none",), ("br",), ("gzip",) * (MAX_CODINGS + 1)):
        assert read_content(broken, codings, MAX_CONTENT).error == "bad_encoding"
    assert read_content(b"\x89PNG\r\n\x1a\n", ("utf-8",), MAX_CONTENT).error == "bad_encoding"


def test_what_can_be_had_of_a_broken_body_stays() -> None:
    payload = bytearray(gzip.compress(PAGE * 3000, compresslevel=0))
    payload[100_000] ^= 255
    payload[-8:] = b"\0" * 8
    found = read_content(bytes(payload), ("gzip",), MAX_CONTENT)
    assert found == decode_content(bytes(payload), ("gzip",), MAX_CONTENT)
    assert found.error == "bad_encoding"


def test_a_bomb_is_cut_whatever_it_is_called() -> None:
    found = read_content(gzip.compress(b"a" * 9000), ("none",), 1000)
    assert (found.data, found.error) == (b"a" * 1000, "too_large")


@pytest.mark.parametrize("moment", range(0, 2**32, 2**25))
def test_gzip_is_known_by_its_first_bytes_at_any_moment(moment: int) -> None:
    payload = gzip.compress(PAGE, mtime=moment)
    assert read_content(payload, ("br",), MAX_CONTENT).data == PAGE
