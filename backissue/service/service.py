"""`serve`: each source is crawled when its schedule says so, until the service is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from archive.disk import files
from archive.disk.locks import is_held, lock
from archive.errors import BackissueError, DiskFull, ExitCode
from archive.library import Library
from archive.state.rows import Run, now_text
from backissue.service.console import ConsoleProcess
from backissue.service.crawl_processes import CrawlProcesses
from backissue.service.log import RUN
from backissue.service.socket_card import close_socket, new_socket
from backissue.service.socket_server import SocketServer
from backissue.source_health import BROUGHT_NOTHING
from backissue.web.address import Address, bound
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process_orders import Order, Refused
from crawlers.sources.folder import DeclaredSources, SourceFiles
from crawlers.sources.next_run import HISTORY, History, next_run
from pipelines.rebuild.lost_state import recover_state

logger = logging.getLogger(__name__)
_TURN_SECONDS = 2.0
_PUT_OFF = timedelta(seconds=60)
_CLOCK_SLACK = 5.0  # seconds that wall clock and monotonic clock may part between two turns


class Service:
    """One running service on one library: jobs in memory, made from the source files.

    It plans, and mends the state. Crawl processes capture, and a child process publishes.
    """

    def __init__(
        self, library: Library, engine: str, job: CrawlJob, console: Address | None = None
    ) -> None:
        self._library, self._engine, self._address = library, engine, console
        self._files = SourceFiles(library.path / "sources")
        self._declared = DeclaredSources()
        self._paused: set[str] = set()
        self._processes = CrawlProcesses(
            job, library.settings.serve, self._on_report, self._on_death
        )
        self._server = SocketServer(library, job, self._processes, self._look)
        self._socket: Path | None = None
        self._stopping = asyncio.Event()
        self._children: set[asyncio.subprocess.Process] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._console: ConsoleProcess | None = None
        self._showing: asyncio.Task[None] | None = None
        self._clock_lead = 0.0
        self._published = time.monotonic()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    async def run(self) -> ExitCode:
        """Serve until SIGTERM or Ctrl-C; what is captured by then is published.

        A second signal ends it at once: INTERRUPTED.
        """
        working = asyncio.ensure_future(self._work())
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._signalled, working)
        with suppress(asyncio.CancelledError):
            await working
            return ExitCode.DONE
        return ExitCode.INTERRUPTED

    def _signalled(self, working: asyncio.Future[None]) -> None:
        if self._stopping.is_set():
            self._processes.kill()
            for child in self._children:
                child.kill()
            if self._console:
                self._console.kill()
            working.cancel()
        self._stopping.set()

    async def _work(self) -> None:
        with lock(self._library.lock_file("serve")):
            try:
                self._open_console()
                await self._serve()
            finally:
                await self._close_console()
                if self._socket:
                    close_socket(self._library.path, self._socket)

    async def _serve(self) -> None:
        await self._mend()
        listening = new_socket(self._library.path)
        self._socket = Path(listening.getsockname())
        await self._server.open(listening)
        self._look()
        self._scheduler.start()
        try:
            while not self._stopping.is_set():
                self._turn()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _TURN_SECONDS)
        finally:
            self._scheduler.shutdown(wait=False)
            self._server.close()
        logger.info("stopping: what is on its way comes in, then it is published")
        await self._processes.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._publish()

    def _turn(self) -> None:
        """Look at files, clock and processes again; publish if it is time."""
        self._look()
        self._processes.renew()
        every = self._library.settings.serve.publish_every.total_seconds()
        due = time.monotonic() - self._published >= every
        if due and not self._server.publishing.locked():  # not two at a time
            self._published = time.monotonic()
            self._spawn_task(self._publish())

    def _open_console(self) -> None:
        """Serve the console, if it is wanted; UsageError where its port is taken."""
        if self._address:
            listening = bound(self._address)
            self._console = ConsoleProcess(
                *(self._library.path, self._address.host, listening),
                lambda url: logger.info("console: %s", url),
            )
            self._showing = asyncio.ensure_future(self._console.run())

    async def _close_console(self) -> None:
        """End the console; returns when its process has ended."""
        if self._console and self._showing:
            self._console.stop()
            await self._showing

    # what is declared

    def _look(self) -> None:
        """Make the jobs equal to the source files, the pauses and the clock."""
        declared, paused = self._files.read(), self._library.state.paused()
        for stem, error in declared.broken.items():
            if str(error) != str(self._declared.broken.get(stem)):
                logger.warning("%s", error)
        names = {*declared.sources, *self._declared.sources}
        before = {name: self._is_on(name) and self._declared.sources[name] for name in names}
        self._declared, self._paused = declared, paused
        after = {name: self._is_on(name) and declared.sources[name] for name in names}
        leaped = self._clock_leaped()
        for name in names:
            if leaped or before[name] != after[name]:
                self._plan(name)

    def _is_on(self, name: str) -> bool:
        """Whether the source is declared, and not paused."""
        return name in self._declared.sources and not {name, "*"} & self._paused

    def _clock_leaped(self) -> bool:
        lead = time.time() - time.monotonic()
        leaped = abs(lead - self._clock_lead) > _CLOCK_SLACK
        self._clock_lead = lead
        return leaped

    def _plan(self, name: str) -> None:
        """Plan the next run of the source by its schedule, unless a run is going on."""
        if self._scheduler.get_job(name):
            self._scheduler.remove_job(name)
        if self._is_on(name) and name not in self._processes.going and not self._stopping.is_set():
            history = History(tuple(self._library.state.last_runs(name, HISTORY)))
            moment = next_run(self._declared.sources[name], history, datetime.now(UTC))
            self._plan_at(name, moment, moment)

    def _plan_at(self, name: str, moment: datetime, due: datetime) -> None:
        """Let the run that is due at *due* begin at *moment*."""
        self._scheduler.add_job(
            *(self._begin, "date", [name, due]),
            id=name,
            run_date=moment,
            replace_existing=True,
        )

    async def _begin(self, name: str, due: datetime) -> None:
        """The source is due: give it to its crawl process, or put it off."""
        if not self._is_on(name) or name in self._processes.going or self._stopping.is_set():
            return
        source = self._declared.sources[name]
        now = datetime.now(UTC)
        try:
            files.check_floor(self._library.path, self._library.settings.disk.floor)
        except DiskFull as error:
            logger.warning("%s", error)
            self._plan_at(name, now + _PUT_OFF, due)
            return
        if wait := self._processes.ready_in(source):
            self._plan_at(name, now + timedelta(seconds=wait), due)
            return
        named = host_delays([source])
        delays = host_delays(self._declared.sources.values())
        wanted = {host: delays[host] for host in named}
        try:
            await self._processes.give(Order(source, wanted, scheduled_for=now_text(due)))
        except OSError as error:
            logger.warning("%s: no crawl process: %s", name, error)
            self._plan_at(name, now + _PUT_OFF, due)

    # what crawl processes tell

    def _on_report(self, report: Run | Refused) -> None:
        self._server.tell(report)
        if isinstance(report, Refused):
            logger.warning("%s", report.reason)
            now = datetime.now(UTC)
            if self._is_on(report.source):
                self._plan_at(report.source, now + _PUT_OFF, now + _PUT_OFF)
        elif report.ended:
            detail = f" ({report.detail})" if report.detail else ""
            logger.log(
                logging.WARNING if report.state in BROUGHT_NOTHING else logging.INFO,
                "%s: %s, %d captures%s",
                *(report.source, report.state, report.captures, detail),
                extra={RUN: report},
            )
            self._plan(report.source)

    def _on_death(self, left: set[str], code: ExitCode | None) -> None:
        """A crawl process ended unasked: what it left is mended, then crawled again."""
        if not self._stopping.is_set():
            said = "was killed, or broke down" if code is None else f"ended with {code.name}"
            logger.warning("a crawl process %s; it was crawling: %s", said, ", ".join(left) or "-")
        self._spawn_task(self._make_up(left))

    async def _make_up(self, names: Iterable[str]) -> None:
        try:
            await self._mend()
            for name in names:
                for run in self._library.state.last_runs(name, 1):
                    self._server.tell(run)
        except BackissueError as error:  # such as a full disk: the next mending tries again
            logger.warning("%s", error)
        for name in names:
            self._plan(name)

    # children

    async def _mend(self) -> None:
        """Mend what a killed process left; its runs are lost."""
        await asyncio.to_thread(recover_state, self._library)
        for run in self._library.state.running():
            if not is_held(self._library.lock_file(f"source-{run.source}")):
                self._library.state.put_runs([_mark_lost(run)])

    async def _publish(self) -> None:
        async with self._server.publishing:
            await self._child("publish", "--engine", self._engine)

    async def _child(self, command: str, *flags: str) -> None:
        """Run a command of ours in a process of its own; what it says goes into the log."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backissue.service_child", command),
            *("--library", str(self._library.path), *flags),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the service
        )
        self._children.add(child)
        said, _ = await child.communicate()
        self._children.discard(child)
        level = logging.WARNING if child.returncode else logging.INFO
        for line in said.decode(errors="replace").splitlines():
            logger.log(level, "%s: %s", command, line)

    def _spawn_task(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a task of the service broke down", exc_info=error)


def _mark_lost(run: Run) -> Run:
    return replace(run, state="lost", ended=now_text(), detail="its process was killed")
