"""What is large is read beside the event loop, which goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from archive.library import Library
from archive.source import Source
from crawlers.discovery.listings import ListingTask
from crawlers.spiders.reading import Readers
from loopback import Answer, Host, crawled

FEED = "http://a.example/feed"


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.close()


def feed(count: int, path: str = "/piece-") -> bytes:
    items = b"".join(
        b"<item><title>%d</title><link>%s%d</link></item>" % (n, path.encode(), n)
        for n in range(count)
    )
    return b"<rss><channel>" + items + b"</channel></rss>"


def task(content: bytes) -> ListingTask:
    return ListingTask(kind="feed", content=content, url=FEED, content_type=None)


def own_id(_: object) -> int:
    return os.getpid()


def die(_: object) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_the_loop_has_its_turns_while_a_large_feed_is_read(readers: Readers) -> None:
    async def read() -> tuple[int, int]:
        turns, done = 0, asyncio.ensure_future(readers.listing(task(feed(20_000))))
        while not done.done():
            turns += 1
            await asyncio.sleep(0.002)
        return turns, len(done.result().listing.entries)

    turns, entries = asyncio.run(read())
    assert entries == 20_000
    assert turns > 20  # one or two, if the loop itself read it


def test_a_small_feed_needs_no_other_process(readers: Readers) -> None:
    async def read() -> int:
        reading = readers.listing(task(feed(10)))
        with pytest.raises(StopIteration) as done:  # it never waits
            reading.send(None)
        return len(done.value.value.listing.entries)

    assert asyncio.run(read()) == 10


def test_what_kills_its_reader_costs_itself_alone(readers: Readers) -> None:
    async def read() -> tuple[int | None, int | None]:
        return await readers.apart(die, None), await readers.apart(own_id, None)

    killed, pid = asyncio.run(read())
    assert killed is None
    assert pid not in (None, os.getpid())


def test_a_crawl_reads_large_listings_and_notes_its_longest_stall(
    library: Library, host: Host
) -> None:
    """Each entry is denied, so that nothing is asked for but the feed and the page of links."""
    rows = "".join(f'<p><a href="/piece-{n}">A piece {n}</a></p>' for n in range(8_000))
    answers = {"/feed": Answer(feed(3_000), fields={"Content-Type": "text/xml"}), "/": Answer(rows)}
    host.answer = lambda _, path, __: answers.get(path, Answer("no", 404))
    rules = {"allow": ["/none/"]}
    source = Source(name="a", url="http://a.example/", feeds=("/feed",), article=rules, delay=0)
    runs = crawled(library, host, source)
    assert runs["a"].state == "done"
    kept = library.state.last_runs("a", 1)[0]
    assert kept.longest_stall is not None
    assert 0 <= kept.longest_stall < 60
    denied = library.state.rows("SELECT count(*) FROM frontier WHERE outcome = 'denied'")
    assert denied[0][0] == 3_000
