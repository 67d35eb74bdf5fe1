"""What servers send, and what of it stands in the exchange: byte for byte, against the server's log."""

from __future__ import annotations

import pytest

from archive.web.http import split_message
from shapes import SHAPES

FIELDS = [
    (b"user-Agent", b"Backissue"),
    (b"ACCEPT", b"*/*"),
    (b"X-Twice", b"1"),
    (b"X-Twice", b"2"),
]
NEXT = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnext page"


@pytest.mark.parametrize("way", ["whole", "split", "tls"])
@pytest.mark.parametrize("case", SHAPES, ids=lambda case: case.name)
def test_an_exchange_is_what_went_over_the_wire(case, way, server, run, certificates):
    async def scenario() -> None:
        def script(request: bytes) -> list[bytes | str]:
            if b" /next " in request:
                return [NEXT]
            return [case.sent, *([case.ending] if case.ending else [])]

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
