"""A crawl in a process of its own: what it is given, and what its end tells."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ExitCode
from archive.source import Source

_GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What one crawl process does: the sources to crawl, and the flags of the command."""

    library: Path
    sources: tuple[Source, ...]
    allow_private: bool = False
    resolve: tuple[str, ...] = ()
    recheck: bool = False
    scheduled_for: tuple[tuple[str, str], ...] = ()  # (source, time) of the runs that are scheduled


def spawn(job: CrawlJob) -> BaseProcess:
    """Start *job* in a fresh process; its exit code is one of `ExitCode`."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_run, args=(job,), name="backissue-crawl")
    process.start()
    return process


def _run(job: CrawlJob) -> None:
    os.setsid()  # Ctrl-C reaches the parent alone, which passes it on once
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_follow_to_the_end, args=(parent,), daemon=True).start()
    try:
        raise SystemExit(int(crawl(job)))
    except KeyboardInterrupt:  # before Scrapy took the signals over
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None


def _follow_to_the_end(parent: BaseProcess) -> None:
    """Stop in good order when the parent is gone, however it went."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)  # the next start mends what that leaves


def crawl(job: CrawlJob) -> ExitCode:
    """Crawl in this process, which can do so only once: Twisted's reactor does not start again."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawlers.spiders.magazine import MagazineSpider

    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    settings.setdict(_settings(job), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(MagazineSpider)
    process.crawl(crawler, sources=job.sources, scheduled_for=dict(job.scheduled_for))
    process.start()
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason == "disk_full":
        return ExitCode.DISK_FULL
    return ExitCode.DONE if reason == "finished" else ExitCode.INTERRUPTED


def _hosts(source: Source) -> set[str]:
    urls = [source.url, *(seed.url for seed in source.seeds() if seed.kind != "archive")]
    return {urlsplit(url).hostname or "" for url in urls}


def _settings(job: CrawlJob) -> dict[str, object]:
    delays: dict[str, float] = {}  # of two sources on a host, the slower one decides
    for source in job.sources:
        for host in _hosts(source):
            delays[host] = max(source.delay, delays.get(host, 0))
    slots = {
        host: {"delay": delay, "concurrency": 1, "jitter": 0} for host, delay in delays.items()
    }
    return {
        "BACKISSUE_LIBRARY": str(job.library),
        "BACKISSUE_ALLOW_PRIVATE": job.allow_private,
        "BACKISSUE_RESOLVE": list(job.resolve),
        "BACKISSUE_RECHECK": job.recheck,
        "BACKISSUE_PUBLISH": False,
        "DOWNLOAD_SLOTS": slots,
        "DOWNLOAD_DELAY": max((source.delay for source in job.sources), default=1.0),
    }
