"""A magazine over some weeks: each edit is a version, and nothing else is."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines
from backissue.sample.quarry import edits_of, stories
from crawlers.orders import Order
from crawlers.pace import host_delays
from crawlers.process import CrawlJob
from crawlers.worker import CrawlProcess
from pipelines.batches import publish
from pipelines.engine import Engine

pytestmark = pytest.mark.long
WEEKS = 5
SOURCE = Source.model_validate(
    {
        "name": "quarry",
        "url": "http://quarry.example/",
        "sitemaps": ["/sitemap-index.xml"],
        "since": "2026-03-01",
        "delay": 0.0,
    },
    strict=False,
)


async def recheck(library: Library, site: SampleMagazines) -> None:
    """Ask for every article, due or not."""
    job = CrawlJob(library.path, (SOURCE,), True, tuple(site.resolve))
    process = await CrawlProcess.start(job)
    process.give(Order(SOURCE, host_delays((SOURCE,)), recheck=True))
    async for report in process.reports():
        if getattr(report, "ended", None):
            process.end()
    assert await process.wait() == 0


def test_each_edit_is_a_version_and_nothing_else_is(
    library: Library, site: SampleMagazines
) -> None:
    for week in range(1, WEEKS + 1):
        asyncio.run(recheck(library, site))
        publish(library, Engine("local", 1))
        if week < WEEKS:
            site.advance()
    versions = Counter(row["url"] for row in library.articles("all"))
    expected = {
        story.url: 1 + sum(kind != "touched" for _, kind in edits_of(story.number, WEEKS))
        for story in stories(WEEKS)
        if story.published.date() >= SOURCE.since and story.kind == "article"  # type: ignore[operator]
    }
    assert sum(expected.values()) > len(expected) + 5
    assert {url: versions[url] for url in expected} == expected
