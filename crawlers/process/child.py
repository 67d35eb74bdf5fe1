"""A crawl in a process of its own: it crawls the sources it is told to, until it is told to end.

Orders come as lines over a socket pair, and answers go back the same way
(`crawlers.process_orders`). It ends in good order on SIGTERM. It does so, too, where the socket
ends without END: then its parent is gone, however it went.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from archive.disk.imports import heed_interrupts
from archive.disk.locks import own_card
from archive.errors import ExitCode
from archive.source import Source
from archive.state.rows import Run
from crawlers.process_orders import Halt, Order, Refused, message_from_line, message_to_line
from pipelines.derive.engine import fork_server

_GRACE_SECONDS = 60
_LONGEST_LINE = 16 * 2**20
PRELOADED = "crawlers.process.preload"
"""The module with all that a crawl process needs."""


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What a command wants crawled: the sources, and the flags of the command."""

    library: Path
    sources: tuple[Source, ...]
    allow_private: bool = False
    resolve: tuple[str, ...] = ()
    recheck: bool = False


def spawn(job: CrawlJob, *beside: str) -> tuple[BaseProcess, socket.socket]:
    """A fresh process for *job*'s library and flags, and the way to it.

    Its exit code is one of `ExitCode`. The fork server loads the modules *beside*, too, for other
    processes than this one.
    """
    ours, theirs = socket.socketpair()
    context = fork_server(*beside, PRELOADED)
    arguments = (job, own_card(), theirs, dict(os.environ))
    process = context.Process(target=_run_process, args=arguments, name="backissue-crawl")
    process.start()
    theirs.close()
    return process, ours


def _run_process(
    job: CrawlJob, card: bytes, connection: socket.socket, environment: dict[str, str]
) -> None:
    heed_interrupts()
    os.environ.clear()  # that of the fork server is of the time when it started
    os.environ.update(environment)
    os.setsid()  # Ctrl-C reaches the parent alone, which passes it on once
    try:
        raise SystemExit(int(crawl_to_orders(job, card, connection)))
    except KeyboardInterrupt:  # before Scrapy took the signals over
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None


def crawl_to_orders(job: CrawlJob, card: bytes, connection: socket.socket) -> ExitCode:
    """Crawl in this process, which can do so only once: Twisted's reactor does not start again.

    *card* is what lock files say of the command that this process works for.
    """
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawlers.spiders.magazine import MagazineSpider

    def tell(message: Run | Refused) -> None:
        with suppress(ConnectionError):  # the parent is gone: what is captured is kept
            send_whole(reports, message_to_line(message))

    reports = connection.dup()  # asyncio closes the other one
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    settings.setdict(_settings(job, card), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(MagazineSpider)
    process.crawl(crawler, orders=_orders(connection), report=tell)
    process.start()
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason == "disk_full":
        return ExitCode.DISK_FULL
    if reason == "disk_failed":
        return ExitCode.FOUND_WRONG
    return ExitCode.DONE if reason == "finished" else ExitCode.INTERRUPTED


def send_whole(connection: socket.socket, data: bytes) -> None:
    """Send all of *data*, waiting where the other side is slow.

    asyncio reads from the same socket, and has made it and its duplicates return at once.
    """
    rest = memoryview(data)
    writable = select.poll()
    writable.register(connection, select.POLLOUT)
    while rest:
        try:
            rest = rest[connection.send(rest) :]
        except BlockingIOError:
            writable.poll()


def _settings(job: CrawlJob, card: bytes) -> dict[str, object]:
    return {
        "BACKISSUE_LIBRARY": str(job.library),
        "BACKISSUE_CARD": card.decode(),
        "BACKISSUE_ALLOW_PRIVATE": job.allow_private,
        "BACKISSUE_RESOLVE": list(job.resolve),
        "BACKISSUE_PUBLISH": False,
    }


async def _orders(connection: socket.socket) -> AsyncIterator[Order | Halt]:
    reader, _ = await asyncio.open_unix_connection(sock=connection, limit=_LONGEST_LINE)
    while line := await _next_line(reader):
        message = message_from_line(line)
        if message is None:
            return
        if isinstance(message, Order | Halt):
            yield message
    _end_without_parent()
    await asyncio.Event().wait()  # until the signal stops the crawl


async def _next_line(reader: asyncio.StreamReader) -> bytes:
    """The next line; none where the parent is gone, be it with reports of ours unread (a reset)."""
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


def _end_without_parent() -> None:
    last = threading.Timer(_GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGKILL))
    last.daemon = True  # the next start mends what that leaves
    last.start()
    os.kill(os.getpid(), signal.SIGTERM)
