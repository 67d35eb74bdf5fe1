"""What is removed is asked for by no crawl, be it announced, linked or the end of a redirect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.library import Library
from backissue.crawling import crawl_sources
from backissue.output import meter
from backissue.sample import SampleMagazines
from pipelines.derive.engine import Engine
from pipelines.removal.remove import find_target, removals_named, remove, undo
from support import SILENT, sample_job

ENGINE = Engine("local", 1)


def crawl(library: Library, site: SampleMagazines, **options: object) -> list[str]:
    """The addresses that a crawl asks for."""
    asked = len(site.log)
    with meter(SILENT, "") as shown:
        job = sample_job(library, site)
        sources = tuple(one for one in job.sources if one.name == "tideline")
        crawl_sources(library, replace(job, sources=sources, **options), ENGINE, shown)  # type: ignore[arg-type]
    return [f"http://{entry.host}{entry.path}" for entry in site.log[asked:]]


@pytest.mark.long
def test_no_crawl_asks_for_it_again(library: Library, site: SampleMagazines) -> None:
    first = crawl(library, site)
    (page,) = [row["url"] for row in library.articles() if "pilot" in row["url"]]
    assert page in first
    remove(library, find_target(library, page.rstrip("/")))
    again = crawl(library, site, recheck=True)
    assert again
    assert page not in again
    undo(library, removals_named(library, page.rstrip("/")))
    assert page in crawl(library, site, recheck=True)


def test_a_host_is_asked_for_nothing(library: Library, site: SampleMagazines) -> None:
    crawl(library, site)
    remove(library, find_target(library, "tideline.example"))
    assert crawl(library, site, recheck=True) == []
