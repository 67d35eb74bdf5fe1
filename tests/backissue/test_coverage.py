"""What is found of the sample magazines by feeds alone, by sitemaps, by sections, by months."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines, Truth
from backissue.sample.magazines import MAGAZINES
from backissue.sample.quarry import QUARRY
from loopback import crawled
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.proof import prove
from pipelines.rebuild.rebuild import rebuild
from support import contents

pytestmark = pytest.mark.long
NO_ARTICLE = ("consent", "soft404", "password")  # pages that say nothing of a piece
BY_NAME = {magazine.name: magazine for magazine in (*MAGAZINES, QUARRY)}


def places(name: str) -> dict[str, dict[str, Any]]:
    """What a source may declare of the magazine, by what it is found by."""
    one = BY_NAME[name]
    sections = [one.section_path.format(section=section.lower()) for section in one.sections]
    return {
        "feeds": {"feeds": [one.feed_path]},
        "sitemaps": {"sitemaps": [one.sitemap_path]},
        "sections": {"sections": sections},
        "front page": {"sections": ["/"]},
        "nothing": {},
        "months": {"archives": ["/archive/{year}/{month:02}/"], "since": "2019-01-01"},
    }


def declared(name: str, fields: dict[str, Any]) -> Source:
    given = {"name": name, "url": BY_NAME[name].url, "delay": 0.0, **fields}
    return Source.model_validate(given, strict=False)


def articles(library: Library, site: SampleMagazines, source: Source) -> list[str]:
    """The addresses of the articles that a crawl of *source* brings, as often as they are there."""
    crawled(library, site, source)  # type: ignore[arg-type]
    publish(library, Engine("local", 1))
    return sorted(row["url"] for row in library.articles("all"))


def wanted(site: SampleMagazines, name: str) -> dict[str, Truth]:
    found = site.truth().values()
    return {one.url: one for one in found if one.magazine == name and not one.forbidden}


WAYS = [
    *((name, by) for name in BY_NAME for by in ("feeds", "sitemaps", "sections", "nothing")),
    *((QUARRY.name, by) for by in ("front page", "months")),
]


@pytest.mark.parametrize(("name", "by"), WAYS, ids=lambda value: value)
def test_all_that_is_announced_is_found_and_nothing_else_is_an_article(
    library: Library, site: SampleMagazines, name: str, by: str
) -> None:
    source = declared(name, places(name)[by])
    found, everything = Counter(articles(library, site, source)), wanted(site, name)
    assert max(found.values()) == 1
    assert set(found) <= set(everything)
    missing = {url for url in everything if url not in found}
    assert {everything[url].kind for url in missing} <= set(NO_ARTICLE)
    assert missing <= {f"http://{entry.host}{entry.path}" for entry in site.log}
    pages = {url for one in everything.values() for url in one.page_urls}
    if by != "feeds":
        assert pages <= {f"http://{entry.host}{entry.path}" for entry in site.log}
        behind = {url for one in everything.values() for url in one.page_urls[1:]}
        verdicts = {row["url"]: row["verdict"] for row in library.crawl_log()}
        assert {verdicts[url] for url in behind} == ({"page_of"} if behind else set())
        _expect_whole(library, [one for one in everything.values() if len(one.page_urls) > 1])
    if by == "sitemaps":
        before = contents(library)
        rebuild(library, Engine("local", 2))
        assert contents(library) == before
    before = len(site.log)
    assert articles(library, site, source) == sorted(found)
    again = {f"http://{entry.host}{entry.path}" for entry in site.log[before:]}
    assert again
    assert not again & pages, "nothing changed, and nothing was due"


def _expect_whole(library: Library, several: list[Truth]) -> None:
    """Articles of several pages are one row with all of their text, proved from all captures."""
    rows = {row["url"]: row for row in library.articles("all")}
    for one in several:
        row = rows[one.url]
        assert (row["completeness"], tuple(row["page_urls"])) == ("full", one.page_urls)
        assert row["article_body"] == one.text
    assert prove(library, 10_000, 1, map).findings == ()


def test_months_are_read_back_to_since(library: Library, site: SampleMagazines) -> None:
    fields = {"archives": ["/{year}/{month:02}/"], "since": "2026-02-01"}
    found = articles(library, site, declared("branchline", fields))
    assert found == sorted(url for url in wanted(site, "branchline") if "/2026/01/" not in url)
