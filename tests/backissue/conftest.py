"""A library that was crawled from the sample magazines twice: before and after they changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.library import Library
from backissue.crawling import crawl_sources
from backissue.output import meter
from backissue.sample import SampleMagazines
from pipelines.derive.engine import Engine
from small import Small, make_small
from support import SILENT, Archived, sample_job


@pytest.fixture(scope="session")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    """Both editions of the sample, crawled for real. Tests only read it, or work on a copy."""
    path = tmp_path_factory.mktemp("archived") / "library"
    crawls, pieces, requests = [], [], []
    with Library.create(path, "sample") as library, SampleMagazines() as site:
        seen = 0
        for edition in range(2):
            if edition:
                site.advance()
            with meter(SILENT, "") as shown:
                crawls.append(
                    crawl_sources(library, sample_job(library, site), Engine("local", 2), shown)
                )
            pieces.append(tuple(site.pieces()))
            requests.append(tuple(site.log[seen:]))
            seen = len(site.log)
        yield Archived(library, tuple(crawls), tuple(pieces), tuple(requests))


@pytest.fixture
def copied(archived: Archived, tmp_path: Path) -> Iterator[Library]:
    """A copy of the archived library, to change."""
    shutil.copytree(archived.library.path, tmp_path / "copy", symlinks=True)
    with Library.open(tmp_path / "copy") as library:
        yield library


@pytest.fixture(scope="session")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small hand-made library. Tests only read it, or work on a copy."""
    return make_small(tmp_path_factory.mktemp("small") / "library")


@pytest.fixture
def small(small_made: Small, tmp_path: Path) -> Iterator[Library]:
    """A copy of the small library, to change; no command has kept sums of it so far."""
    made = shutil.ignore_patterns("console.db*", "lookup")
    shutil.copytree(small_made.library.path, tmp_path / "small", symlinks=True, ignore=made)
    with Library.open(tmp_path / "small") as library:
        yield library
