"""A crawl in a process of its own: it crawls the sources it is told to, until it is told to end.

`python -m crawlers.process --library DIR`: orders come as lines on standard input, what becomes of
them goes out as lines on standard output (`crawlers.orders`). It ends in good order on SIGTERM, and
when its standard input ends without END, for then its parent is gone, however it went.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ExitCode
from archive.source import Source
from archive.state import Run
from crawlers.orders import Halt, Order, Refused, from_line, to_line

_GRACE_SECONDS = 60
_LONGEST_LINE = 16 * 2**20


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What a command wants crawled: the sources, and the flags of the command."""

    library: Path
    sources: tuple[Source, ...]
    allow_private: bool = False
    resolve: tuple[str, ...] = ()
    recheck: bool = False


def words(job: CrawlJob, card: bytes) -> list[str]:
    """The command line of a process that crawls with *job*'s flags; *card* names its master."""
    resolve = [word for text in job.resolve for word in ("--resolve", text)]
    private = ["--allow-private"] if job.allow_private else []
    library = ["--library", str(job.library), "--card", card.decode()]
    return [sys.executable, "-m", "crawlers.process", *library, *private, *resolve]


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl what standard input asks for; the exit code is one of `ExitCode`."""
    options = _parser().parse_args(arguments)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print is no report

        def tell(message: Run | Refused) -> None:
            with suppress(BrokenPipeError):  # the parent is gone: what is captured is kept
                out.write(to_line(message))

        return crawl(options, tell)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--card", default="")
    parser.add_argument("--allow-private", action="store_true")
    parser.add_argument("--resolve", action="append", default=[])
    return parser


def crawl(options: argparse.Namespace, tell: Callable[[Run | Refused], None]) -> ExitCode:
    """Crawl in this process, which can do so only once: Twisted's reactor does not start again."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawlers.spiders.magazine import MagazineSpider

    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    own = {
        "BACKISSUE_LIBRARY": options.library,
        "BACKISSUE_CARD": options.card,
        "BACKISSUE_ALLOW_PRIVATE": options.allow_private,
        "BACKISSUE_RESOLVE": options.resolve,
        "BACKISSUE_PUBLISH": False,
    }
    settings.setdict(own, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(MagazineSpider)
    process.crawl(crawler, orders=_orders(), told=tell)
    process.start()
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason == "disk_full":
        return ExitCode.DISK_FULL
    return ExitCode.DONE if reason == "finished" else ExitCode.INTERRUPTED


async def _orders() -> AsyncIterator[Order | Halt]:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        message = from_line(line)
        if message is None:
            return
        if isinstance(message, Order | Halt):
            yield message
    _end_without_parent()
    await asyncio.Event().wait()  # until the signal stops the crawl


def _end_without_parent() -> None:
    last = threading.Timer(_GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGKILL))
    last.daemon = True  # the next start mends what that leaves
    last.start()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
