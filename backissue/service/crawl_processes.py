"""The crawl processes of a running service: sources go to them by domain, and they are renewed."""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.config import ServeSettings
from archive.errors import ExitCode
from archive.source import Source
from archive.state.database import Run
from archive.web.hosts import registered_domain
from crawlers.orders import Halt, Order, Refused
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess

logger = logging.getLogger(__name__)
_LONGEST_PAUSE = 300.0  # seconds, after crawl processes that died one after the other


@dataclass(slots=True)
class Berth:
    """The place of one crawl process: who is there, and which sources it is crawling."""

    process: CrawlProcess | None = None
    listener: asyncio.Task[None] | None = None
    going: set[str] = field(default_factory=set)
    leaving: bool = False  # it was told to end
    deaths: int = 0  # one after the other
    free_at: float = 0.0  # monotonic seconds: no new process before
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)


class Fleet:
    """So many crawl processes as the settings say, each started when it has something to do.

    *told* hears each report; *died* hears which sources a process left when it ended unasked.
    """

    def __init__(
        self,
        flags: CrawlJob,
        settings: ServeSettings,
        told: Callable[[Run | Refused], None],
        died: Callable[[set[str], ExitCode | None], None],
    ) -> None:
        self._flags, self._settings = flags, settings
        self._told, self._died = told, died
        self._berths = [Berth() for _ in range(settings.crawl_processes)]

    @property
    def going(self) -> set[str]:
        """The sources that are being crawled."""
        return {name for berth in self._berths for name in berth.going}

    @property
    def pids(self) -> list[int]:
        """The numbers of the crawl processes."""
        return [berth.process.pid for berth in self._berths if berth.process]

    def ready_in(self, source: Source) -> float:
        """Seconds until *source* may be given: its process may have died, or be leaving."""
        berth = self._berth(source)
        if berth.leaving:
            return 1.0
        return 0.0 if berth.process else max(0.0, berth.free_at - time.monotonic())

    async def give(self, order: Order) -> None:
        """Let *order* be crawled by the process of its domain; OSError where none starts."""
        berth = self._berth(order.source)
        berth.going.add(order.source.name)
        try:
            async with berth.starting:
                if berth.process is None:
                    berth.process = await CrawlProcess.start(self._flags)
                    berth.listener = asyncio.ensure_future(self._listen(berth, berth.process))
                berth.process.give(order)
        except OSError:
            berth.going.discard(order.source.name)
            raise

    def halt(self, name: str) -> None:
        """Let the run of a source end in good order."""
        for berth in self._berths:
            if berth.process and name in berth.going:
                berth.process.give(Halt(name))

    def renew(self) -> None:
        """Let processes that are old or large go: in a quiet moment, or where it is high time."""
        for berth in self._berths:
            process = berth.process
            if process is None or berth.leaving:
                continue
            old = time.monotonic() - process.started > self._settings.recycle_after.total_seconds()
            memory, bound = process.memory, self._settings.recycle_memory
            if not berth.going and (old or memory > bound):
                berth.leaving = True
                process.end()
            elif memory > 2 * bound:
                logger.warning("crawl process %d holds %d MiB: renewed", process.pid, memory >> 20)
                berth.leaving = True
                process.stop()

    async def stop(self) -> None:
        """All processes end in good order; returns when they have."""
        for berth in self._berths:
            berth.leaving = True
            if berth.process:
                berth.process.stop()
        await asyncio.gather(*(berth.listener for berth in self._berths if berth.listener))

    def kill(self) -> None:
        """All processes end at once."""
        for berth in self._berths:
            if berth.process:
                berth.process.kill()

    def _berth(self, source: Source) -> Berth:
        domain = registered_domain(urlsplit(source.url).hostname or "")
        return self._berths[zlib.crc32(domain.encode()) % len(self._berths)]

    async def _listen(self, berth: Berth, process: CrawlProcess) -> None:
        """Hear a process to its end."""
        async for report in process.reports():
            if isinstance(report, Refused) or report.ended:
                berth.going.discard(report.source)
                berth.deaths = 0
            self._told(report)
        code = await process.wait()
        left, berth.going = berth.going, set()
        asked, berth.leaving = berth.leaving, False
        berth.process = berth.listener = None
        if not asked:
            berth.deaths += 1
            berth.free_at = time.monotonic() + min(2.0 ** (berth.deaths - 1), _LONGEST_PAUSE)
        if left or not asked:
            self._died(left, code)
