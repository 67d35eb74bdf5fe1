"""What is said of an article elsewhere: its text in a feed, and on a page that has all of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from archive.library import Library
from archive.source import Source
from loopback import Answer, crawled, serving
from pipelines.derive.engine import Engine
from pipelines.publish import publish

LINES = [
    f"On day {n} the crane lifted {n * n} crates, and the harbour master wrote them down in ink."
    for n in range(1, 30)
]
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def page(title: str, lines: list[str]) -> Answer:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return Answer(f"<title>{title}</title><article><h1>{title}</h1>{text}</article>")


def answer(host: str, path: str, asked: int) -> Answer:
    if path == "/feed.xml":
        text = "".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in LINES)
        rows = "".join(
            f"<item><link>http://crane.example/{name}</link><description>On cranes.</description>"
            f"<content:encoded>{text}</content:encoded></item>"
            for name in ("whole", "cut")
        )
        return Answer(
            f'<rss version="2.0" xmlns:content="{CONTENT}"><channel>{rows}</channel></rss>'
        )
    if path == "/whole":
        return page("All of the cranes", LINES)
    return page("The first of the cranes", LINES[:11]) if path == "/cut" else Answer("", 404)


def publish_all(library: Library, answered: Callable[[str, str, int], Answer]) -> None:
    """Crawl the magazine that answers so, and publish it."""
    source = Source(name="crane", url="http://crane.example/", feeds=("/feed.xml",), delay=0)
    with serving() as host:
        host.answer = answered
        crawled(library, host, source)
    publish(library, Engine("local", 1))


def test_a_page_that_has_far_less_than_its_feed_is_a_teaser(library: Library) -> None:
    publish_all(library, answer)
    rows = {row["url"].rpartition("/")[2]: row for row in library.articles()}
    assert {name: row["completeness"] for name, row in rows.items()} == {
        "whole": "full",
        "cut": "teaser",
    }
    why = json.loads(rows["cut"]["evidence"])["completeness"]["from"]
    assert why.endswith("words, the feed had 493")


def on_one_page(host: str, path: str, asked: int) -> Answer:
    if path == "/feed.xml":
        item = "<item><link>http://crane.example/two</link></item>"
        return Answer(f'<rss version="2.0"><channel>{item}</channel></rss>')
    more = "<p><a href='?view=all'>View as one page</a></p>"
    if path == "/two":
        return page("All of the cranes", [*LINES[:11], more])
    return page("All of the cranes", LINES) if path == "/two?view=all" else Answer("", 404)


def test_an_article_that_stands_whole_on_another_page_is_read_there(library: Library) -> None:
    publish_all(library, on_one_page)
    (row,) = library.articles()
    assert row["page_urls"] == ["http://crane.example/two", "http://crane.example/two?view=all"]
    assert row["article_body"] == "\n\n".join(LINES)
    assert row["completeness"] == "full"
