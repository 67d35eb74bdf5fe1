"""What is found of the sample magazines by feeds alone, by sitemaps, by sections, by months."""

from __future__ import annotations

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines
from backissue.sample.announce import FEED_LENGTH
from loopback import crawled
from pipelines.batches import publish
from pipelines.engine import Engine

pytestmark = pytest.mark.long


def found(library: Library, site: SampleMagazines, *sources: Source) -> list[str]:
    """The addresses of the articles that a crawl of *sources* brings, as often as they are there."""
    crawled(library, site, *sources)
    publish(library, Engine("local", 1))
    return sorted(row["url"] for row in library.articles("all"))


def wanted(site: SampleMagazines, name: str) -> list[str]:
    pieces = site.pieces()
    return sorted(p.url for p in pieces if p.magazine.name == name and not p.forbidden)


@pytest.mark.parametrize("name", ["tideline", "understorey", "branchline"])
@pytest.mark.parametrize("by", ["feeds", "sitemaps", "sections", "nothing"])
def test_all_that_is_announced_is_found_and_nothing_else_is_an_article(
    library: Library, site: SampleMagazines, name: str, by: str
) -> None:
    magazine = next(one for one in site.magazines if one.name == name)
    sections = [magazine.section_path.format(section=one.lower()) for one in magazine.sections]
    places = {"feeds": [magazine.feed_path], "sitemaps": [magazine.sitemap_path]}
    fields = {by: {**places, "sections": sections}[by]} if by != "nothing" else {}
    source = Source.model_validate({"name": name, "url": magazine.url, "delay": 0.0, **fields})
    articles, everything = found(library, site, source), wanted(site, name)
    if by == "feeds" and len(everything) > FEED_LENGTH:
        assert len(articles) == FEED_LENGTH
        assert set(articles) < set(everything)
    else:
        assert articles == everything


def test_months_are_read_back_to_since(library: Library, site: SampleMagazines) -> None:
    source = Source.model_validate(
        {
            "name": "branchline",
            "url": "http://branchline.example/",
            "archives": ["/{year}/{month:02}/"],
            "since": "2026-02-01",
            "delay": 0.0,
        },
        strict=False,
    )
    articles = found(library, site, source)
    assert articles == [url for url in wanted(site, "branchline") if "/2026/01/" not in url]
