"""What runs brought: their own verdicts alone, and announced pages that gave no article."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from archive.types import Row
from backissue.cli import main
from backissue.run_results import AnnouncedPages, announced_pages
from crawlers.sources.toml import write_source
from loopback import Answer, Host, crawled, serving
from small import page

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def row(number: int, verdict: str | None, by: str = "feed", **more: object) -> Row:
    known: Row = {"source": "review", "run_id": "r", "outcome": "fetched", "discovered_via": None}
    known |= {"url": f"http://review.example/{number}", "discovered_by": by, "verdict": verdict}
    return known | {"fetch_time": NOW + timedelta(minutes=number)} | more


def test_pages_that_gave_an_article_and_those_that_gave_none_are_counted() -> None:
    kinds = ("article", "version", "unchanged", "page_of", "not_article:shell", "not_article:list")
    found = announced_pages(row(number, kind) for number, kind in enumerate(kinds))
    assert (found.pages, dict(found.without)) == (6, {"shell": 1, "list": 1})
    assert found.newest == "http://review.example/5"
    assert found.in_words() == "2 of 6 announced pages gave no article (list 1, shell 1)"


def test_what_nobody_announced_and_what_was_not_fetched_anew_does_not_count() -> None:
    others = [row(1, "not_article:shell", by) for by in ("user", "section", "link", "archive")]
    others += [row(2, "unchanged", outcome="not_modified"), row(3, None)]
    others += [row(4, "not_article:error", outcome="error:http_404")]
    assert announced_pages(others) == AnnouncedPages()


def test_lists_and_pages_about_the_magazine_count_only_where_a_feed_names_them() -> None:
    kinds = ("not_article:list", "not_article:page")
    assert announced_pages(row(n, kind, "sitemap") for n, kind in enumerate(kinds)).pages == 0
    assert announced_pages(row(n, kind, "feed") for n, kind in enumerate(kinds)).pages == 2


def test_a_page_behind_a_redirect_is_that_which_was_announced() -> None:
    hop = row(1, None, outcome="redirected")
    target = row(2, "not_article:shell", "redirect", discovered_via=hop["url"])
    assert announced_pages([target, hop]).without_article == 1
    assert announced_pages([target]).pages == 0


@pytest.mark.parametrize(
    ("pages", "without", "alarming"),
    [(1, 1, False), (4, 4, False), (5, 5, True), (6, 6, True), (5, 4, False), (10, 9, True)],
)
def test_only_most_of_several_is_alarming(pages: int, without: int, alarming: bool) -> None:
    assert AnnouncedPages(pages, {"shell": without}).is_alarming is alarming


def answers(pages: range, empty: range) -> Callable[[str, str, int], Answer]:
    """A feed that names *pages*; those of *empty* hold nothing but a script."""
    links = "".join(
        f"<item><title>Log {n}</title><link>http://review.example/2026/{n}</link></item>"
        for n in pages
    )

    def answer(_: str, path: str, __: int) -> Answer:
        if path == "/feed":
            feed = f"<rss version='2.0'><channel>{links}</channel></rss>"
            return Answer(feed, fields={"Content-Type": "application/rss+xml"})
        if not path.startswith("/2026/"):
            return Answer(status=404)
        number = int(path.rpartition("/")[2])
        shell = "<html><body><div id=app></div><script src=/app.js></script></body></html>"
        return Answer(shell if number in empty else page(number).decode())

    return answer


def crawl(capsys: pytest.CaptureFixture[str], library: Path, host: Host, *words: str) -> list[Row]:
    resolve = [word for one in host.resolve for word in ("--resolve", one)]
    flags = ["--library", str(library), "--engine", "local:1", "--json", "--quiet"]
    main(["crawl", *words, *flags, *resolve])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_morning_after_a_redesign_is_a_state_of_its_own(
    capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    source = Source(url="http://review.example/", name="review", feeds=("/feed",), delay=0)
    write_source(library.path / "sources/review.toml", source)
    with serving() as host:
        host.answer = answers(range(6), range(0))
        run, summary = crawl(capsys, library.path, host, "review")
        assert (run["announced_pages"], run["without_article"]) == (6, 0)
        assert summary["verdicts"] == {"article": 6}
        host.answer = answers(range(12), range(6, 12))
        run, summary = crawl(capsys, library.path, host, "review")
    assert (run["announced_pages"], run["without_article"]) == (6, 6)
    assert list(summary["verdicts"].values()) == [6]
    main(["status", "--library", str(library.path)])
    said = " ".join(capsys.readouterr().out.split())
    assert "no articles" in said
    assert "6 of 6 announced pages gave no article (" in said


def test_a_crawl_counts_what_its_own_runs_brought(
    capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    with serving() as host:
        host.answer = answers(range(0), range(0))
        sources = [
            Source(url=f"http://{name}.example/", name=name, pages=pages, delay=0)
            for name, pages in (("review", ("/2026/1", "/2026/2")), ("north", ("/2026/3",)))
        ]
        for source in sources:
            write_source(library.path / f"sources/{source.name}.toml", source)
        crawled(library, host, sources[0])  # captured, and published by the next crawl
        run, summary = crawl(capsys, library.path, host, "north")
    assert run["source"] == "north"
    assert summary["verdicts"] == {"article": 1}
    assert summary["rows"]["articles"] == 1
    assert len(library.articles()) == 3
