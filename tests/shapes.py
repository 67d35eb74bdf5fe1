"""Answers as servers send them, the tidy and the broken, each with what is to come of it."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import Literal

import brotli
import zstandard

Ending = Literal["end", "reset", "stall"]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Shape:
    """A message as a server sends it. *ending*: what it does then, where it does not wait.

    *truncated* is the reason that the record gives; *reused*: another request may follow on the
    connection; *decoded*: the content that a reader is shown, where that is not the body;
    *problem*: why it has none; *verdict*: what becomes of it in the crawl log.
    """

    name: str
    head: bytes
    body: bytes = b""
    method: str = "GET"
    ending: Ending | None = None
    interim: bytes = b""
    surplus: bytes = b""
    status: int | None = 200
    truncated: str | None = None
    reused: bool = False
    decoded: bytes | None = None
    problem: str | None = None
    verdict: str | None = None

    @property
    def sent(self) -> bytes:
        """Everything that the server sends."""
        return self.interim + self.head + self.body + self.surplus

    @property
    def path(self) -> str:
        """An address of its own."""
        return "/" + "".join(c if c.isalnum() else "-" for c in self.name.lower())


def page(subject: str) -> bytes:
    """An article about *subject*, long enough to be taken for one."""
    lines = (
        f"<p>For {number} hours the {subject} stood on the quay, and nobody who passed asked why.</p>"
        for number in range(2, 11)
    )
    text = f"<html><head><title>On {subject}</title></head><body><article><h1>On {subject}</h1>{''.join(lines)}</article></body></html>"
    return text.encode()


def plain(fields: bytes, body: bytes = b"hello") -> bytes:
    """A head with *fields* and the length of *body*."""
    return OK + fields + b"Content-Length: %d\r\n\r\n" % len(body)


def html(fields: bytes, body: bytes) -> bytes:
    """A head of an HTML page."""
    return plain(b"Content-Type: text/html; charset=utf-8\r\n" + fields, body)


def chunked(data: bytes, size: int = 100, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """*data* in chunks of *size* bytes."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    framed = b"".join(b"%x%b\r\n%b\r\n" % (len(part), extension, part) for part in parts)
    return framed + b"0\r\n" + trailer + b"\r\n"


def coded(name: str, coding: str, data: bytes) -> Shape:
    """The page on *name*, sent as *data* under a content coding; an article comes of it."""
    field = b"Content-Encoding: %b\r\n" % coding.encode()
    return Shape(name, html(field, data), data, reused=True, decoded=page(name), verdict="article")


def uncodable(name: str, coding: str, data: bytes, decoded: bytes) -> Shape:
    """A page that cannot be decoded."""
    field = b"Content-Encoding: %b\r\n" % coding.encode()
    return Shape(
        name,
        html(field, data),
        data,
        reused=True,
        decoded=decoded,
        problem="coding",
        verdict="not_article:error",
    )


def deflated(data: bytes, bits: int) -> bytes:
    """*data* deflated, with a window and framing of *bits* as zlib counts them."""
    stream = zlib.compressobj(9, zlib.DEFLATED, bits)
    return stream.compress(data) + stream.flush()


def zipped(name: str) -> bytes:
    """The page on *name* as gzip."""
    return gzip.compress(page(name), mtime=0)


PACKED = gzip.compress(b"a page" * 100, mtime=0)
EXTENDED = chunked(zipped("chunks"), extension=b';a="b"', trailer=b"X-Sum: 1\r\n")
INNER = chunked(zipped("a coded transfer"))

CODINGS = [
    coded("gzip", "gzip", zipped("gzip")),
    coded("x-gzip in capitals", "X-GZIP", zipped("x-gzip in capitals")),
    coded("brotli", "br", brotli.compress(page("brotli"))),
    coded("zstd", "zstd", zstandard.compress(page("zstd"))),
    coded("deflate zlib", "deflate", deflated(page("deflate zlib"), 15)),
    coded("deflate raw", "deflate", deflated(page("deflate raw"), -15)),
    coded("gzip twice", "gzip, gzip", gzip.compress(zipped("gzip twice"), mtime=0)),
    coded("identity", "identity", page("identity")),
    coded("unknown coding", "lzma2", page("unknown coding")),
    coded("gzip that is none", "gzip", page("gzip that is none")),
    uncodable("broken gzip", "gzip", zipped("a tear")[:60] + b"\xff" * 40, b""),
    Shape("chunked and gzip with extension and trailer", OK + b"Content-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", EXTENDED, reused=True, decoded=page("chunks"), verdict="article"),
    Shape("gzip as transfer coding", OK + b"Content-Type: text/html\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", INNER, decoded=page("a coded transfer"), verdict="article"),
]  # fmt: skip

FRAMINGS = [
    Shape("chunked with extension and trailer", CHUNKED, b'5;a="b"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n', reused=True, decoded=b"hello!"),
    Shape("HTTP/1.0 until close", b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", b"hello", ending="end"),
    Shape("HTTP/1.1 until close", OK + b"Server: old\r\n\r\n", b"hello", ending="end"),
    Shape("103 before 200", plain(b""), b"hello", interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 2, reused=True),
    Shape("100 before 200", plain(b""), b"hello", interim=b"HTTP/1.1 100 Continue\r\n\r\n", reused=True),
    Shape("204", b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", status=204, reused=True),
    Shape("304 with a length", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", status=304, reused=True),
    Shape("HEAD", plain(b""), method="HEAD", reused=True),
    Shape("empty 200", plain(b"", b""), reused=True),
    Shape("short body", OK + b"Content-Length: 50\r\n\r\n", b"hello", ending="end", truncated="disconnect"),
    Shape("cut page", OK + b"Content-Type: text/html\r\nContent-Length: 9999\r\n\r\n", page("cut"), ending="end", truncated="disconnect"),
    Shape("length too small", OK + b"Content-Length: 5\r\n\r\n", b"hello", surplus=b" world"),
    Shape("a second answer behind the first", OK + b"Content-Length: 5\r\n\r\n", b"hello", surplus=OK + b"Content-Length: 6\r\n\r\npoison"),
    Shape("cut chunk", CHUNKED, b"5\r\nhello\r\n50\r\nwor", ending="end", truncated="disconnect"),
    Shape("bad chunk size", CHUNKED, b"5\r\nhello\r\nzz\r\n", truncated="unspecified"),
    Shape("length twice", plain(b"Content-Length: 5\r\n"), b"hello"),
    Shape("length and chunked", plain(b"Transfer-Encoding: chunked\r\n", b""), b"5\r\nhello\r\n0\r\n\r\n", decoded=b"hello"),
    Shape("identity transfer coding", plain(b"Transfer-Encoding: identity\r\n"), b"hello"),
    Shape("transfer coding without chunks", plain(b"Transfer-Encoding: gzip\r\n"), PACKED, ending="end", decoded=b"a page" * 100),
    Shape("transfer coding that is not kept", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", decoded=b"hello"),
    Shape("101 unasked", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", status=101),
    Shape("negative length", OK + b"Content-Length: -5\r\n\r\n", truncated="unspecified"),
    Shape("conflicting lengths", plain(b"Content-Length: 2\r\n"), truncated="unspecified"),
    Shape("keep-alive refused", plain(b"Connection: X, Close\r\n"), b"hello"),
]  # fmt: skip

HEADS = [
    Shape("order and case of fields", plain(b"x-LAST: 1\r\nX-first: 2\r\nx-last:3\r\nX-First:   4  \r\n"), b"hello", reused=True),
    Shape("line without a colon", plain(b"this is no field\r\n"), b"hello"),
    Shape("Set-Cookie twice", plain(b"Set-Cookie: a=1\r\nX-A: b\r\nset-cookie: c=2\r\n"), b"hello", reused=True),
    Shape("folded line", plain(b"X-Long: one\r\n  two\r\n\tthree\r\n"), b"hello"),
    Shape("latin-1 value", plain(b"X-Name: caf\xe9 \xff\r\n"), b"hello", reused=True),
    Shape("latin-1 media type", plain(b"Content-Type: text/\xfchtml; x=\"\xe9\"\r\n"), b"hello", reused=True),
    Shape("bare line feeds", b"HTTP/1.1 200 OK\nContent-Length: 5\nX-A: b\n\n", b"hello"),
    Shape("64 KiB field", plain(b"X-Big: " + b"x" * 65536 + b"\r\n"), b"hello", reused=True),
    Shape("NUL in a value", plain(b"X-Nul: a\x00b\r\n"), b"hello"),
    Shape("NUL in the media type", plain(b"Content-Type: text/pl\x00ain\r\n"), b"hello"),
    Shape("space before the colon", plain(b"X-Space : b\r\n"), b"hello"),
    Shape("length after a space", OK + b"Content-Length : 5\r\n\r\n", b"hello"),
    Shape("quotes and braces in the media type", plain(b'Content-Type: "}{\\",\r\n'), b"hello", reused=True),
]  # fmt: skip

STATUS_LINES = [
    Shape("no reason phrase", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", b"hello", reused=True),
    Shape("UTF-8 reason phrase", "HTTP/1.1 200 Schön ✓\r\nContent-Length: 5\r\n\r\n".encode(), b"hello", reused=True),
    Shape("status 999", b"HTTP/1.1 999 Denied\r\nContent-Length: 5\r\n\r\n", b"hello", status=999, reused=True),
    Shape("status 600", b"HTTP/1.1 600 Odd\r\nContent-Length: 5\r\n\r\n", b"hello", status=600, reused=True),
]  # fmt: skip

SHAPES = [*CODINGS, *FRAMINGS, *HEADS, *STATUS_LINES]
"""Answers that a client reads the same way each time, whatever the splits."""

NO_HEADS = [
    Shape("HTTP/0.9", page("an old server"), ending="end", status=None, truncated="unspecified"),
    Shape("another protocol", b"SSH-2.0-server\r\n", ending="end", status=None, truncated="unspecified"),
    Shape("status line without a number", b"HTTP/1.1 what\r\nContent-Length: 5\r\n\r\n", ending="end", status=None, truncated="unspecified"),
    Shape("cut head", b"HTTP/1.1 200 OK\r\nContent-Le", ending="end", status=200, truncated="disconnect"),
]  # fmt: skip
"""Answers that have no readable head: the fetch failed, and what came is kept."""

BREAKS = [
    Shape("reset in a chunk", CHUNKED, b"5\r\nhello\r\n50\r\nwor", ending="reset", truncated="disconnect"),
    Shape("stalled page", OK + b"Content-Type: text/html\r\nContent-Length: 9999\r\n\r\n", page("stalled"), ending="stall", truncated="time"),
    Shape("redirect to nowhere", OK.replace(b"200 OK", b"302 Found") + b"Location: http://[\r\nContent-Length: 0\r\n\r\n", status=302, reused=True, decoded=b""),
    Shape("redirect without a target", OK.replace(b"200 OK", b"301 Moved") + b"Content-Length: 0\r\n\r\n", status=301, reused=True),
]  # fmt: skip
