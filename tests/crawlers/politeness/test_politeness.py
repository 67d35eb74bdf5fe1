"""Politeness of real crawl processes, read from the server's own log: order, and gaps from below."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from itertools import pairwise

import pytest

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Halt, Order, Refused
from loopback import Answer, Asked, Host, crawled, outcomes, paths, serving

LATE = 0.1  # seconds by which a busy server may see a request later than it was sent


def source(name: str, *urls: str, delay: float = 0) -> Source:
    pages = urls or (f"http://{name}.example/",)
    return Source(name=name, url=f"http://{name}.example/", pages=pages, delay=delay)


def gaps(asked: list[Asked]) -> list[float]:
    """Seconds from each request to the next."""
    return [after.at - before.at for before, after in pairwise(asked)]


HOSTS = {
    "shared.example": lambda path, before: Answer(seconds=0.05),
    "moved.example": lambda path, before: (
        Answer() if path == "/robots.txt" else _moved(f"http://cdn.example{path}")
    ),
    "spaced.example": lambda path, before: (
        Answer("User-agent: *\nCrawl-delay: 0.4\n") if path == "/robots.txt" else Answer()
    ),
    "seconds.example": lambda path, before: _strained(path, before, {"Retry-After": "2"}),
    "dated.example": lambda path, before: _strained(
        path,
        before,
        {"Retry-After": formatdate(2e9 + 2, usegmt=True), "Date": formatdate(2e9, usegmt=True)},
    ),
    "failing.example": lambda path, before: Answer(
        "", 503 if path == "/robots.txt" and not before else 200
    ),
    "tired.example": lambda path, before: (
        Answer("", 429, {"Retry-After": "86400"}) if path == "/0" else Answer()
    ),
    "endless.example": lambda path, before: (
        Answer() if path == "/robots.txt" else Answer("", 429, {"Retry-After": "0"})
    ),
    "ruleless429.example": lambda path, before: Answer("", 429),
    "ruleless500.example": lambda path, before: Answer("", 500),
}


def _moved(target: str) -> Answer:
    return Answer("", 302, {"Location": target})


def _strained(path: str, before: int, fields: dict[str, str]) -> Answer:
    """A page that asks for rest the first time."""
    return Answer("", 429, fields) if path == "/1" and not before else Answer()


def pages(host: str, numbers: range) -> list[str]:
    return [f"http://{host}/{n}" for n in numbers]


SOURCES = (
    source("fast", *pages("shared.example", range(3))),
    source("slow", *pages("shared.example", range(3, 6)), delay=0.3),
    source("moved", *pages("moved.example", range(3)), delay=0.3),
    source("spaced", *pages("spaced.example", range(3))),
    source("seconds", *pages("seconds.example", range(6))),
    source("dated", *pages("dated.example", range(6))),
    source("one", "http://failing.example/1"),
    source("other", "http://failing.example/2"),
    source("tired", *pages("tired.example", range(3))),
    source("endless", *pages("endless.example", range(1))),
    source("ruleless429", *pages("ruleless429.example", range(1))),
    source("ruleless500", *pages("ruleless500.example", range(1))),
)


@dataclass(frozen=True)
class Story:
    """All sources crawled at once by one process: what the hosts saw, and what came of it."""

    host: Host
    runs: dict[str, Run]
    outcomes: dict[str, str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Crawled once; the tests read it."""
    path = tmp_path_factory.mktemp("polite") / "library"
    with serving() as host, Library.create(path) as made:
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        host.answer = lambda name, path, before: HOSTS.get(name, lambda *_: Answer())(path, before)
        yield Story(host, crawled(made, host, *SOURCES), outcomes(made))


def test_two_sources_on_a_host_keep_the_slower_ones_delay_and_never_overlap(story: Story) -> None:
    asked = story.host.of("shared.example")
    assert sorted(paths(asked)) == sorted(["/robots.txt", *(f"/{n}" for n in range(6))])
    assert min(gaps(asked)) >= 0.3 - LATE
    assert all(before.until <= after.at + LATE for before, after in pairwise(asked))


def test_a_host_that_no_source_names_keeps_the_delay_of_who_asks(story: Story) -> None:
    asked = story.host.of("cdn.example")
    assert sorted(paths(asked)) == ["/0", "/1", "/2", "/robots.txt"]
    assert min(gaps(asked)) >= 0.3 - LATE


def test_a_crawl_delay_of_robots_raises_the_delay(story: Story) -> None:
    asked = story.host.of("spaced.example")
    assert asked[0].path == "/robots.txt"
    assert min(gaps(asked[1:])) >= 0.4 - LATE


@pytest.mark.parametrize("name", ["seconds.example", "dated.example"])
def test_retry_after_is_waited_for_and_the_host_is_asked_gently_again(
    story: Story, name: str
) -> None:
    asked = story.host.of(name)
    strained = paths(asked).index("/1")
    after = gaps(asked)[strained:]
    assert after[0] >= 2 - LATE
    room = [0.75**n for n in range(1, len(after))]  # a second, less with each good answer
    assert all(gap >= least - LATE for gap, least in zip(after[1:], room, strict=True))
    assert {story.outcomes[url] for url in pages(name, range(6))} == {"fetched"}


def test_a_host_that_is_asked_too_much_is_slowed_for_all_sources(story: Story) -> None:
    asked = story.host.of("failing.example")
    assert paths(asked)[:2] == ["/robots.txt", "/robots.txt"]
    assert gaps(asked)[0] >= 1 - LATE
    assert gaps(asked)[1] >= 0.75 - LATE
    assert gaps(asked)[2] >= 0.75**2 - LATE
    assert sorted(paths(asked)[2:]) == ["/1", "/2"]


def test_a_host_that_wants_a_long_rest_is_left_alone(story: Story) -> None:
    """And the run waits for it no more than for the others."""
    assert paths(story.host.of("tired.example")) == ["/robots.txt", "/0"]
    found = {story.outcomes[url] for url in pages("tired.example", range(3))}
    assert found == {"blocked:retry_after"}
    assert story.runs["tired"].state == "aborted"
    assert "tired.example asked for" in (story.runs["tired"].detail or "")


def test_who_says_429_for_ever_is_blocked(story: Story) -> None:
    asked = story.host.of("endless.example")
    assert paths(asked) == ["/robots.txt", "/0", "/0", "/0"]
    assert gaps(asked)[1] >= 1 - LATE
    assert gaps(asked)[2] >= 2 - LATE
    assert story.outcomes["http://endless.example/0"] == "blocked:http_429"


@pytest.mark.parametrize("name", ["ruleless429", "ruleless500"])
def test_where_robots_cannot_be_read_nothing_is_asked(story: Story, name: str) -> None:
    assert set(paths(story.host.of(f"{name}.example"))) == {"/robots.txt"}
    assert story.outcomes[f"http://{name}.example/0"] == "blocked:robots_unavailable"
    assert "robots.txt cannot be read" in (story.runs[name].detail or "")


@pytest.mark.long
def test_rules_that_cannot_be_read_now_hold_for_a_day_in_any_process(
    library: Library, host: Host
) -> None:
    rules = "User-agent: *\nDisallow: /1\n"
    host.answer = lambda name, path, _: Answer(rules if path == "/robots.txt" else "")
    one = source("one", *pages("one.example", range(2)))
    crawled(library, host, one)
    host.answer = lambda name, path, _: Answer("", 503 if path == "/robots.txt" else 200)
    crawled(library, host, one)
    assert paths(host.of("one.example")) == ["/robots.txt", "/0", *["/robots.txt"] * 3, "/0"]
    with library.state.transaction() as connection:
        connection.execute("UPDATE robots SET fetch_time = '2026-11-24T06:00:00.000000+00:00'")
    crawled(library, host, one)
    assert paths(host.of("one.example"))[6:] == ["/robots.txt"] * 3
    assert outcomes(library)["http://one.example/0"] == "blocked:robots_unavailable"


def test_the_rest_that_a_host_asked_for_is_kept_by_the_next_process(
    library: Library, host: Host
) -> None:
    host.answer = lambda name, path, _: (
        Answer("", 429, {"Retry-After": "86400"}) if path == "/0" else Answer()
    )
    tired = source("tired", *pages("tired.example", range(1)))
    crawled(library, host, tired)
    crawled(library, host, tired)
    assert paths(host.of("tired.example")) == ["/robots.txt", "/0"]
    assert outcomes(library)["http://tired.example/0"] == "blocked:retry_after"


@pytest.mark.long
def test_a_slow_host_keeps_no_other_waiting(library: Library, host: Host) -> None:
    """40 pages of a host that takes its time, asked for first; then a host that is quick."""
    host.answer = lambda name, path, _: Answer(seconds=0.1 if name == "slow.example" else 0)
    slow = source("slow", *(f"http://slow.example/{n}" for n in range(40)))
    quick = source("quick", *(f"http://quick.example/{n}" for n in range(5)))
    crawled(library, host, slow, quick)
    last = host.of("quick.example")[-1]
    assert len(host.of("quick.example")) == 6
    assert sum(one.until <= last.until for one in host.of("slow.example")) < 30


def test_a_run_ends_by_itself_and_is_halted_alone(library: Library, host: Host) -> None:
    """While one source goes on, another one ends, a third is refused twice, the first is halted."""
    long = source("long", *(f"http://long.example/{n}" for n in range(200)), delay=0.1)
    short = source("short")

    async def crawl() -> tuple[Run, Run, Refused]:
        process = await CrawlProcess.start(CrawlJob(library.path, (), True, host.resolve))
        process.give(Order(long, host_delays([long])))
        process.give(Order(short, {}, "2026-11-24T06:00:00"))
        ended: dict[str, Run] = {}
        refused: list[Refused] = []
        async for report in process.reports():
            if isinstance(report, Refused):
                refused.append(report)
                process.give(Halt("long"))
            elif report.ended:
                ended[report.source] = report
                if report.source == "short":
                    process.give(Order(short, {}, "2026-11-24T06:00:00"))  # the same time again
                else:
                    process.end()
        assert await process.wait() == 0
        return ended["short"], ended["long"], refused[0]

    done, halted, refused = asyncio.run(crawl())
    assert done.state == "done"
    assert "has run for 2026-11-24T06:00:00 already" in refused.reason
    assert halted.state == "interrupted"
    assert 0 < halted.captures < 200
    assert halted.captures == len(host.of("long.example"))
    assert len(library.state.runs()) == 2


def test_who_orders_a_crawl_by_hand_has_a_robots_txt_tried_again_that_failed(
    library: Library, host: Host
) -> None:
    """By schedule it is not asked for ten minutes, and the run says when it was, and will be."""
    up = False

    def answer(_: str, path: str, __: int) -> Answer:
        return Answer("", 404 if path == "/robots.txt" else 200) if up else Answer("", 503)

    host.answer = answer
    one = source("one", "http://one.example/0")
    moments: list[str | None] = ["2026-11-30T06:00:00+00:00", "2026-11-30T07:00:00+00:00", None]

    async def crawl() -> list[Run]:
        nonlocal up
        process = await CrawlProcess.start(CrawlJob(library.path, (one,), True, host.resolve))
        ended: list[Run] = []
        process.give(Order(one, scheduled_for=moments[0]))
        async for report in process.reports():
            if isinstance(report, Run) and report.ended:
                ended.append(report)
                up = True
                if len(ended) == len(moments):
                    process.end()
                else:
                    process.give(Order(one, scheduled_for=moments[len(ended)]))
        assert await process.wait() == 0
        return ended

    first, second, third = asyncio.run(crawl())
    assert "robots.txt cannot be read (status 503)" in (first.detail or "")
    assert "not asked: robots.txt cannot be read" in (second.detail or "")
    assert re.search(r" at \d\d:\d\d, next try at \d\d:\d\d \(UTC\)$", second.detail or "")
    assert (third.state, third.detail) == ("done", None)
    assert paths(host.of("one.example")) == [*["/robots.txt"] * 4, "/0"]
