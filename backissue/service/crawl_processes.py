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
from archive.state.rows import Run
from archive.web.hosts import registered_domain
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Halt, Order, Refused

logger = logging.getLogger(__name__)
_LONGEST_PAUSE = 300.0  # seconds before a new process, however many died in a row


@dataclass(slots=True)
class ProcessSlot:
    """The place of a crawl process: the process, and the sources that it is crawling."""

    process: CrawlProcess | None = None
    listener: asyncio.Task[None] | None = None
    going: set[str] = field(default_factory=set)
    leaving: bool = False  # it was asked to end
    deaths: int = 0  # in a row
    free_at: float = 0.0  # monotonic seconds: no new process before
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)


class CrawlProcesses:
    """So many crawl processes as the settings say, each started when it has something to do.

    *on_report* gets each report. Where a process ended unasked, *on_death* gets the sources that it
    left, and its exit code.
    """

    def __init__(
        self,
        job: CrawlJob,
        settings: ServeSettings,
        on_report: Callable[[Run | Refused], None],
        on_death: Callable[[set[str], ExitCode | None], None],
    ) -> None:
        self._job, self._settings = job, settings
        self._on_report, self._on_death = on_report, on_death
        self._slots = [ProcessSlot() for _ in range(settings.crawl_processes)]

    @property
    def going(self) -> set[str]:
        """The sources that are being crawled."""
        return {name for slot in self._slots for name in slot.going}

    @property
    def pids(self) -> list[int]:
        """The process ids of the crawl processes."""
        return [slot.process.pid for slot in self._slots if slot.process]

    def ready_in(self, source: Source) -> float:
        """Seconds until *source* may be given: its process may have died, or be leaving."""
        slot = self._slot_of(source)
        if slot.leaving:
            return 1.0
        return 0.0 if slot.process else max(0.0, slot.free_at - time.monotonic())

    async def give(self, order: Order) -> None:
        """Let *order* be crawled by the process of its domain; OSError where none starts."""
        slot = self._slot_of(order.source)
        slot.going.add(order.source.name)
        try:
            async with slot.starting:
                if slot.process is None:
                    slot.process = await CrawlProcess.start(self._job)
                    slot.listener = asyncio.ensure_future(self._listen(slot, slot.process))
                slot.process.give(order)
        except OSError:
            slot.going.discard(order.source.name)
            raise

    def halt(self, name: str) -> None:
        """Let the run of a source end in good order."""
        for slot in self._slots:
            if slot.process and name in slot.going:
                slot.process.give(Halt(name))

    def renew(self) -> None:
        """End old or large processes in a quiet moment, and those twice too large at once."""
        for slot in self._slots:
            process = slot.process
            if process is None or slot.leaving:
                continue
            old = time.monotonic() - process.started > self._settings.recycle_after.total_seconds()
            memory, bound = process.memory, self._settings.recycle_memory
            if not slot.going and (old or memory > bound):
                slot.leaving = True
                process.end()
            elif memory > 2 * bound:
                logger.warning("crawl process %d holds %d MiB: renewed", process.pid, memory >> 20)
                slot.leaving = True
                process.stop()

    async def stop(self) -> None:
        """All processes end in good order; returns when they have."""
        for slot in self._slots:
            slot.leaving = True
            if slot.process:
                slot.process.stop()
        await asyncio.gather(*(slot.listener for slot in self._slots if slot.listener))

    def kill(self) -> None:
        """All processes end at once."""
        for slot in self._slots:
            if slot.process:
                slot.process.kill()

    def _slot_of(self, source: Source) -> ProcessSlot:
        domain = registered_domain(urlsplit(source.url).hostname or "")
        return self._slots[zlib.crc32(domain.encode()) % len(self._slots)]

    async def _listen(self, slot: ProcessSlot, process: CrawlProcess) -> None:
        """Pass on the reports of a process until it ends."""
        async for report in process.reports():
            if isinstance(report, Refused) or report.ended:
                slot.going.discard(report.source)
                slot.deaths = 0
            self._on_report(report)
        code = await process.wait()
        left, slot.going = slot.going, set()
        asked, slot.leaving = slot.leaving, False
        slot.process = slot.listener = None
        if not asked:
            slot.deaths += 1
            slot.free_at = time.monotonic() + min(2.0 ** (slot.deaths - 1), _LONGEST_PAUSE)
        if left or not asked:
            self._on_death(left, code)
