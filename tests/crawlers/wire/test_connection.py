from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crawlers.wire import ExchangeFailed

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
URL = "http://good.example/"


def then_page(*steps):
    """Play *steps* for the first request, answer the others well."""
    left = [list(steps)]
    return lambda _: left.pop() if left else [PAGE]


def test_a_body_that_stalls_is_cut_and_kept(server, run):
    async def scenario() -> None:
        async with server(then_page(HEAD + b"so far", 20.0)) as site:
            pool = site.pool(timeout=0.2)
            got = await pool.fetch("GET", URL, [])
            assert (got.head, got.body, got.truncated) == (HEAD, b"so far", "time")
            assert 0.1 < got.elapsed < 10
            assert got.started.utcoffset().total_seconds() == 0
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            await pool.close()
            assert await site.settle() == 0

    run(scenario())


def drops(data: bytes) -> list[bytes | float]:
    return [step for byte in data for step in (bytes([byte]), 0.05)]


def test_a_body_that_drips_is_cut_when_its_time_is_over(server, run):
    """A byte now and then keeps no exchange alive."""

    async def scenario() -> None:
        async with server(then_page(HEAD, *drops(b"x" * 40))) as site:
            pool = site.pool(timeout=0.4)
            got = await pool.fetch("GET", URL, [])
            assert (got.head, got.truncated) == (HEAD, "time")
            assert 0 < len(got.body) < 20
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            await pool.close()

    run(scenario())


def test_a_head_that_drips_fails_when_its_time_is_over(server, run):
    async def scenario() -> None:
        async with server(then_page(*drops(HEAD))) as site:
            pool = site.pool(timeout=0.4)
            with pytest.raises(ExchangeFailed) as failed:
                await pool.fetch("GET", URL, [])
            assert failed.value.kind == "timeout"
            kept = failed.value.exchange.head
            assert 0 < len(kept) < 20
            assert HEAD.startswith(kept)
            await pool.close()

    run(scenario())


@pytest.mark.parametrize(
    ("steps", "kind", "kept"),
    [
        ((20.0,), "timeout", None),
        ((HEAD[:20], 20.0), "timeout", HEAD[:20]),
        ((HEAD[:20], "end"), "disconnect", HEAD[:20]),
        (("end",), "disconnect", None),
        ((b"SSH-2.0-server\r\n", 20.0), "protocol", b"SSH-2.0-server\r\n"),
        ((b"<p>HTTP/0.9 page</p>", "end"), "protocol", b"<p>HTTP/0.9 page</p>"),
        ((b"HTTP/1.1 what\r\n\r\n", 20.0), "protocol", b"HTTP/1.1 what\r\n\r\n"),
        ((b"HTTP/1.1 103 Early\r\n\r\n", "end"), "disconnect", b""),
    ],
)
def test_an_answer_without_a_head_fails_and_keeps_its_bytes(steps, kind, kept, server, run):
    async def scenario() -> None:
        async with server(then_page(*steps)) as site:
            pool = site.pool(timeout=0.3)
            with pytest.raises(ExchangeFailed) as failed:
                await pool.fetch("GET", URL, [])
            partial = failed.value.exchange
            assert failed.value.kind == kind
            assert (partial and partial.head + partial.body) == kept
            assert "\n" not in str(failed.value)
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            await pool.close()

    run(scenario())


def test_a_reset_in_the_body_is_a_disconnect(server, run):
    async def scenario() -> None:
        script = then_page(b"HTTP/1.1 200 OK\r\n\r\nuntil close", 0.1, "reset")
        async with server(script) as site:
            pool = site.pool()
            got = await pool.fetch("GET", URL, [])
            assert (got.body, got.truncated) == (b"until close", "disconnect")
            await pool.close()

    run(scenario())


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9000000", b"Transfer-Encoding: chunked", b"A: b"]
)
def test_a_body_without_end_is_cut_at_the_limit(framing, server, run):
    async def scenario() -> None:
        head = b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n"
        flood = (b"fff\r\n" + b"x" * 0xFFF + b"\r\n") * 500
        async with server(then_page(head, flood)) as site:
            pool = site.pool(max_body=100_000)
            got = await pool.fetch("GET", URL, [])
            assert (got.head, got.body, got.truncated) == (head, flood[:100_000], "length")
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            await pool.close()
            assert await site.settle() == 0

    run(scenario())


def test_a_head_without_end_is_refused(server, run):
    async def scenario() -> None:
        async with server(then_page(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n" * 1000] * 100)) as site:
            pool = site.pool(max_head=65536)
            with pytest.raises(ExchangeFailed) as failed:
                await pool.fetch("GET", URL, [])
            assert failed.value.kind == "too_large"
            assert failed.value.exchange.head.startswith(b"HTTP/1.1 200 OK\r\nX-A: b\r\n")
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            await pool.close()

    run(scenario())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_cancelled_fetch_leaves_no_socket(scheme, server, run, certificates):
    def sockets() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    async def scenario() -> None:
        tls = certificates.server if scheme == "https" else None
        async with server(lambda _: [HEAD[:20], 0.01, HEAD[20:], 20.0], tls=tls) as site:
            pool = site.pool(ca_file=certificates.authority)
            before = sockets()
            for turns in [*range(12), 20, 40, 80]:
                task = asyncio.create_task(pool.fetch("GET", f"{scheme}://good.example/", []))
                for _ in range(turns):
                    await asyncio.sleep(0.001 if turns > 12 else 0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert await site.settle() == 0
            assert sockets() <= before
            await pool.close()

    run(scenario())
