"""First bytes into media types, declarations into encodings: as browsers see them."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sniff import charset_of, encoding_name, sniff

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


@pytest.mark.parametrize(
    ("content", "content_type", "charset"),
    [
        (b"\xef\xbb\xbf<meta charset=koi8-r>", "text/html; charset=latin1", "UTF-8"),
        (b"\xff\xfe<\0", None, "UTF-16LE"),
        (b"\xfe\xff\0<", None, "UTF-16BE"),
        (b"<meta charset=koi8-r>", "text/html; charset=latin1", "windows-1252"),
        (b"a", 'text/html; charset="Shift_JIS"', "Shift_JIS"),
        (b"a", "text/html;CHARSET = utf8 ; x", "UTF-8"),
        (b"<meta charset=koi8-r>", "text/html; charset=nonsense", "KOI8-R"),
        (b"<meta charset=koi8-r>", "text/html", "KOI8-R"),
        (b"<META CHARSET='gb2312' >", None, "GBK"),
        (
            b'<head><meta name=a><meta content="text/html; charset=euc-kr" http-equiv="Content-Type">',
            None,
            "EUC-KR",
        ),
        (b"<meta http-equiv=content-type content='text/html;charset=big5'>", None, "Big5"),
        (b"<meta http-equiv=refresh content='charset=big5'>caf\xe9", None, None),
        (b"<meta charset=utf-16>", None, "UTF-8"),
        (b"<meta charset=x-user-defined>", None, "windows-1252"),
        (b"<!-- <meta charset=big5> --><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<!--><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<a title='<meta charset=big5>'><meta charset=koi8-r>", None, "KOI8-R"),
        (b"</a title='<meta charset=big5>'><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<metadata charset=big5>caf\xe9", None, None),
        (b"<meta charset=nonsense><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<meta charset=big5 charset=koi8-r>", None, "Big5"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?><html>", None, "ISO-8859-2"),
        (b" " * 1003 + b"<meta charset=koi8-r>", None, "KOI8-R"),
        (b" " * 1024 + b"<meta charset=koi8-r>caf\xe9", None, None),
        (b"plain", None, "UTF-8"),
        ("déjà".encode(), None, "UTF-8"),
        ("déjà".encode()[:-1], None, "UTF-8"),
        (b"d\xe9j\xe0", None, None),
        (b"", None, "UTF-8"),
    ],
)
def test_a_page_has_the_encoding_that_browsers_give_it(content, content_type, charset) -> None:
    assert charset_of(content, content_type) == charset


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf8", "UTF-8"),
        (" Latin1\n", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("iso-8859-9", "windows-1254"),
        ("l4", "ISO-8859-4"),
        ("latin3", "ISO-8859-3"),
        ("sun_eu_greek", "ISO-8859-7"),
        ("x-sjis", "Shift_JIS"),
        ("hz-gb-2312", "replacement"),
        ("utf-7", None),
        ("base64", None),
        ("", None),
    ],
)
def test_labels_become_names(label, name) -> None:
    assert encoding_name(label) == name


def test_python_reads_nearly_every_encoding_by_its_name() -> None:
    unknown = {"ISO-8859-8-I", "replacement", "x-mac-cyrillic", "x-user-defined", "windows-874"}
    labels = "utf-8 866 l2 l3 l4 cyrillic arabic greek hebrew logical l6 iso-8859-13 iso-8859-14 l9 iso-8859-16 koi koi8-u mac dos-874 cp1250 cp1251 ascii cp1253 l5 cp1255 cp1256 cp1257 cp1258 x-mac-cyrillic gbk gb18030 big5 euc-jp iso-2022-jp sjis euc-kr replacement utf-16be utf-16le x-user-defined"
    names = {encoding_name(label) for label in labels.split()}
    assert len(names) == 40
    assert None not in names
    for name in names - unknown:
        assert codecs.lookup(str(name))


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_nothing_makes_it_fail(content: bytes, declared: str | None) -> None:
    assert (sniff(content, declared) is None) == (content == b"")
    charset_of(content, declared)


@given(st.text("<>!-/meta chrs=\"'?xl", max_size=200))
def test_no_markup_makes_the_prescan_fail(text: str) -> None:
    assert charset_of(text.encode(), None) == "UTF-8"
