"""A page that was crawled by hand counts for its magazine, which does not fetch it again."""

from __future__ import annotations

import json

import pytest

from archive.library import Library
from archive.search.hits import search
from archive.source import ArticleRules, Source
from backissue.cli import main
from crawlers.sources.toml import write_source
from loopback import Answer, Host, crawled, paths, serving
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from small import page

URL = "http://review.example"
SOURCE = Source(
    url=f"{URL}/", name="review", feeds=("/feed",), delay=0, article=ArticleRules(deny=("/tag/",))
)


def answer(_: str, path: str, __: int) -> Answer:
    if path == "/feed":
        items = "".join(f"<item><link>{URL}/2026/{n}</link></item>" for n in (1, 2))
        feed = f"<rss version='2.0'><channel>{items}</channel></rss>"
        return Answer(feed, fields={"Content-Type": "application/rss+xml"})
    if path.startswith("/2026/"):
        return Answer(page(int(path[-1])).decode())
    return Answer(status=404)


def by_hand(library: Library, host: Host, *pages: str) -> None:
    crawled(library, host, Source(url=pages[0], name="adhoc", pages=pages, delay=0))


def test_a_source_does_not_fetch_again_what_was_crawled_by_hand_just_before(
    library: Library,
) -> None:
    with serving() as host:
        host.answer = answer
        by_hand(library, host, f"{URL}/2026/1")
        crawled(library, host, SOURCE)
    asked = paths(host.of("review.example"))
    assert asked.count("/2026/1") == asked.count("/2026/2") == 1


def test_a_listing_that_was_crawled_by_hand_is_read_all_the_same(library: Library) -> None:
    archive = SOURCE.model_copy(update={"feeds": (), "pages": (), "sections": (f"{URL}/feed",)})
    with serving() as host:
        host.answer = answer
        by_hand(library, host, f"{URL}/feed")
        crawled(library, host, archive)
    assert "/2026/1" in paths(host.of("review.example"))


def test_pages_by_hand_count_for_the_source_that_covers_them(
    capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    write_source(library.path / "sources/review.toml", SOURCE)
    with serving() as host:
        host.answer = answer
        by_hand(library, host, f"{URL}/2026/1", f"{URL}/2026/tag/3", "http://other.example/2026/4")
        crawled(library, host, SOURCE)
    publish(library, Engine("local", 1))
    sources = {row["url"]: row["source"] for row in library.articles(source="review")}
    assert sources == {f"{URL}/2026/1": "adhoc", f"{URL}/2026/2": "review"}
    assert len(library.articles(source="adhoc")) == 3
    assert {hit.url for hit in search(library, "sisters", source="review")} == set(sources)
    assert len(list(search(library, "sisters"))) == 4
    main(["status", "--json", "--library", str(library.path)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    states = {line["source"]: (line["state"], line["articles"]) for line in lines[:-1]}
    assert states == {"adhoc": ("by hand", 3), "review": ("ok", 2)}
    assert lines[-1]["articles"] == 4
