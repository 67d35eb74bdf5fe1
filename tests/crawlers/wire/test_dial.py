from __future__ import annotations

import asyncio
import socket

import pytest

from crawlers.wire import ExchangeFailed, Pool, Settings

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"


async def kind_of(pool: Pool, url: str) -> str:
    with pytest.raises(ExchangeFailed) as failed:
        await pool.fetch("GET", url, [])
    assert failed.value.exchange is None
    await pool.close()
    return failed.value.kind


def names(*addresses: str):
    async def resolve(_: str) -> list[str]:
        return list(addresses)

    return resolve


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_certificate_must_be_trusted_and_fit_the_name(server, run, certificates):
    async def scenario() -> None:
        async with server(lambda _: [PAGE], tls=certificates.server) as site:
            trusting = {"ca_file": certificates.authority}
            assert await kind_of(site.pool(), "https://good.example/") == "tls"
            assert await kind_of(site.pool(**trusting), "https://bad.example/") == "tls"
            assert site.received == []
            for pool, host in (
                (site.pool(verify=False), "bad.example"),
                (site.pool(**trusting), "good.example"),
                (site.pool(**trusting), "good.example."),
                (site.pool(**trusting), "127.0.0.1"),
            ):
                assert (await pool.fetch("GET", f"https://{host}/", [])).body == b"page"
                await pool.close()

    run(scenario())


def test_tls_to_a_server_that_speaks_none_is_a_tls_failure(server, run):
    async def scenario() -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example\r\n")
            writer.close()

        plain = await asyncio.start_server(greet, "127.0.0.1", 0)
        async with plain:
            pool = server(lambda _: [], port=plain.sockets[0].getsockname()[1]).pool()
            assert await kind_of(pool, "https://good.example/") == "tls"

    run(scenario())


def test_a_closed_port_is_refused(run):
    pool = Pool(Settings(allow_private=True))
    assert run(kind_of(pool, f"http://127.0.0.1:{unused_port()}/")) == "refused"


def test_the_next_address_is_tried_where_one_refuses(server, run):
    async def scenario() -> None:
        async with server(lambda _: [PAGE]) as site:
            pool = Pool(Settings(allow_private=True), names("127.0.0.2", "127.0.0.1"))
            got = await pool.fetch("GET", f"http://good.example:{site.port}/", [])
            assert got.ip_address == "127.0.0.1"
            await pool.close()

    run(scenario())


def test_a_handshake_that_stalls_ends_in_time(run):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        pool = Pool(Settings(allow_private=True, connect_timeout=0.2))
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert run(kind_of(pool, url)) == "connect_timeout"


def test_a_name_without_address_is_a_dns_failure(run):
    async def scenario() -> None:
        async def never(_: str) -> list[str]:
            await asyncio.sleep(20)
            return []

        assert await kind_of(Pool(Settings(), names()), "http://no.example/") == "dns"
        assert await kind_of(Pool(Settings()), "http://no.invalid/") == "dns"
        slow = Pool(Settings(connect_timeout=0.1), never)
        assert await kind_of(slow, "http://slow.example/") == "dns"

    run(scenario())


def test_ipv6_is_connected_to_and_named(server, run):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")

    async def scenario() -> None:
        try:
            site = await server(lambda _: [PAGE], host="::1").__aenter__()
        except OSError:
            pytest.skip("no IPv6 loopback here")
        pool = Pool(Settings(allow_private=True))
        got = await pool.fetch("GET", f"http://[0:0::1]:{site.port}/", [])
        assert (got.body, got.ip_address) == (b"page", "::1")
        assert site.received[0].startswith(b"GET / HTTP/1.1\r\nHost: [0:0::1]:")
        await pool.close()
        await site.__aexit__()

    run(scenario())
