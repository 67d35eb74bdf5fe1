"""Magazines over months: each edit is a version and nothing else is, pages and reprints are found.

Two libraries crawl the same editions. One publishes each week; the other once, at the end.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines
from backissue.sample.quarry import QUARRY, REPRINTS, Story, edits_of, stories
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Order
from pipelines.body.site_templates import template_of
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild
from support import contents, sample_sources

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
WEEKS = 14
OF_YEARS = Source(
    name=QUARRY.name,
    url=QUARRY.url,
    sitemaps=(QUARRY.sitemap_path,),
    since=date(2024, 11, 1),
    delay=0,
)


@dataclass(frozen=True)
class Months:
    """Both libraries, and what The Quarry Post had in the end."""

    weekly: Library
    at_once: Library
    stories: tuple[Story, ...]


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Months]:
    """What came of all weeks. Tests only read it, or work on a copy."""
    folder = tmp_path_factory.mktemp("months")
    engine = Engine("local", 1)
    with (
        Library.create(folder / "weekly") as weekly,
        Library.create(folder / "at-once") as at_once,
        SampleMagazines() as site,
    ):
        for week in range(1, WEEKS + 1):
            asyncio.run(crawl(site, weekly, at_once))
            publish(weekly, engine)
            if week < WEEKS:
                site.advance()
        publish(at_once, engine)
        found = (one for one in stories(WEEKS) if one.published.date() >= OF_YEARS.since)
        yield Months(weekly, at_once, tuple(found))


async def crawl(site: SampleMagazines, *libraries: Library) -> None:
    """Ask for every article, due or not."""
    sources = (*sample_sources(site), OF_YEARS)
    for library in libraries:
        process = await CrawlProcess.start(
            CrawlJob(library.path, sources, True, tuple(site.resolve))
        )
        for source in sources:
            process.give(Order(source, host_delays(sources), recheck=True))
        ended = 0
        async for report in process.reports():
            ended += bool(getattr(report, "ended", None))
            if ended == len(sources):
                process.end()
        assert await process.wait() == 0


def said(library: Library) -> list[tuple[str, int, str, str]]:
    """What the rows of all versions say."""
    return sorted(
        (row["url"], row["version"], row["headline"], row["article_body"])
        for row in library.articles("all")
    )


def test_each_edit_is_a_version_and_nothing_else_is(months: Months) -> None:
    versions = Counter(row["url"] for row in months.weekly.articles("all"))
    expected = {
        story.url: 1 + sum(kind != "touched" for _, kind in edits_of(story.number, WEEKS))
        for story in months.stories
        if story.kind == "article"
    }
    assert sum(expected.values()) > len(expected) + 20
    assert {url: versions[url] for url in expected} == expected
    steady = {one.url for one in months.stories if one.kind in ("pages", "paywall", "slow")}
    assert steady
    assert {url: versions[url] for url in steady} == dict.fromkeys(steady, 1)


def test_every_article_of_several_pages_is_whole(months: Months) -> None:
    rows = {row["url"]: row for row in months.weekly.articles()}
    several = [story for story in months.stories if story.kind == "pages"]
    assert several
    for story in several:
        row = rows[story.url]
        assert row["completeness"] == "full"
        assert row["page_urls"] == [f"http://{QUARRY.host}{path}" for path in story.page_paths]
        assert row["article_body"] == "\n\n".join(story.text)


def test_what_another_magazine_printed_first_is_grouped(months: Months) -> None:
    rows = {row["article_id"]: row["url"] for row in months.weekly.articles()}
    pairs = {
        frozenset((rows[row["article_id"]], rows[row["duplicate_of"]]))
        for row in months.weekly.table("duplicates").to_pylist()
    }
    reprints = {story.number: story.url for story in months.stories if story.number in REPRINTS}
    assert len(reprints) == len(REPRINTS)
    originals = {
        number: next(url for url in rows.values() if url.rstrip("/").endswith(slug))
        for number, (_, slug) in REPRINTS.items()
    }
    assert pairs == {frozenset((reprints[number], originals[number])) for number in REPRINTS}


def test_one_batch_says_what_many_say(months: Months) -> None:
    with_template = [row for row in months.weekly.articles("all") if template_of(row)]
    assert not with_template  # else it may: a template is made of earlier batches
    assert said(months.at_once) == said(months.weekly)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_rebuild_has_the_same_bytes(months: Months, workers: int, tmp_path: Path) -> None:
    shutil.copytree(months.weekly.path, tmp_path / "copy", symlinks=True)
    with Library.open(tmp_path / "copy") as copy:
        rebuild(copy, Engine("local", workers))
        assert contents(copy) == contents(months.weekly)
