"""What several test folders share: the sample magazines, and a library crawled from them once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines
from crawlers.process import CrawlJob


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new, empty library; the floor is low, so that a nearly full test machine does not matter."""
    with Library.create(tmp_path / "library") as made:
        settings = made.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def site() -> Iterator[SampleMagazines]:
    """The sample magazines on loopback, first edition."""
    with SampleMagazines() as magazines:
        yield magazines


@pytest.fixture
def samples() -> Path:
    """The folder of real samples; the test is skipped where there is none."""
    folder = os.environ.get("BACKISSUE_SAMPLES")
    if not folder:
        pytest.skip("BACKISSUE_SAMPLES names no folder of real samples")
    return Path(folder)


def job_for(library: Library, site: SampleMagazines, **options: object) -> CrawlJob:
    """The job that crawls all sample magazines without delay."""
    sources = tuple(
        Source(
            name=magazine.name,
            url=magazine.url,
            feeds=(magazine.feed_url,),
            sitemaps=(magazine.sitemap_url,),
            delay=0,
        )
        for magazine in site.magazines
    )
    return CrawlJob(library.path, sources, True, tuple(site.resolve), **options)  # type: ignore[arg-type]


@pytest.fixture
def sample_job(library: Library, site: SampleMagazines) -> CrawlJob:
    """The job that crawls all sample magazines into the library, without delay."""
    return job_for(library, site)
