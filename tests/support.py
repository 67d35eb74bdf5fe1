"""What tests of several folders use: values and small readings of a library."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from archive.library import Library
from archive.source import Source
from backissue.crawling import Crawled
from backissue.sample import LogEntry, Piece, SampleMagazines
from crawlers.process.child import CrawlJob

SILENT = SimpleNamespace(json=False, quiet=True)


@dataclass(frozen=True)
class Archived:
    """A library, what the magazines had published at each crawl, and what they were asked."""

    library: Library
    crawls: tuple[Crawled, ...]
    pieces: tuple[tuple[Piece, ...], ...]
    requests: tuple[tuple[LogEntry, ...], ...]


def sample_sources(site: SampleMagazines, delay: float = 0) -> tuple[Source, ...]:
    """The sample magazines as sources."""
    return tuple(
        Source(name=m.name, url=m.url, feeds=(m.feed_url,), sitemaps=(m.sitemap_url,), delay=delay)
        for m in site.magazines
    )


def sample_job(library: Library, site: SampleMagazines, **options: Any) -> CrawlJob:
    """The job that crawls all sample magazines without delay."""
    return CrawlJob(library.path, sample_sources(site), True, tuple(site.resolve), **options)


def contents(library: Library) -> dict[str, bytes]:
    """The bytes of all table files, by path without the number of the generation."""
    generation = library.generation
    return {
        str(path.relative_to(generation)).replace(f"g{generation.name}-", ""): path.read_bytes()
        for path in generation.glob("*/data/**/*.parquet")
    }


def command(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `backissue` as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "backissue", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        **options,
    )


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
