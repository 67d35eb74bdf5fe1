"""What servers send, and what of it stands in the exchange: byte for byte, against the server's log."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import pytest

from archive.http import split_message

FIELDS = [
    (b"user-Agent", b"Backissue"),
    (b"ACCEPT", b"*/*"),
    (b"X-Twice", b"1"),
    (b"X-Twice", b"2"),
]
NEXT = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnext page"
PACKED = gzip.compress(b"a page" * 100, mtime=0)
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Case:
    """A message as a server sends it, and what is to come of it."""

    name: str
    head: bytes
    body: bytes = b""
    method: str = "GET"
    ends: bool = False
    interim: bytes = b""
    surplus: bytes = b""
    status: int = 200
    truncated: str | None = None
    reused: bool = False

    @property
    def sent(self) -> bytes:
        return self.interim + self.head + self.body + self.surplus


def plain(fields: bytes, body: bytes = b"hello") -> bytes:
    """A head with *fields* and the length of *body*."""
    return OK + fields + b"Content-Length: %d\r\n\r\n" % len(body)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CASES = [
    Case("gzip", plain(b"Content-Encoding: gzip\r\n", PACKED), PACKED, reused=True),
    Case("chunked with extension and trailer", CHUNKED, b'5;a="b"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n', reused=True),
    Case("HTTP/1.0 until close", b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", b"hello", ends=True),
    Case("HTTP/1.1 until close", OK + b"Server: old\r\n\r\n", b"hello", ends=True),
    Case("line without a colon", plain(b"this is no field\r\n"), b"hello"),
    Case("Set-Cookie twice", plain(b"Set-Cookie: a=1\r\nX-A: b\r\nset-cookie: c=2\r\n"), b"hello", reused=True),
    Case("folded line", plain(b"X-Long: one\r\n  two\r\n\tthree\r\n"), b"hello"),
    Case("latin-1 value", plain(b"X-Name: caf\xe9 \xff\r\n"), b"hello", reused=True),
    Case("103 before 200", plain(b""), b"hello", interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 2, reused=True),
    Case("204", b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", status=204, reused=True),
    Case("304 with a length", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", status=304, reused=True),
    Case("HEAD", plain(b""), method="HEAD", reused=True),
    Case("short body", OK + b"Content-Length: 50\r\n\r\n", b"hello", ends=True, truncated="disconnect"),
    Case("length too small", OK + b"Content-Length: 5\r\n\r\n", b"hello", surplus=b" world"),
    Case("cut chunk", CHUNKED, b"5\r\nhello\r\n50\r\nwor", ends=True, truncated="disconnect"),
    Case("bad chunk size", CHUNKED, b"5\r\nhello\r\nzz\r\n", truncated="unspecified"),
    Case("bare line feeds", b"HTTP/1.1 200 OK\nContent-Length: 5\nX-A: b\n\n", b"hello"),
    Case("length twice", plain(b"Content-Length: 5\r\n"), b"hello"),
    Case("length and chunked", plain(b"Transfer-Encoding: chunked\r\n", b""), b"5\r\nhello\r\n0\r\n\r\n"),
    Case("no reason phrase", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", b"hello", reused=True),
    Case("UTF-8 reason phrase", "HTTP/1.1 200 Schön ✓\r\nContent-Length: 5\r\n\r\n".encode(), b"hello", reused=True),
    Case("status 999", b"HTTP/1.1 999 Denied\r\nContent-Length: 5\r\n\r\n", b"hello", status=999, reused=True),
    Case("64 KiB field", plain(b"X-Big: " + b"x" * 65536 + b"\r\n"), b"hello", reused=True),
    Case("NUL in a value", plain(b"X-Nul: a\x00b\r\n"), b"hello"),
    Case("space before the colon", plain(b"X-Space : b\r\n"), b"hello"),
    Case("length after a space", OK + b"Content-Length : 5\r\n\r\n", b"hello"),
    Case("empty 200", plain(b"", b""), reused=True),
    Case("identity coding", plain(b"Transfer-Encoding: identity\r\n"), b"hello"),
    Case("coding without chunks", plain(b"Transfer-Encoding: gzip\r\n"), PACKED, ends=True),
    Case("gzip in chunks", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
    Case("101 unasked", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", status=101),
    Case("negative length", OK + b"Content-Length: -5\r\n\r\n", truncated="unspecified"),
    Case("conflicting lengths", plain(b"Content-Length: 2\r\n"), truncated="unspecified"),
    Case("keep-alive refused", plain(b"Connection: X, Close\r\n"), b"hello"),
]  # fmt: skip


@pytest.mark.parametrize("way", ["whole", "split", "tls"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_exchange_is_what_went_over_the_wire(case, way, server, run, certificates):
    async def scenario() -> None:
        def script(request: bytes) -> list[bytes | str]:
            if b" /next " in request:
                return [NEXT]
            return [case.sent, *(["end"] if case.ends else [])]

        tls = certificates.server if way == "tls" else None
        async with server(script, tls=tls, split=7 if way == "split" else None) as site:
            pool = site.pool(ca_file=certificates.authority)
            origin = "https://good.example" if tls else "http://good.example"
            got = await pool.fetch(case.method, f"{origin}/a%20b?q=1&&r#part", FIELDS)
            assert (got.head, got.body) == (case.head, case.body)
            assert (got.parsed.status, got.truncated) == (case.status, case.truncated)
            assert got.interim == len(case.interim)
            assert got.surplus <= len(case.surplus)
            assert split_message(got.head + got.body) == (got.head, got.body)
            assert got.request == site.received[0]
            assert got.ip_address == "127.0.0.1"
            after = await pool.fetch("GET", f"{origin}/next", FIELDS)
            assert after.head + after.body == NEXT
            assert after.request == site.received[-1]
            assert site.accepted == (1 if case.reused else 2)
            await pool.close()

    run(scenario())


def test_a_request_goes_out_as_it_was_given(server, run):
    async def scenario() -> None:
        async with server(lambda _: [NEXT]) as site:
            pool = site.pool()
            got = await pool.fetch(
                "POST", "http://good.example:81/form", FIELDS, b"a=1\x00\r\n\r\nb"
            )
            await pool.close()
            assert got.request == site.received[0]
            assert site.received[0] == (
                b"POST /form HTTP/1.1\r\nHost: good.example:81\r\nuser-Agent: Backissue\r\n"
                b"ACCEPT: */*\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 9\r\n\r\na=1\x00\r\n\r\nb"
            )
            assert got.head + got.body == site.sent[0]

    run(scenario())
