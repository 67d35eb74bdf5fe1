"""What is found without a sitemap's word: lists are walked, and what they lead to is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from archive.types import Capture
from archive.warc.captures import read_captures
from crawlers.discovery.archive_pages import EMPTY
from crawlers.discovery.listings import ONLY_A_FEED
from loopback import Answer, Host, crawled, paths, serving

PER_PAGE = 5
COUNT = 23  # pieces of each magazine
FEED = 10  # of them its feed names
TEXT = "<p>The tide turned before the bell was rung, and nobody had written down the hour.</p>"
NAV = '<nav><a href="/">Start</a><a href="/texte/">Texte</a><a href="/wir-ueber-uns/">Wir</a></nav>'
NAMES = ("tide", "bell", "quay", "rope")
TODAY = datetime.now(UTC).date()
MISSING = Answer("<h1>Nothing here</h1>", 404)


def piece(number: int) -> str:
    """A short address, of which no word says what it is."""
    return f"/{NAMES[number % 4]}-{number}/"


def day(number: int) -> date:
    return date(2025, 1, 1) + timedelta(days=9 * number)


def item(number: int, *, tags: bool = True) -> str:
    filed = f'<a href="/t/{NAMES[number % 4]}/">x</a><a href="/von/ada/">Ada</a>' if tags else ""
    return (
        f'<div class="item"><h2><a href="{piece(number)}">Piece {number}</a></h2>'
        f"<time datetime={day(number)}>{day(number)}</time>{filed}</div>"
    )


def listing(numbers: list[int], more: str = "", *, tags: bool = True) -> Answer:
    items = "".join(item(number, tags=tags) for number in numbers)
    foot = '<footer><a href="/ueber-den-schutz-der-daten/">Daten</a></footer>'
    return Answer(f"<title>A list</title>{NAV}<main>{items}{more}</main>{foot}")


def paged(path: str, base: str, mark: str, newest: int = COUNT) -> Answer:
    """A page of the list at *base*, whose further pages are at *mark* with a number."""
    number = 1 if path == base else int(path.rpartition("=")[2].strip("/"))
    first = newest - (number - 1) * PER_PAGE
    numbers = list(range(first, max(first - PER_PAGE, 0), -1))
    more = f'<a href="{mark}{number + 1}">{number + 1}</a>' if first > PER_PAGE else ""
    return listing(numbers, more)


def feed(host: str, newest: int = COUNT, count: int = FEED) -> Answer:
    numbers = range(newest, max(newest - count, 0), -1)
    rows = "".join(
        f"<item><link>http://{host}{piece(n)}</link><pubDate>{day(n)}</pubDate></item>"
        for n in numbers
    )
    return Answer(f'<rss version="2.0"><channel>{rows}</channel></rss>')


def sitemap(host: str, addresses: list[str]) -> Answer:
    rows = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in addresses)
    return Answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>')


def article(path: str) -> Answer:
    return Answer(f"{NAV}<article><h1>{path}</h1>{TEXT * 9}</article>")


def short(path: str) -> Answer:
    """Its front page goes on by numbers; nothing else names the older pieces."""
    if path == "/feed.xml":
        return feed("short.example")
    if path == "/" or path.startswith("/?page="):
        return paged(path, "/", "/?page=")
    return article(path)


def tagged(path: str) -> Answer:
    """Only its tags name all pieces."""
    if path == "/feed.xml":
        return feed("tagged.example")
    if path == "/":
        return listing(list(range(COUNT, COUNT - PER_PAGE, -1)))
    for number, name in enumerate(NAMES):
        if path == f"/t/{name}/":
            return listing([n for n in range(COUNT, 0, -1) if n % 4 == number])
    return article(path)


def left_out(path: str) -> Answer:
    """Its sitemap lacks a piece, and names what is none beside the others."""
    topics = [f"/topics/{name}-in-the-long-run/" for name in NAMES[:2]]
    if path == "/map.xml":
        tags = [f"/tag/{name}/" for name in NAMES]
        others = ["/", "/tag/", "/2025/", "/2025/03/", "/texte/", "/wir-ueber-uns/"]
        known = [piece(n) for n in range(1, COUNT)]
        return sitemap("left-out.example", [*known, *tags, *topics, *others])
    if path in topics:
        dated = '<meta property="article:published_time" content="2025-02-01">'
        return Answer(f"{dated}{article(path).body}<aside>{item(3)}</aside>")
    if path == "/" or path.startswith("/?page="):
        return paged(path, "/", "/?page=")
    if path.startswith(("/tag/", "/2025/", "/texte/")):
        return listing([4, 8, 12])
    return article(path)


def months(path: str) -> Answer:
    """A piece in each month but for three; a month without a piece has no page."""
    if path.startswith("/archive/"):
        year, month = (int(part) for part in path.strip("/").split("/")[1:])
        back = (TODAY.year - year) * 12 + TODAY.month - month
        is_there = back < COUNT and back not in (5, 6, 7)
        return listing([COUNT - back], tags=False) if is_there else MISSING
    return Answer(NAV) if path == "/" else article(path)


def silent(path: str) -> Answer:
    """A feed, and a front page that only scripts fill."""
    if path == "/feed.xml":
        return feed("silent.example")
    return Answer("<div id=app></div>") if path == "/" else article(path)


SITES: dict[str, Callable[[str], Answer]] = {
    "short": short,
    "tagged": tagged,
    "left-out": left_out,
    "months": months,
    "silent": silent,
}
DECLARED: dict[str, dict[str, object]] = {
    "short": {"feeds": ["/feed.xml"]},
    "tagged": {"feeds": ["/feed.xml"]},
    "left-out": {"sitemaps": ["/map.xml"]},
    "months": {"archives": ["/archive/{year}/{month:02}/"]},
    "silent": {"feeds": ["/feed.xml"]},
}


def source(name: str, **fields: object) -> Source:
    declared = DECLARED[name] | fields
    url = f"http://{name}.example/"
    return Source.model_validate({"name": name, "url": url, "delay": 0.0, **declared})


@dataclass(frozen=True)
class Story:
    """Two crawls of all magazines, one right after the other."""

    first: dict[str, list[str]]
    second: dict[str, list[str]]
    runs: tuple[dict[str, Run], dict[str, Run]]
    captures: tuple[Capture, ...]

    def paths_of(self, name: str, role: str) -> set[str]:
        """The paths of a magazine that were asked for in this role."""
        root = f"http://{name}.example"
        return {
            one.url.removeprefix(root)
            for one in self.captures
            if one.role == role and one.url.startswith(f"{root}/")
        }


def answering(host: Host) -> None:
    def answer(name: str, path: str, asked: int) -> Answer:
        return MISSING if path == "/robots.txt" else SITES[name.removesuffix(".example")](path)

    host.answer = answer


def low_floor(path: Path) -> None:
    settings = path / "library.toml"
    settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Crawled twice; the tests read it."""
    path = tmp_path_factory.mktemp("walk") / "library"
    with serving() as host, Library.create(path) as library:
        low_floor(path)
        answering(host)
        sources = [source(name) for name in SITES]
        runs, asked = [], []
        for _ in range(2):
            runs.append(crawled(library, host, *sources))
            asked.append({name: paths(host.of(f"{name}.example")) for name in SITES})
        captures = list[Capture]()
        for file in sorted(path.glob("warc/**/*.warc.gz")):
            with file.open("rb") as stream:
                captures += read_captures(stream)
    second = {name: asked[1][name][len(asked[0][name]) :] for name in SITES}
    return Story(asked[0], second, (runs[0], runs[1]), tuple(captures))


ALL = {piece(number) for number in range(1, COUNT + 1)}


@pytest.mark.parametrize("name", ["short", "tagged", "left-out"])
def test_every_piece_is_found_and_none_twice(story: Story, name: str) -> None:
    assert story.paths_of(name, "page") >= ALL
    asked = [path for path in story.first[name] if path in ALL]
    assert len(asked) == len(set(asked))


def test_only_pieces_are_asked_for_as_articles(story: Story) -> None:
    assert story.paths_of("short", "page") == ALL
    assert story.paths_of("tagged", "page") == ALL


def test_tags_are_read_where_nothing_else_lists_everything(story: Story) -> None:
    tags = {f"/t/{name}/" for name in NAMES}
    assert tags <= story.paths_of("tagged", "listing")
    assert not tags & set(story.first["short"])


def test_articles_go_before_the_lists_that_pages_lead_to(story: Story) -> None:
    asked = story.first["short"]
    assert asked.index("/?page=2") > asked.index(piece(COUNT - FEED + 1))


def test_a_second_crawl_right_after_asks_for_what_announces_alone(story: Story) -> None:
    assert story.second["short"] == ["/robots.txt", "/feed.xml", "/"]
    assert story.second["tagged"] == ["/robots.txt", "/feed.xml", "/"]
    assert story.second["left-out"] == ["/robots.txt", "/map.xml", "/"]
    assert [run.new for run in story.runs[1].values()] == [0] * len(SITES)


def test_lists_that_a_sitemap_names_are_asked_for_as_lists(story: Story) -> None:
    lists = {*(f"/tag/{name}/" for name in NAMES), "/2025/", "/2025/03/", "/texte/"}
    assert lists <= story.paths_of("left-out", "listing")
    assert not lists & story.paths_of("left-out", "page")


def test_an_article_at_the_address_of_a_list_is_kept_as_an_article(story: Story) -> None:
    path = f"/topics/{NAMES[0]}-in-the-long-run/"
    found = [one for one in story.captures if one.url.endswith(path)]
    assert [one.role for one in found] == ["listing", "page"]
    assert found[1].original is None  # a revisit of a list gives no row
    assert found[1].body


def test_archives_are_read_back_to_the_oldest_month(story: Story) -> None:
    asked = [path for path in story.first["months"] if path.startswith("/archive/")]
    assert asked == sorted(asked, reverse=True)
    assert len(asked) == COUNT + EMPTY
    assert story.paths_of("months", "page") == ALL - {piece(COUNT - back) for back in (5, 6, 7)}
    assert story.second["months"] == ["/robots.txt", "/", f"/archive/{TODAY:%Y/%m}/"]


def test_a_feed_that_alone_announces_is_told_in_each_run(story: Story) -> None:
    for runs in story.runs:
        detail = runs["silent"].detail or ""
        assert detail.startswith(f"http://silent.example/feed.xml: its {FEED} {ONLY_A_FEED}")
        assert "set archives= or sections=" in detail
        assert [runs[name].detail for name in ("short", "tagged", "left-out")] == [None] * 3


@pytest.fixture
def crawl(library: Library) -> Iterator[Callable[..., tuple[Run, list[str]]]]:
    """Crawls a source, and gives its run and the paths that it asked for."""
    with serving() as host:
        answering(host)

        def once(
            one: Source, answer: Callable[[str], Answer] | None = None
        ) -> tuple[Run, list[str]]:
            if answer:
                host.answer = lambda _, path, asked: answer(path)
            before = len(host.log)
            run = crawled(library, host, one)[one.name]
            return run, [entry.path for entry in host.log[before:]]

        yield once


Crawl = Callable[..., tuple[Run, list[str]]]


@pytest.mark.long
def test_a_run_that_was_cut_short_is_made_up_for(crawl: Crawl, library: Library) -> None:
    one, newest = source("short"), COUNT
    crawl(one)

    def later(path: str) -> Answer:
        if path == "/?page=2":
            return Answer("not now", 503)
        return paged(path, "/", "/?page=", COUNT + 9) if path == "/" else short(path)

    def again(path: str) -> Answer:
        is_list = path == "/" or path.startswith("/?page=")
        return paged(path, "/", "/?page=", COUNT + 9) if is_list else short(path)

    cut, _ = crawl(one, later)
    library.state.put_runs([replace(cut, state="interrupted")])
    _, asked = crawl(one, again)
    assert {piece(n) for n in range(newest + 1, newest + 5)} <= set(asked)
    assert "/?page=4" not in asked  # the third brings nothing new


def test_since_ends_the_walk(crawl: Crawl) -> None:
    _, asked = crawl(source("short", since=day(COUNT - 7), feeds=[], sections=["/"]))
    assert set(asked) & ALL == {piece(n) for n in range(COUNT - 7, COUNT + 1)}
    assert "/?page=2" in asked
    assert "/?page=4" not in asked


def test_rules_of_the_source_hold_for_lists(crawl: Crawl) -> None:
    rules = {"allow": ["/(?:tide|bell)-"], "deny": ["/t/", "/texte/"]}
    _, asked = crawl(source("tagged", article=rules))
    assert set(asked) & ALL <= {path for path in ALL if path.startswith(("/tide", "/bell"))}
    assert not [path for path in asked if path.startswith(("/t/", "/texte/"))]
    assert "/von/ada/" in asked


def test_a_list_elsewhere_on_the_domain_is_left_alone(crawl: Crawl) -> None:
    def answer(path: str) -> Answer:
        away = '<nav><a href="/shop/">Shop</a><a href="/magazine/old/">Old</a></nav>'
        return MISSING if path == "/robots.txt" else Answer(f"{away}{item(1)}")

    below = Source(name="short", url="http://short.example/magazine/", delay=0.0)
    _, asked = crawl(below, answer)
    assert "/magazine/old/" in asked
    assert "/shop/" not in asked


def test_single_pages_lead_to_no_walk(crawl: Crawl) -> None:
    pages = source("short", feeds=[], pages=["/tide-4/"])
    assert crawl(pages)[1] == ["/robots.txt", "/tide-4/"]
