from __future__ import annotations

import asyncio
import hashlib

import pytest

from crawlers.wire import ExchangeFailed, Pool, Settings

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
URL = "http://good.example/"


def echo(request: bytes) -> list[bytes]:
    """A body that only this request can have, chunked or not."""
    path = request.split(b" ")[1]
    body = path + hashlib.sha256(path).hexdigest().encode() * (len(path) * 7)
    if path.endswith(b"3"):
        framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        return [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed]
    return [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_300_at_once_are_never_crossed(scheme, server, run, certificates):
    async def scenario() -> None:
        tls = certificates.server if scheme == "https" else None
        async with server(echo, tls=tls) as site:
            pool = site.pool(per_host=24, ca_file=certificates.authority)
            urls = [f"{scheme}://good.example/{n}" for n in range(300)]
            got = await asyncio.gather(*(pool.fetch("GET", url, []) for url in urls))
            for n, exchange in enumerate(got):
                assert exchange.request.startswith(b"GET /%d HTTP/1.1\r\n" % n)
                assert [exchange.head + exchange.body] == echo(exchange.request)
            assert sorted(e.request for e in got) == sorted(site.received)
            assert site.accepted <= 24
            assert site.most > 1
            await pool.close()
            assert await site.settle() == 0

    run(scenario())


def test_surplus_sent_at_once_does_not_answer_the_next_request(server, run):
    async def scenario() -> None:
        async with server(lambda r: [SHORT + SECOND] if b" /bad " in r else [PAGE]) as site:
            pool = site.pool()
            first = await pool.fetch("GET", URL + "bad", [])
            assert (first.body, first.surplus, first.truncated) == (b"ok", len(SECOND), None)
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            assert site.accepted == 2
            await pool.close()

    run(scenario())


def test_bytes_on_an_idle_connection_close_it(server, run):
    async def scenario() -> None:
        async with server(lambda r: [SHORT, 0.05, SECOND] if b" /bad " in r else [PAGE]) as site:
            pool = site.pool()
            first = await pool.fetch("GET", URL + "bad", [])
            assert (first.body, first.surplus) == (b"ok", 0)
            assert await site.settle() == 0
            assert site.sent == [SHORT + SECOND]
            assert (await pool.fetch("GET", URL, [])).body == b"page"
            assert site.accepted == 2
            await pool.close()

    run(scenario())


def test_one_exchange_at_a_time_to_a_host_and_in_order(server, run):
    async def scenario() -> None:
        async with server(lambda _: [0.01, PAGE]) as site:
            pool = site.pool()
            await asyncio.gather(*(pool.fetch("GET", f"{URL}{n}", []) for n in range(8)))
            assert [r.split(b" ")[1] for r in site.received] == [b"/%d" % n for n in range(8)]
            assert (site.accepted, site.most) == (1, 1)
            await pool.close()

    run(scenario())


def test_another_host_does_not_wait(server, run):
    async def scenario() -> None:
        async with server(lambda r: [5.0, PAGE] if b" /slow " in r else [PAGE]) as site:
            pool = site.pool()
            slow = asyncio.create_task(pool.fetch("GET", URL + "slow", []))
            assert (await pool.fetch("GET", "http://other.example/", [])).body == b"page"
            assert not slow.done()
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)
            await pool.close()

    run(scenario())


def dies_on_the_second(requests: list[bytes]):
    def script(request: bytes) -> list[bytes | str]:
        requests.append(request)
        return ["end"] if len(requests) == 2 else [PAGE]

    return script


def test_a_kept_connection_that_is_dead_costs_one_more_try(server, run):
    async def scenario() -> None:
        async with server(dies_on_the_second([])) as site:
            pool = site.pool()
            await pool.fetch("GET", URL, [])
            again = await pool.fetch("GET", URL, [])
            assert again.body == b"page"
            assert site.received == [again.request] * 3
            assert site.accepted == 2
            await pool.close()

    run(scenario())


def test_a_post_is_not_sent_twice(server, run):
    async def scenario() -> None:
        async with server(dies_on_the_second([])) as site:
            pool = site.pool()
            await pool.fetch("GET", URL, [])
            with pytest.raises(ExchangeFailed) as failed:
                await pool.fetch("POST", URL, [], b"order")
            assert (failed.value.kind, failed.value.exchange) == ("disconnect", None)
            assert len(site.received) == 2
            await pool.close()

    run(scenario())


def test_a_new_connection_that_is_dead_is_not_tried_again(server, run):
    async def scenario() -> None:
        async with server(lambda _: ["reset"]) as site:
            pool = site.pool()
            with pytest.raises(ExchangeFailed, match="disconnect"):
                await pool.fetch("GET", URL, [])
            assert len(site.received) == 1
            await pool.close()

    run(scenario())


def test_a_request_that_says_close_is_the_last_on_its_connection(server, run):
    async def scenario() -> None:
        async with server(lambda _: [PAGE]) as site:
            pool = site.pool()
            for _ in range(2):
                await pool.fetch("GET", URL, [(b"Connection", b"close")])
            assert site.accepted == 2
            assert await site.settle() == 0
            await pool.close()

    run(scenario())


def test_an_idle_connection_is_given_up_in_time(server, run):
    async def scenario() -> None:
        async with server(lambda _: [PAGE]) as site:
            pool = site.pool(keep_idle=0.05)
            await pool.fetch("GET", URL, [])
            assert await site.settle() == 0
            await pool.close()

    run(scenario())


def test_closing_ends_what_is_under_way(server, run):
    async def scenario() -> None:
        async with server(lambda _: [PAGE[:-2], 20.0]) as site:
            pool = site.pool()
            running = [asyncio.create_task(pool.fetch("GET", URL, [])) for _ in range(3)]
            while not site.sent:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            await pool.close()
            cut, *waiting = await asyncio.gather(*running, return_exceptions=True)
            assert (cut.body, cut.truncated) == (b"pa", "disconnect")
            assert [w.kind for w in waiting] == ["disconnect", "disconnect"]
            with pytest.raises(ExchangeFailed, match="the pool is closed"):
                await pool.fetch("GET", "http://localhost/", [])
            assert await site.settle() == 0

    run(scenario())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433",
        "0x7f000001", "0177.0.0.1", "127.1", "0.0.0.0", "0", "127.0.0.9", "[::]", "127。0。0。1",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "[::127.0.0.1]", "good.example@127.0.0.1",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_connected_to(host, server, run):
    async def scenario() -> None:
        async with server(lambda _: [PAGE], host="0.0.0.0") as site:
            pool = Pool(Settings())
            for scheme in ("http", "https"):
                with pytest.raises(ExchangeFailed) as failed:
                    await pool.fetch("GET", f"{scheme}://{host}:{site.port}/", [])
                assert failed.value.kind == "private_address"
            await pool.close()
            assert (site.accepted, site.received) == (0, [])

    run(scenario())


def test_what_was_checked_is_what_is_connected_to(server, run):
    async def scenario() -> None:
        answers = [["127.0.0.1"], ["127.0.0.9"], ["10.0.0.1"]]

        async def rebinding(_: str) -> list[str]:
            return answers.pop(0)

        async with server(lambda _: [PAGE], host="0.0.0.0") as site:
            pool = Pool(Settings(allow_private=True), rebinding)
            closing = [(b"Connection", b"close")]
            for expected in ("127.0.0.1", "127.0.0.9"):
                got = await pool.fetch("GET", f"http://good.example:{site.port}/", closing)
                assert got.ip_address == expected
            await pool.close()
            guarded = Pool(Settings(), rebinding)
            with pytest.raises(ExchangeFailed, match="private_address"):
                await guarded.fetch("GET", f"http://good.example:{site.port}/", [])
            await guarded.close()
            assert (site.accepted, answers) == (2, [])

    run(scenario())
