"""How far listings are followed: sections and their pages, dated archives, posts of WordPress, bare sites."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run, Visit, now_text
from crawlers.discovery.archive_pages import ArchivePage, is_read
from crawlers.discovery.listings import is_large
from loopback import Answer, Host, crawled, outcomes, paths, serving

TODAY = datetime.now(UTC).date()
SINCE = date(TODAY.year - 1, TODAY.month, 1)
PER_PAGE = 5
MOMENT = datetime(2025, 3, 1, tzinfo=UTC)


def slug(number: int) -> str:
    return f"/the-harbour-in-winter-{number}/"


def page(links: list[str], more: str = "") -> Answer:
    """A page of links among those that every page has."""
    common = ["/", "/about/", "/tag/sea/", "/author/ina-vale-of-the-coast/", "/print.pdf"]
    listed = "".join(f'<a href="{link}">{link}</a>' for link in [*common, *links])
    return Answer(f"<title>A list</title>{listed}{more}")


def listing(path: str, base: str, count: int, following: str) -> Answer:
    """One page of a list of *count* pieces, the newest first; *following* names the next page."""
    number = int(found[1]) if (found := re.search(r"(\d+)/?$", path)) else 1
    first = count - (number - 1) * PER_PAGE
    links = [slug(n) for n in range(first, max(first - PER_PAGE, 0), -1)]
    last = first <= PER_PAGE
    more = "" if last else following.format(base=base, number=number + 1)
    return page(links, more)


def sections(path: str, count: int) -> Answer:
    if path.startswith("/essays/"):
        return listing(
            path, "/essays/", count, '<a rel="next" href="{base}page/{number}/">Older</a>'
        )
    return Answer()


def bare(path: str, count: int) -> Answer:
    if path == "/" or path.startswith("/?page="):
        return listing(path, "/", count, '<a href="/?page={number}">{number}</a>')
    return Answer("", 404) if path == "/robots.txt" else Answer()


def archives(path: str, count: int) -> Answer:
    if found := re.fullmatch(r"/archive/(\d{4})/(\d\d)/", path):
        if found[2] == "02":
            return Answer("", 404)
        return page([f"/{found[1]}/{found[2]}/tides-{n}/" for n in range(2)])
    return Answer()


def posts(path: str, count: int) -> Answer:
    if path.startswith("/wp-json/wp/v2/posts"):
        number = int(re.search(r"[?&]page=(\d+)", path)[1])  # type: ignore[index]
        first = count - (number - 1) * 100
        found = [
            {"link": f"http://posts.example{slug(n)}", "date_gmt": f"{SINCE}T08:00:00"}
            for n in range(first, max(first - 100, 0), -1)
        ]
        return Answer(json.dumps(found), fields={"Content-Type": "application/json"})
    if path == "/":
        return Answer('<link rel="https://api.w.org/" href="http://posts.example/wp-json/">')
    return Answer("", 404) if path == "/robots.txt" else Answer()


SITES: dict[str, Callable[[str, int], Answer]] = {
    "sections.example": sections,
    "bare.example": bare,
    "archives.example": archives,
    "posts.example": posts,
}


def source(name: str, **fields: object) -> Source:
    return Source.model_validate(
        {"name": name, "url": f"http://{name}.example/", "delay": 0.0, **fields}
    )


SOURCES = (
    source("sections", sections=["/essays/"]),
    source("bare"),
    source("archives", archives=["/archive/{year}/{month:02}/"], since=SINCE),
    source("posts"),
)


@dataclass(frozen=True)
class Story:
    """Two crawls of all sites; between them each has published one piece more."""

    first: dict[str, list[str]]
    second: dict[str, list[str]]
    outcomes: dict[str, str]
    details: dict[str, str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Crawled twice; the tests read it."""
    library_path = tmp_path_factory.mktemp("listings") / "library"
    with serving() as host, Library.create(library_path) as library:
        settings = library_path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        counts = {"sections.example": 17, "bare.example": 12, "posts.example": 103}
        host.answer = lambda name, path, _: SITES[name](path, counts.get(name, 0))
        crawled(library, host, *SOURCES)
        first = asked(host)
        for name in counts:
            counts[name] += 1
        crawled(library, host, *SOURCES)
        both = asked(host)
        second = {name: both[name][len(first[name]) :] for name in both}
        yield Story(first, second, outcomes(library), details(library))


def asked(host: Host) -> dict[str, list[str]]:
    return {name: paths(host.of(name)) for name in SITES}


def details(library: Library) -> dict[str, str]:
    """What the logs of the runs say of each address."""
    from archive.warc import crawl_log
    from archive.warc.scan import scan

    found = {}
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        with path.open("rb") as stream:
            for one in scan(stream):
                uri = one.record.get("WARC-Target-URI") or ""  # type: ignore[union-attr]
                if uri.startswith(crawl_log.CRAWL_LOG_URI):
                    _, lines = crawl_log.read_log(one.record)  # type: ignore[union-attr]
                    found.update({line["url"]: line["detail"] for line in lines})
    return found


def test_a_section_is_read_to_its_last_page_once(story: Story) -> None:
    first = story.first["sections.example"]
    assert {slug(n) for n in range(1, 18)} <= set(first)
    assert [path for path in first if "essays" in path] == [
        "/essays/",
        *(f"/essays/page/{n}/" for n in (2, 3, 4)),
    ]


def test_later_it_is_read_as_far_as_it_has_something_new(story: Story) -> None:
    second = story.second["sections.example"]
    assert [path for path in second if "essays" in path] == ["/essays/", "/essays/page/2/"]
    assert [path for path in second if "harbour" in path] == [slug(18)]


def test_no_list_no_tag_and_no_file_is_taken_for_an_article(story: Story) -> None:
    for name in ("sections.example", "bare.example", "archives.example"):
        assert not [
            path for path in story.first[name] if path.startswith(("/tag", "/author", "/about"))
        ]
        assert "/print.pdf" not in story.first[name]


def test_the_log_says_why_an_address_was_taken_for_an_article(story: Story) -> None:
    assert story.details[f"http://bare.example{slug(3)}"] == "judged an article: a long slug"
    dated = f"http://archives.example/{SINCE:%Y/%m}/tides-1/"
    assert story.details[dated] == "judged an article: a date in its path"


def test_a_site_with_neither_feed_nor_sitemap_is_read_by_its_links(story: Story) -> None:
    first = story.first["bare.example"]
    assert {slug(n) for n in range(1, 13)} <= set(first)
    assert {"/?page=2", "/?page=3"} <= set(first)
    assert [path for path in story.second["bare.example"] if "harbour" in path] == [slug(13)]


def test_an_archive_is_read_back_to_since_newest_first_and_each_page_once(story: Story) -> None:
    months = [path for path in story.first["archives.example"] if path.startswith("/archive/")]
    assert months[0] == f"/archive/{TODAY:%Y/%m}/"
    assert months == sorted(months, reverse=True)
    assert months[-1] == f"/archive/{SINCE:%Y/%m}/"
    assert len(months) == 13
    pieces = [path for path in story.first["archives.example"] if "tides" in path]
    assert len(pieces) == 2 * 12  # nothing was published in February
    again = [path for path in story.second["archives.example"] if path.startswith("/archive/")]
    assert again == [months[0]]  # the present month may bring more


def test_the_posts_of_wordpress_are_listed_to_the_last(story: Story) -> None:
    assert {slug(n) for n in range(1, 104)} <= set(story.first["posts.example"])
    assert [path for path in story.second["posts.example"] if "harbour" in path] == [slug(104)]


def test_what_follows_is_asked_for_once(story: Story) -> None:
    for name in SITES:
        lists = [path for path in story.first[name] if "harbour" not in path]
        assert len(lists) == len(set(lists))


@pytest.mark.long
def test_a_month_is_read_again_where_a_page_behind_its_first_did_not_come(library: Library) -> None:
    first, second = "/archive/2024/05/", "/archive/2024/05/?page=2"

    def months(host: str, path: str, asked: int) -> Answer:
        if path == second and asked == 0:
            return Answer("not now", 403)
        if path.startswith(first):
            number = 2 if path == second else 1
            more = f'<a href="{second}">2</a>' if path == first else ""
            return page([f"/2024/05/tides-and-times-{number}/"], more)
        return (
            Answer("", 404) if path.startswith("/archive/") or path == "/robots.txt" else Answer()
        )

    one = source("months", archives=["/archive/{year}/{month:02}/"], since=date(2024, 5, 1))
    asked: list[list[str]] = []
    with serving() as host:
        host.answer = months
        for _ in range(3):
            before = len(host.log)
            crawled(library, host, one)
            asked.append([entry.path for entry in host.log[before:]])
    assert [path in asked[0] for path in (first, second)] == [True, True]
    assert [path in asked[1] for path in (first, second)] == [True, True]
    assert [path in asked[2] for path in (first, second)] == [False, False]
    assert outcomes(library)["http://months.example/2024/05/tides-and-times-2/"] == "fetched"


def test_what_a_run_read_that_was_cut_short_is_read_again() -> None:
    month = ArchivePage("http://a.example/2024/05/", date(2024, 5, 31))
    visit = Visit("a", "example,a)/2024/05", month.url, "fetched", at(3), at(3), None)
    cut = Run("r", "a", None, at(2), at(4), "interrupted", None)
    assert is_read(month, visit, [], MOMENT)
    assert not is_read(month, visit, [cut], MOMENT)
    assert is_read(month, visit, [replace(cut, ended=at(2))], MOMENT)
    assert not is_read(month, visit, [replace(cut, ended=None)], MOMENT)


@pytest.mark.parametrize(
    ("outcome", "days", "read"),
    [
        ("error:http_404", 90, True),
        ("error:http_410", 90, True),
        ("error:http_403", 3, True),
        ("error:http_403", 8, False),
        ("error:http_500", 0, False),
        ("blocked:http_429", 0, False),
        ("robots", 0, False),
        ("not_modified", 0, True),
    ],
)
def test_a_month_that_is_not_there_is_done_and_one_that_is_refused_is_not(
    outcome: str, days: int, read: bool
) -> None:
    month = ArchivePage("http://a.example/2024/05/", date(2024, 5, 31))
    visit = Visit("a", "example,a)/2024/05", month.url, outcome, at(0), at(0), None)
    assert is_read(month, visit, [], MOMENT + timedelta(days=days)) is read


def at(hours: int) -> str:
    return now_text(MOMENT + timedelta(hours=hours))


@pytest.mark.long
def test_a_feed_that_rolled_over_between_two_looks_is_told(library: Library) -> None:
    names = ["one", "two"]

    def feed(host: str, path: str, asked: int) -> Answer:
        if path != "/feed.xml":
            return Answer("", 404) if path == "/robots.txt" else Answer()
        name = names[min(asked, 1)]
        rows = "".join(
            f"<item><link>http://feed.example/{name}-{n}</link></item>" for n in range(6)
        )
        return Answer(f'<rss version="2.0"><channel>{rows}</channel></rss>')

    with serving() as host:
        host.answer = feed
        details = [
            crawled(library, host, source("feed", feeds=["/feed.xml"]))["feed"].detail
            for _ in range(3)
        ]
    assert details[0] is None
    assert "some before it may be missed" in str(details[1])
    assert details[2] is None


@pytest.mark.parametrize(
    ("kind", "content", "large"),
    [
        ("feed", b"<rss><channel>" + b"<item><link>/1</link></item>" * 300, False),
        ("feed", b"<rss><channel>" + b"<item><link>/1</link></item>" * 600, True),
        ("sitemap", b"<urlset>" + b"<url><loc>/1</loc></url>" * 900, False),
        ("sitemap", b"<urlset>" + b"<url><loc>/1</loc></url>" * 1_100, True),
        ("sitemap", b"https://a.example/\n" * 5_000, True),
        ("sitemap", gzip.compress(b"<urlset/>", mtime=0), True),
        ("posts", b"[" + b'{"link": "/1"},' * 100, False),
        ("section", b"<a href=/1>1</a>" * 5_000, False),
        ("section", b"<a href=/1>1</a>" * 7_000, True),
        ("section", b"<p>" + b"words " * 100_000, True),
    ],
)
def test_what_takes_long_is_read_beside_the_event_loop(
    kind: str, content: bytes, large: bool
) -> None:
    assert is_large(kind, content) is large
