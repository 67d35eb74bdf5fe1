"""Sources into published tables: a child process captures, this process derives and publishes.

Extraction costs ten times as much as fetching, and it would stall the event loop. So it is done in
another process than the crawl.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket
from typing import Protocol

from archive.disk.locks import have_one_holder, holder, is_held
from archive.errors import BackissueError, ExitCode, LockHeld
from archive.library import Library
from archive.removal.in_force import in_force
from archive.repair.recover import recover
from archive.source import Source
from archive.state.rows import COMPLETE, Run
from backissue.output import Meter, warn
from backissue.service.socket_client import ServiceCrawl, connect, crawl_request, turn
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Halt, Order, Refused
from pipelines.batch_writer import Published
from pipelines.derive.engine import PRELOADED, Engine, KeptPool, kept
from pipelines.derive.staging import Follower
from pipelines.derive.tasks import Receipt
from pipelines.publish import publish
from pipelines.rebuild.lost_state import recover_state
from pipelines.rebuild.readiness import make_whole

_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Crawled:
    """The result of a crawl."""

    exit_code: ExitCode
    runs: tuple[Run, ...]
    published: Published | None


class RunningCrawl(Protocol):
    """A crawl that takes orders and reports on them: by a process of our own, or by a service."""

    def give(self, message: Order | Halt) -> None:
        """Send an order."""

    def end(self) -> None:
        """No more orders come."""

    def reports(self) -> AsyncIterator[Run | Refused]:
        """What becomes of the orders, until all is done."""

    def stop(self) -> None:
        """End in good order."""

    def kill(self) -> None:
        """End at once."""

    async def wait(self) -> ExitCode | None:
        """The exit code; None where it did not end by itself."""


def crawl_sources(
    library: Library, job: CrawlJob, engine: Engine, meter: Meter, *, publishes: bool = True
) -> Crawled:
    """Crawl *job*'s sources, and publish what they brought.

    Where a service runs on the library, its processes crawl; a run of theirs that goes on already
    is waited for. Ctrl-C and SIGTERM let the crawl finish the requests that are on their way; a
    second signal ends it at once.

    Raises LockHeld where another process crawls a source already, UsageError where a service has
    other flags, and Damaged where it cannot be told what is removed.
    """
    for name in refuse_held(library, job.sources):
        flags = ", without --recheck" if job.recheck else ""
        warn(f"{name}: the service is crawling it: waiting for that run{flags}")
    in_force(library.path)  # where the list of removals cannot be read, nothing is asked for
    recover_state(library)
    service = connect(library, crawl_request(job))
    with kept(engine) as deriving:
        progress = asyncio.run(_capture(library, job, deriving, meter, service, publishes))
        if progress.code is None:  # the process was killed, or broke down: its captures count
            recover(library)
        runs = tuple(_as_recorded(library, progress))
        published = None
        if publishes:
            with turn(library):
                make_whole(library, deriving)
                counter = CaptureCounter(meter)
                published = publish(library, deriving, payloads=True, on_receipt=counter.add)
    if progress.refused and not progress.stopped:
        raise progress.refused[0].error()
    return Crawled(_exit_code(progress, runs), runs, published)


def refuse_held(library: Library, sources: Sequence[Source]) -> list[str]:
    """Raise LockHeld if one of *sources* is being crawled; name those that a service crawls."""
    serving, by_service = library.lock_file("serve"), []
    for source in sources:
        path = library.lock_file(f"source-{source.name}")
        if have_one_holder(path, serving):
            by_service.append(source.name)
        elif is_held(path):
            raise LockHeld(path, holder(path))
    return by_service


class CaptureCounter:
    """Counts the captures that were read, and shows the sum on a meter."""

    def __init__(self, meter: Meter) -> None:
        self._meter, self._captures = meter, 0
        meter.update(0, 0, "reading what was captured")

    def add(self, receipt: Receipt) -> None:
        """Count the captures of a span that was read."""
        self._captures += receipt.captures
        self._meter.update(self._captures, 0, "captures read")


@dataclass(slots=True)
class CrawlProgress:
    """How a crawl goes: the newest report of each run, and how it ended."""

    waiting: set[str]  # sources whose run has not ended
    runs: dict[str, Run] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    stopped: bool = False
    code: ExitCode | None = None

    def note(self, report: Run | Refused) -> None:
        """Enter a report."""
        if isinstance(report, Refused):
            self.refused.append(report)
            self.waiting.discard(report.source)
            return
        self.runs[report.run_id] = report
        if report.ended:
            self.waiting.discard(report.source)


async def _capture(
    library: Library,
    job: CrawlJob,
    engine: Engine,
    meter: Meter,
    service: socket | None,
    publishes: bool,
) -> CrawlProgress:
    """Crawl the sources to their end, and derive their captures meanwhile."""
    workers = engine.workers or os.cpu_count() or 1
    pool = engine.kept or KeptPool(workers)
    follower = Follower(library, pool, workers, recipes=True)
    running: RunningCrawl
    if service:
        running = await ServiceCrawl.over(service, [source.name for source in job.sources])
    else:
        running = await CrawlProcess.start(job, PRELOADED)
    progress = CrawlProgress({source.name for source in job.sources})
    _pass_signals_on(running, progress)
    ended = asyncio.Event()
    growing = None if service or not publishes else GrowingTables(library, engine)
    polling = asyncio.ensure_future(_poll(follower, growing, ended))
    try:
        await follow(running, job, progress, meter)
    finally:
        ended.set()
        await polling
        running.kill()
        follower.close()
        if pool is not engine.kept:
            pool.drop()
    return progress


async def follow(
    running: RunningCrawl, job: CrawlJob, progress: CrawlProgress, meter: Meter
) -> None:
    """Order a run of each source, and show on *meter* how the runs go, until all have ended."""
    delays = host_delays(job.sources)
    for source in job.sources:
        running.give(Order(source, delays, recheck=job.recheck))
    async for report in running.reports():
        progress.note(report)
        _update_meter(meter, progress.runs)
        if not progress.waiting:
            running.end()
    progress.code = await running.wait()


class GrowingTables:
    """Publishes what has come while a crawl goes on, as often as the settings say."""

    def __init__(self, library: Library, engine: Engine) -> None:
        self._library, self._engine = library, engine
        self._every = library.settings.crawl.publish_every.total_seconds()
        self._last = time.monotonic()

    @property
    def are_due(self) -> bool:
        """Whether it is time to publish."""
        return time.monotonic() - self._last >= self._every

    def publish(self) -> None:
        """Publish; what stands in the way is met again, and told, when the crawl has ended."""
        with suppress(BackissueError):
            make_whole(self._library, self._engine)
            publish(self._library, self._engine)
        self._last = time.monotonic()


async def _poll(follower: Follower, growing: GrowingTables | None, ended: asyncio.Event) -> None:
    """Derive, and publish now and then, until the crawl has *ended*."""
    while not ended.is_set():
        follower.poll()
        if growing and growing.are_due:
            await asyncio.to_thread(follower.close)  # no span is derived twice
            await asyncio.to_thread(growing.publish)
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _POLL_SECONDS)


def _pass_signals_on(running: RunningCrawl, progress: CrawlProgress) -> None:
    """Let signals end the crawl, as long as the event loop runs."""

    def heard() -> None:
        (running.kill if progress.stopped else running.stop)()
        progress.stopped = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, heard)


def _update_meter(meter: Meter, runs: dict[str, Run]) -> None:
    known = sum(run.known for run in runs.values())
    finished = sum(run.finished for run in runs.values())
    failed = sum(run.failed for run in runs.values())
    meter.update(finished, known, f"{failed} failed" if failed else "")


def _as_recorded(library: Library, progress: CrawlProgress) -> list[Run]:
    """The runs as they stand in the state, where recovery may have ended them."""
    return library.state.runs_named(progress.runs)


def _exit_code(progress: CrawlProgress, runs: Sequence[Run]) -> ExitCode:
    if progress.stopped:
        return ExitCode.INTERRUPTED
    code = ExitCode.FOUND_WRONG if progress.code is None else progress.code
    if code == ExitCode.DONE and any(run.state not in COMPLETE for run in runs):
        return ExitCode.FOUND_WRONG
    return code
