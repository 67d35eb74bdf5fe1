"""Sources into published tables: a child process captures, this one derives and publishes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from archive.errors import ExitCode
from archive.library import Library
from archive.locks import lock
from archive.repair import recover
from archive.source import Source
from archive.state import Run, now_text
from backissue.output import Meter
from crawlers.process import CrawlJob, spawn
from pipelines.batches import Published, publish
from pipelines.derive import Receipt
from pipelines.engine import Engine
from pipelines.staging import Follower

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl came to."""

    exit_code: ExitCode
    runs: tuple[Run, ...]
    published: Published | None


def crawl(
    library: Library,
    job: CrawlJob,
    engine: Engine,
    meter: Meter,
    *,
    publishes: bool = True,
    stopped: threading.Event | None = None,
) -> Crawled:
    """Crawl *job*'s sources and publish what came; LockHeld where one of them is being crawled.

    A signal to stop is passed on to the crawl process, and sets *stopped*.
    """
    stopped = stopped or threading.Event()
    with ExitStack() as held:
        names = {f"source-{source.name}" for source in job.sources}
        for name in sorted(names):
            held.enter_context(lock(library.lock_file(name)))
        recover(library, names)
        before = now_text()
        code = _capture(library, job, engine, meter, stopped)
        if any(run.state == "running" for run in runs_since(library, job.sources, before)):
            recover(library, names)  # the crawl process was killed
        runs = tuple(runs_since(library, job.sources, before))
        published = None
        if publishes:
            pages = Counting(meter)
            published = publish(library, engine, payloads=True, told=pages.told)
        if code == ExitCode.DONE and any(run.state != "done" for run in runs):
            code = ExitCode.FOUND_WRONG
        return Crawled(code, runs, published)


class Counting:
    """Tells a meter how many captures were read so far."""

    def __init__(self, meter: Meter) -> None:
        self._meter, self._captures = meter, 0
        meter.update(0, 0, "reading what was captured")

    def told(self, receipt: Receipt) -> None:
        """One more span was read."""
        self._captures += receipt.captures
        self._meter.update(self._captures, 0, "captures read")


def runs_since(library: Library, sources: Sequence[Source], moment: str) -> list[Run]:
    """The runs of *sources* that started at *moment* or later."""
    names = {source.name for source in sources}
    return [run for run in library.state.runs("started >= ?", moment) if run.source in names]


def _capture(
    library: Library, job: CrawlJob, engine: Engine, meter: Meter, stopped: threading.Event
) -> ExitCode:
    """Run the crawl process to its end, deriving meanwhile what it has captured."""
    since = now_text()
    follower = Follower(library, engine.workers or os.cpu_count() or 1)
    process = spawn(job)
    try:
        with _interrupts_passed_on(process, stopped):
            while process.is_alive():
                process.join(_POLL_SECONDS)
                follower.poll()
                _tell(meter, runs_since(library, job.sources, since))
    finally:
        follower.close()
    if stopped.is_set():
        return ExitCode.INTERRUPTED
    try:
        return ExitCode(process.exitcode or 0)
    except ValueError:  # killed by a signal, or a bug: what was captured is still published
        return ExitCode.FOUND_WRONG


def _tell(meter: Meter, runs: list[Run]) -> None:
    known, finished = sum(run.known for run in runs), sum(run.finished for run in runs)
    failed = sum(run.failed for run in runs)
    meter.update(finished, known, f"{failed} failed" if failed else "")


@contextmanager
def _interrupts_passed_on(process: BaseProcess, stopped: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM let the crawl finish what is in flight; a second ends it at once."""

    def forward(_number: int, _frame: object) -> None:
        if process.pid and process.is_alive():
            os.kill(process.pid, signal.SIGKILL if stopped.is_set() else signal.SIGINT)
        stopped.set()

    old = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
