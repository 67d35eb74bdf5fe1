"""A run ends: what its budget does not reach is left to the next run, and is not forgotten."""

from __future__ import annotations

import re
from typing import Any

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from crawlers.capture.spending import MOST_NOTED
from loopback import Answer, Host, crawled, outcomes, paths

SITE = "http://quay.example"
MISSING = Answer("<h1>Nothing here</h1>", 404)
TEXT = "".join(f"<p>On day {n} the tide left {n * n} nets upon the quay.</p>" for n in range(20))


def source(**fields: Any) -> Source:
    return Source.model_validate(
        {"name": "quay", "url": f"{SITE}/", "delay": 0, "since": None} | fields
    )


def feed(numbers: range) -> Answer:
    items = "".join(
        f"<item><title>Piece {n}</title><link>{SITE}/piece-{n}/</link></item>" for n in numbers
    )
    return Answer(f"<rss><channel>{items}</channel></rss>", fields={"Content-Type": "text/xml"})


def sitemap(body: str, root: str = "urlset") -> Answer:
    return Answer(f"<{root}>{body}</{root}>", fields={"Content-Type": "text/xml"})


def answering(host: Host, answers: dict[str, Answer]) -> None:
    article = Answer(f"<html><title>A piece</title><body><article>{TEXT}</article></body></html>")
    host.answer = lambda _, path, __: answers.get(
        path, article if re.fullmatch(r"/piece-\d+/", path) else MISSING
    )


def crawl(library: Library, host: Host, wanted: Source) -> tuple[Run, list[str]]:
    """The run of a crawl, and what it asked for."""
    before = len(host.log)
    run = crawled(library, host, wanted)["quay"]
    asked = [path for path in paths(host.log[before:]) if path != "/robots.txt"]
    return run, asked


def test_what_a_run_has_no_requests_left_for_is_asked_by_the_next(
    library: Library, host: Host
) -> None:
    """Even where the feed has forgotten it meanwhile."""
    answering(host, {"/feed": feed(range(30)), "/": Answer("<p>Front")})
    wanted = source(feeds=("/feed",), budget={"requests": 12})
    run, asked = crawl(library, host, wanted)
    assert (run.state, len(asked)) == ("budget", 12)
    said = "budget spent (12 requests): 20 addresses wait for the next run"
    assert (run.detail or "").startswith(said)
    assert sorted(outcomes(library).values()).count("budget") == 20

    answering(host, {"/feed": feed(range(0)), "/": Answer("<p>Front")})
    _, again = crawl(library, host, wanted)
    assert len({path for path in again if path.startswith("/piece-")}) == 6  # half of the budget
    late, rest = crawl(library, host, source(feeds=("/feed",)))
    assert late.state == "done"
    pieces = [path for path in (*asked, *again, *rest) if path.startswith("/piece-")]
    assert sorted(pieces) == sorted(f"/piece-{n}/" for n in range(30))
    assert "budget" not in outcomes(library).values()


def test_a_run_whose_time_is_over_leaves_the_rest(library: Library, host: Host) -> None:
    slow = {f"/piece-{n}/": Answer(TEXT, seconds=0.5) for n in range(20)}
    answering(host, {"/feed": feed(range(20)), "/": Answer("<p>Front"), **slow})
    run, asked = crawl(library, host, source(feeds=("/feed",), budget={"time": "3s"}))
    assert run.state == "budget"
    assert (run.detail or "").startswith("budget spent (3s): ")
    known = outcomes(library)
    left = [url for url, outcome in known.items() if outcome == "budget"]
    assert 10 < len(left) < 20
    assert len(asked) + len(left) == 22  # nothing is lost on the way
    assert run.finished == run.known == len(known)


def test_a_crawl_delay_of_an_hour_holds_no_run_longer_than_its_time(
    library: Library, host: Host
) -> None:
    robots = Answer("User-agent: *\nCrawl-delay: 3600", fields={"Content-Type": "text/plain"})
    answering(host, {"/robots.txt": robots, "/feed": feed(range(20))})
    run, asked = crawl(library, host, source(feeds=("/feed",), budget={"time": "30m"}))
    assert asked == []
    assert (run.state, run.detail) == (
        "aborted",
        "budget spent (30m): 2 addresses wait for the next run",
    )


def endless(host: Host) -> None:
    """Each page of a list leads to another, which brings articles that nobody has seen."""

    def answer(_: str, path: str, __: int) -> Answer:
        number = re.fullmatch(r"/(?:category/day-(\d+)/)?", path)
        if number is None:
            return Answer(f"<article>{TEXT}</article>")
        n = int(number[1] or 0)
        items = "".join(
            f'<article><h2><a href="/2025/01/piece-{3 * n + i}/">A piece of the quay</a></h2>'
            "<time datetime=2025-01-01>1 January 2025</time></article>"
            for i in range(3)
        )
        return Answer(f'<nav><a href="/category/day-{n + 1}/">Next day</a></nav>{items}')

    host.answer = answer


def is_list(path: str) -> bool:
    return path.startswith("/category/")


def test_lists_without_end_cost_a_run_so_many_pages_and_the_next_goes_on(
    library: Library, host: Host
) -> None:
    endless(host)
    wanted = source(budget={"lists": 8, "depth": 1000})
    run, asked = crawl(library, host, wanted)
    assert run.state == "budget"
    assert "8 pages of lists" in (run.detail or "")
    assert [path for path in asked if is_list(path)] == [f"/category/day-{n}/" for n in range(1, 9)]
    articles = [path for path in asked if path.startswith("/2025/")]
    assert len(articles) == len(set(articles)) == 27  # all that the nine pages name
    again, more = crawl(library, host, wanted)
    assert again.state == "budget"
    assert next(path for path in more if is_list(path)) == "/category/day-9/"
    assert len([path for path in more if path.startswith("/2025/")]) >= 24


def test_articles_go_before_more_lists(library: Library, host: Host) -> None:
    endless(host)
    _, asked = crawl(library, host, source(budget={"requests": 20, "depth": 1000}))
    lists = [path for path in asked if is_list(path)]
    assert len(asked) == 20
    assert len(lists) <= 6  # three articles for each


def test_a_run_goes_so_many_steps_from_list_to_list(library: Library, host: Host) -> None:
    def answer(_: str, path: str, __: int) -> Answer:
        deeper = f"{path if path.startswith('/category/') else '/category/'}lamp/"
        named = f'<article><h2><a href="/2025/01/{len(path)}-tides/">Tides</a></h2></article>'
        return Answer(f'<nav><a href="{deeper}">Deeper</a></nav>{named}')

    host.answer = answer
    run, asked = crawl(library, host, source(budget={"depth": 3}))
    assert run.state == "budget"
    assert "3 steps from list to list" in (run.detail or "")
    lists = [path for path in asked if is_list(path)]
    assert lists == [f"/category/{'lamp/' * n}" for n in (1, 2, 3)]
    assert outcomes(library)[f"{SITE}/category/{'lamp/' * 4}"] == "budget:list"


def test_indexes_of_sitemaps_end(library: Library, host: Host) -> None:
    """Each names two more: 2 + 4 + 8 are read, and articles of all of them are asked for."""

    def answer(_: str, path: str, __: int) -> Answer:
        if path == "/" or path == "/robots.txt":
            return MISSING
        if found := re.fullmatch(r"/sitemap-([a-z]*)\.xml", path):
            name = found[1]
            more = "".join(
                f"<sitemap><loc>{SITE}/sitemap-{name}{letter}.xml</loc></sitemap>"
                for letter in "ab"
            )
            return sitemap(more, "sitemapindex")
        return Answer(f"<article>{TEXT}</article>")

    host.answer = answer
    run, asked = crawl(library, host, source(sitemaps=("/sitemap-x.xml",)))
    assert run.state == "budget"
    assert len([path for path in asked if path.startswith("/sitemap")]) == 1 + 2 + 4 + 8


def test_more_than_can_be_noted_is_counted_and_found_again(library: Library, host: Host) -> None:
    count = MOST_NOTED + 50
    entries = "".join(f"<url><loc>{SITE}/2025/01/piece-{n}/</loc></url>" for n in range(count))
    answering(host, {"/sitemap.xml": sitemap(entries), "/": Answer("<p>Front")})
    run, asked = crawl(library, host, source(sitemaps=("/sitemap.xml",), budget={"requests": 5}))
    assert (run.state, len(asked)) == ("budget", 5)
    assert f"{count - 3:,} addresses wait" in (run.detail or "")
    known = list(outcomes(library).values())
    assert known.count("budget") == MOST_NOTED
