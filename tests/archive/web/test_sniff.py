"""First bytes into media types, as browsers see them."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.sniff import sniff

MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
BINARY = {
    "application/pdf": b"%PDF-1.7\n",
    "application/postscript": b"%!PS-Adobe-3.0",
    "application/x-gzip": gzip.compress(b"text", mtime=0),
    "application/x-rar-compressed": b"Rar!\x1a\x07\x00\xcf",
    "application/ogg": b"OggS\0\x02",
    "image/x-icon": b"\0\0\x01\0\x01\0",
    "image/bmp": b"BM\x46\0\0\0\0\0\0\0\x36",
    "image/gif": b"GIF89a\x01\0\x01\0",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "image/avif": b"\0\0\0\x20ftypavif\0\0\0\0",
    "audio/mpeg": b"ID3\x04\0\0\0",
    "audio/wave": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/aiff": b"FORM\0\0\0\x24AIFF",
    "audio/midi": b"MThd\0\0\0\x06\0\x01",
    "video/avi": b"RIFF\x24\0\0\0AVI LIST",
    "video/mp4": MP4,
    "video/webm": WEBM,
    "font/woff": b"wOFF\0\x01\0\0",
    "font/woff2": b"wOF2\0\x01\0\0",
    "font/otf": b"OTTO\0\x0b",
    "font/ttf": b"\0\x01\0\0\0\x12\x01\0\0\x04\0\x20",
    "font/collection": b"ttcf\0\x01",
}
"""The beginning of a file of each type."""


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    return stream.getvalue()


@pytest.mark.parametrize("declared", [None, "text/html", "text/plain", "application/octet-stream"])
@pytest.mark.parametrize(("media_type", "content"), list(BINARY.items()))
def test_a_signature_counts_whatever_was_declared(media_type, content, declared) -> None:
    assert sniff(content, declared) == media_type


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (packed(), None, "application/zip"),
        (packed(), "text/html", "application/zip"),
        (packed(), "application/epub+zip", "application/epub+zip"),
        (MP4, "audio/mp4", "audio/mp4"),
        (BINARY["application/ogg"], "audio/ogg", "audio/ogg"),
        (BINARY["image/png"], "image/jpeg", "image/png"),
    ],
)
def test_what_is_packed_is_what_was_declared(content, declared, media_type) -> None:
    assert sniff(content, declared) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><p>a",
        b"<!doctype HTML\n>",
        b"\n\t <HTML>",
        b"<head >",
        b"<body\nclass=a>",
        b"<p>a",
        b"<br>",
        b"<!-- a --><div>",
        b"\xef\xbb\xbf<!DOCTYPE html>",
        b"<h1>a</h1>",
        b"<a href=b>",
    ],
)
@pytest.mark.parametrize(
    "declared", [None, "application/octet-stream", "garbage", "*/*", "text/html"]
)
def test_html_is_known_by_its_first_tag(content, declared) -> None:
    assert sniff(content, declared) == "text/html"


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (b"<rss version='2.0'>", "text/xml", "application/rss+xml"),
        (b"<?xml version='1.0'?>\n<rss>", "text/html; charset=utf-8", "application/rss+xml"),
        (b"<?xml version='1.0'?><rss>", None, "application/rss+xml"),
        (
            b"<?xml version='1.0'?><!-- <html> --><!DOCTYPE rss><rss>",
            "application/xml",
            "application/rss+xml",
        ),
        (
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<feed xmlns='http://www.w3.org/2005/Atom'>",
            "application/xml",
            "application/atom+xml",
        ),
        (b"<feed>", "application/rss+xml", "application/atom+xml"),
        (
            b"<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
            "application/rdf+xml",
            "application/rss+xml",
        ),
        (
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
            "application/rdf+xml",
            "application/rdf+xml",
        ),
        (b"<?xml version='1.0'?><html>", "text/xml", "application/xhtml+xml"),
        (b"<?xml version='1.0'?><html>", "text/html", "text/html"),
        (b"<?xml version='1.0'?><html>", "application/xhtml+xml", "application/xhtml+xml"),
        (b"<?xml version='1.0'?><urlset>", None, "text/xml"),
        (b"<?xml version='1.0'?><urlset>", "application/xml", "application/xml"),
        (b"<svg>", "image/svg+xml", "image/svg+xml"),
        (b"<rssfeed>", "text/xml", "text/xml"),
        (b"<rss>", "text/plain", "text/plain"),
    ],
)
def test_feeds_and_xhtml_are_known_by_their_root(content, declared, media_type) -> None:
    assert sniff(content, declared) == media_type


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (b"plain words", None, "text/plain"),
        (b"plain words", "text/plain; charset=iso-8859-1", "text/plain"),
        (b"<p>not for browsers", "text/plain", "text/plain"),
        (b"\xfe\xff\0<\0p", None, "text/plain"),
        (b"caf\xe9", None, "text/plain"),
        (b"escape \x1b[1m", None, "text/plain"),
        (b"nul \0", None, "application/octet-stream"),
        (b"nul \0", "text/plain", "application/octet-stream"),
        (b"\x01\x02", "application/octet-stream", "application/octet-stream"),
        (b"{}", "application/json", "application/json"),
        (b"{}", "Application/LD+JSON; a=b", "application/ld+json"),
        (b"a {}", "text/css", "text/css"),
        (b"OTTO the reader", "text/plain", "text/plain"),
        (b"ID3 tags explained", None, "text/plain"),
        (b"no tags", "text/html", "text/html"),
    ],
)
def test_text_is_told_from_bytes(content, declared, media_type) -> None:
    assert sniff(content, declared) == media_type


def test_of_nothing_nothing_is_known() -> None:
    assert sniff(b"", "text/html") is None


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_nothing_makes_it_fail(content: bytes, declared: str | None) -> None:
    assert (sniff(content, declared) is None) == (content == b"")
