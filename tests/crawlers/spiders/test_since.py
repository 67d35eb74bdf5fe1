"""A source with a `since`: what a listing dates earlier is not asked for, whoever names it first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from archive.library import Library
from archive.source import Source
from loopback import Answer, Host, crawled, serving

OLD, NEW, UNDATED = "/tide-1/", "/bell-2/", "/quay-3/"
DATES = {OLD: "2020-04-01", NEW: "2026-04-01"}
TEXT = "<p>The tide turned before the bell was rung, and nobody had written down the hour.</p>"
NAMED = "".join(f'<div><h2><a href="{path}">A piece</a></h2></div>' for path in (OLD, NEW, UNDATED))


def answer(path: str) -> Answer:
    """The front page names three pieces without a date; a sitemap below another dates two."""
    root = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    if path == "/robots.txt":
        return Answer("", 404)
    if path == "/map.xml":
        child = "<sitemap><loc>http://dated.example/pieces.xml</loc></sitemap>"
        return Answer(f"<sitemapindex {root}>{child}</sitemapindex>")
    if path == "/pieces.xml":
        rows = "".join(
            f"<url><loc>http://dated.example{one}</loc><lastmod>{day}</lastmod></url>"
            for one, day in DATES.items()
        )
        return Answer(f"<urlset {root}>{rows}</urlset>")
    if path == "/":
        return Answer(f"<title>Pieces</title><main>{NAMED}</main>")
    return Answer(f"<article><h1>{path}</h1>{TEXT * 9}</article>")


@pytest.fixture
def host() -> Iterator[Host]:
    with serving() as one:
        one.answer = lambda _, path, asked: answer(path)
        yield one


@pytest.mark.parametrize("since", [date(2025, 1, 1), None])
def test_what_a_sitemap_dates_earlier_is_not_asked_for(
    host: Host, library: Library, since: date | None
) -> None:
    one = Source(
        name="dated", url="http://dated.example/", sitemaps=["/map.xml"], since=since, delay=0.0
    )
    for _ in range(2):  # the second run knows the dates of the first
        crawled(library, host, one)
    asked = [entry.path for entry in host.log]
    wanted = [NEW, UNDATED] if since else [OLD, NEW, UNDATED]
    assert [path for path in (OLD, NEW, UNDATED) if path in asked] == wanted
