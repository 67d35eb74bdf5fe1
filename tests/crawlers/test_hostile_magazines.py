"""One magazine does its worst beside four others: these go on as if it were not there.

Each attack prints what it costs: `pytest -m long -s` shows it, and docs/faults.md has the figures.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Halt, Order
from loopback import Answer, Host, paths, serving

HEALTHY = tuple(f"calm{n}" for n in range(4))
PIECES, DELAY = 25, 0.2
LEAST = 0.8  # of the rate of the others while nobody attacks
TRIES = 3  # other programs may take the machine away
EVIL = "evil.example"
TEXT = "".join(f"<p>On day {n} the tide left {n * n} nets upon the quay.</p>" for n in range(20))
XML = {"Content-Type": "text/xml"}
INSIDE = ("http://127.0.0.1:{0}/a", "http://[::1]:{0}/a", "http://localhost:{0}/a", "http://0/a")

Attack = Callable[[str, int], Answer]


def feed_of(body: bytes) -> Attack:
    """A magazine whose feed is *body*, in each of its visits."""
    return lambda path, _: Answer(body, fields=XML) if path == "/feed" else Answer("<p>Front")


def page_of(body: str) -> Attack:
    return lambda path, _: Answer(body if path == "/" else TEXT)


def sitemap_of(body: bytes) -> Attack:
    answers = {"/robots.txt": Answer(f"Sitemap: http://{EVIL}/s.xml"), "/s.xml": Answer(body)}
    return lambda path, _: answers.get(path, Answer("<p>Front"))


def endless_lists(path: str, _: int) -> Answer:
    """Each page leads to ten new ones, with a session in their addresses, and to a new article."""
    if re.search(r"/tides-\d+/$", path):
        return Answer(f"<article>{TEXT}</article>")
    base = path if path.startswith("/category/") else "/category/"
    lists = "".join(f'<a href="{base}s{n}lamp/">Lamps {n}</a>' for n in range(10))
    title = f'<h2><a href="/2025/01/{abs(hash(path))}/tides-{len(path)}/">Tides</a></h2>'
    return Answer(f"<nav>{lists}</nav><article>{title}</article>")


def endless_indexes(path: str, _: int) -> Answer:
    if path == "/robots.txt":
        return Answer(f"Sitemap: http://{EVIL}/s.xml")
    more = "".join(
        f"<sitemap><loc>http://{EVIL}{path.removesuffix('.xml')}{n}.xml</loc></sitemap>"
        for n in range(300)
    )
    return Answer(f"<sitemapindex>{more}</sitemapindex>" if path.startswith("/s") else TEXT)


def hour_long_delay(path: str, _: int) -> Answer:
    return Answer("User-agent: *\nCrawl-delay: 3600") if path == "/robots.txt" else Answer(TEXT)


def redirects(path: str, _: int) -> Answer:
    if path == "/robots.txt":
        return Answer("", 404)
    number = int(re.sub(r"\D", "", path) or 0)
    return Answer("", 302, {"Location": f"/away-{number + 1}"})


def inward(ports: str) -> Attack:
    """Everything that it names is inside: of this machine, and of its network."""
    named = [url.format(ports) for url in INSIDE] + ["http://169.254.169.254/latest/meta-data/"]
    items = "".join(f"<item><link>{url}</link></item>" for url in named)
    links = "".join(f'<a href="{url}">{url}</a>' for url in named)

    def answer(path: str, _: int) -> Answer:
        if path == "/robots.txt":
            return Answer("".join(f"Sitemap: {url}\n" for url in named))
        if path == "/feed":
            return Answer(f"<rss><channel>{items}</channel></rss>", fields=XML)
        return Answer("", 302, {"Location": named[0]}) if path == "/away" else Answer(links)

    return answer


def nested(depth: int, count: int) -> bytes:
    links = b"<link>http://evil.example/1</link>" * count
    return b"<rss><channel>" + b"<item>" * depth + links + b"</item>" * depth + b"</channel></rss>"


def broken(count: int) -> bytes:
    items = (
        b"<item><title>A &nosuch; %d</title><link>/%d</link><x></item>" % (n, n)
        for n in range(count)
    )
    return b"<rss><channel>" + b"".join(items)


def urls(count: int) -> bytes:
    rows = (
        b"<url><loc>http://evil.example/2025/01/piece-%d/</loc></url>" % n for n in range(count)
    )
    return b"<urlset>" + b"".join(rows) + b"</urlset>"


def rows(count: int) -> str:
    return "".join(
        f"<div><h2><a href=/a-piece-{n}>A piece {n}</a></h2><p>Of the quay and the tide</p></div>"
        for n in range(count)
    )


ATTACKS: dict[str, Callable[[], Attack]] = {
    "items in items, 1.25 MB": lambda: feed_of(nested(200, 40_000)),
    "a broken feed of 4 MB": lambda: feed_of(broken(70_000)),
    "four million empty items": lambda: feed_of(b"<rss><channel>" + b"<item/>" * 4_000_000),
    "JSON of two million lists": lambda: feed_of(b'{"items": [' + b"[]," * 2_000_000 + b"1]}"),
    "a page of links of 13 MB": lambda: page_of(rows(140_000)),
    "links that stand 200 deep": lambda: page_of("<div>" * 200 + rows(30_000)),
    "a packed sitemap of 150,000 addresses": lambda: sitemap_of(gzip.compress(urls(150_000))),
    "a packed sitemap of 500 MB": lambda: sitemap_of(
        gzip.compress(b"<urlset>" + b" " * 500_000_000, 1)
    ),
    "lists without end": lambda: endless_lists,
    "indexes of sitemaps without end": lambda: endless_indexes,
    "a Crawl-delay of an hour": lambda: hour_long_delay,
    "redirects without end": lambda: redirects,
    "answers that take a minute": lambda: (
        lambda path, _: Answer(TEXT, seconds=30 if path != "/robots.txt" else 0)
    ),
}

IN_FEEDS = tuple(ATTACKS)[:4]


@dataclass(frozen=True)
class Crawl:
    """What came of a crawl: how fast the healthy were asked, and what it took."""

    rate: float  # requests to a healthy magazine in a second
    stall: float
    peak: int  # bytes of the crawl process
    runs: dict[str, Run]


def declared() -> list[Source]:
    calm = [
        Source(
            name=name,
            url=f"http://{name}.example/",
            pages=tuple(f"http://{name}.example/2025/piece-{n}/" for n in range(PIECES)),
            delay=DELAY,
        )
        for name in HEALTHY
    ]
    evil = Source(
        name="evil",
        url=f"http://{EVIL}/",
        feeds=("/feed", "/away"),
        delay=0,
        budget={"time": "60s"},
    )
    bare = Source(name="evil", url=f"http://{EVIL}/", delay=0, budget={"time": "60s"})
    return [*calm, evil, bare]


def crawl(library: Library, host: Host, *sources: Source) -> Crawl:
    """Crawl them at once by one process, until the healthy ones have ended."""

    async def run() -> tuple[dict[str, Run], int]:
        job = CrawlJob(library.path, sources, False, host.resolve)
        process = await CrawlProcess.start(job)
        for source in sources:
            process.give(Order(source, {f"{source.name}.example": source.delay}))
        runs: dict[str, Run] = {}
        peak = 0
        async for report in process.reports():
            assert isinstance(report, Run), report
            runs[report.source] = report
            status = Path(f"/proc/{process.pid}/status").read_text()
            peak = max(peak, *(int(found) << 10 for found in re.findall(r"VmHWM:\s+(\d+)", status)))
            if all(name in runs and runs[name].ended for name in HEALTHY):
                process.give(Halt("evil"))
                process.end()
        assert await process.wait() == 0
        return runs, peak

    runs, peak = asyncio.run(run())
    spans = [host.of(f"{name}.example") for name in HEALTHY]
    took = [asked[-1].at - asked[0].at for asked in spans]
    rate = sum(len(asked) - 1 for asked in spans) / sum(took)
    return Crawl(rate, max(run.longest_stall or 0.0 for run in runs.values()), peak, runs)


def answering(attack: Attack) -> Callable[[str, str, int], Answer]:
    def answer(name: str, path: str, before: int) -> Answer:
        if name == EVIL:
            return attack(path, before)
        return Answer("", 404) if path == "/robots.txt" else Answer(f"<article>{TEXT}</article>")

    return answer


def fresh(path: Path) -> Library:
    Library.create(path).close()
    settings = path / "library.toml"
    settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    return Library.open(path)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """The healthy magazines alone."""
    path = tmp_path_factory.mktemp("calm") / "library"
    with serving() as host, fresh(path) as library:
        host.answer = answering(lambda *_: Answer())
        return crawl(library, host, *declared()[:4])


@pytest.fixture
def trap() -> Iterator[Host]:
    """A server inside, which nobody may reach."""
    with serving() as host:
        yield host


@pytest.mark.long
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_the_others_their_pace(name: str, calm: Crawl, tmp_path: Path) -> None:
    attack, with_feeds = ATTACKS[name](), name in IN_FEEDS
    best = 0.0
    for number in range(TRIES):
        with serving() as host, fresh(tmp_path / f"library{number}") as library:
            host.answer = answering(attack)
            *healthy, evil, bare = declared()
            found = crawl(library, host, evil if with_feeds else bare, *healthy)
            asked = len(host.of(EVIL))
        best = max(best, found.rate / calm.rate)
        print(
            f"\n{name}: rate {found.rate / calm.rate:.2f}, longest stall {found.stall:.2f} s, "
            f"peak {found.peak >> 20} MiB, {asked} requests: {found.runs['evil'].detail}"
        )
        for source in HEALTHY:
            assert (found.runs[source].state, found.runs[source].failed) == ("done", 0)
            assert found.runs[source].captures == PIECES + 1
        if best >= LEAST:
            return
    pytest.fail(f"the others have {best:.2f} of their pace")


@pytest.mark.long
def test_a_magazine_that_leads_inside_reaches_nothing(
    calm: Crawl, trap: Host, tmp_path: Path
) -> None:
    with serving() as host, fresh(tmp_path / "library") as library:
        host.answer = answering(inward(str(trap.port)))
        *healthy, evil, _ = declared()
        found = crawl(library, host, evil, *healthy)
        assert "/feed" in paths(host.of(EVIL))
    assert trap.log == []
    assert found.runs["calm0"].state == "done"
