"""`serve`: each source is crawled when its schedule says so, until the service is told to stop."""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from archive.errors import BackissueError
from archive.library import Library
from archive.locks import lock
from archive.repair import recover
from archive.source import Source
from archive.state import now_text
from backissue.crawling import crawl
from backissue.output import Meter
from crawlers.process import CrawlJob
from crawlers.sources import cron_trigger, load_sources
from pipelines.batches import publish
from pipelines.engine import Engine

logger = logging.getLogger(__name__)
ADAPTIVE_INTERVAL = timedelta(hours=1)
_REREAD_SECONDS = 5.0
_PAUSE_SECONDS = 60.0


class Service:
    """One running service on one library: jobs in memory, made from the source files."""

    def __init__(self, library: Library, engine: Engine, flags: CrawlJob, meter: Meter) -> None:
        self.library, self._engine, self._flags, self._meter = library, engine, flags, meter
        self.stopped = threading.Event()
        self._due: queue.Queue[tuple[str, str]] = queue.Queue()
        self._sources: dict[str, Source] = {}
        self._published = time.monotonic()
        # Due runs are only noted by the scheduler: the main thread crawls.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._scheduler.add_listener(self._note_due, EVENT_JOB_SUBMITTED)

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C; what is captured by then is published."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        with lock(self.library.lock_file("serve")):
            recover(self.library)
            self._read_sources()
            self._scheduler.start()
            try:
                while not self.stopped.is_set():
                    self._turn()
            finally:
                self._scheduler.shutdown(wait=False)
                self._publish_last()

    def _publish_last(self) -> None:
        try:
            self._publish()
        except BackissueError as error:  # what is captured is published by the next command
            logger.warning("%s", error)

    def _publish(self) -> None:
        published = publish(self.library, self._engine)
        for one in published.quarantined if published else ():
            logger.warning("%s", one)

    def _stop(self, _number: int, _frame: object) -> None:
        self.stopped.set()

    def _turn(self) -> None:
        """Crawl what is due, publish if it is time, look at the source files again."""
        due: dict[str, str] = {}
        try:
            due = self._take_due()
            if due:
                self._crawl(due)
            every = self.library.settings.serve.publish_every.total_seconds()
            if time.monotonic() - self._published >= every:
                self._publish()
                self._published = time.monotonic()
        except BackissueError as error:  # a full disk, a lock that is held: what is due stays due
            logger.warning("%s", error)
            for name, moment in due.items():
                self._due.put((name, moment))
            self.stopped.wait(_PAUSE_SECONDS)
        self._read_sources()

    def _take_due(self) -> dict[str, str]:
        """Source and time of the runs that are due, waiting a little for the first."""
        due: dict[str, str] = {}
        until = time.monotonic() + _REREAD_SECONDS
        while not due and time.monotonic() < until and not self.stopped.is_set():
            try:
                due.update([self._due.get(timeout=0.2)])
            except queue.Empty:
                continue
        while not self._due.empty():
            due.update([self._due.get_nowait()])
        return {name: moment for name, moment in due.items() if self._is_new(name, moment)}

    def _is_new(self, name: str, moment: str) -> bool:
        """Whether the run is of a source that is there, and not in the ledger already."""
        known = self.library.state.runs("source = ? AND scheduled_for = ?", name, moment)
        return name in self._sources and not known

    def _crawl(self, due: dict[str, str]) -> None:
        job = CrawlJob(
            self.library.path,
            tuple(self._sources[name] for name in due),
            self._flags.allow_private,
            self._flags.resolve,
            scheduled_for=tuple(due.items()),
        )
        crawled = crawl(
            self.library, job, self._engine, self._meter, publishes=False, stopped=self.stopped
        )
        for one in crawled.runs:
            logger.info("%s: %s, %d captures %s", one.source, one.state, one.captures, one.detail)

    def _note_due(self, event: JobSubmissionEvent) -> None:
        self._due.put((event.job_id, now_text(event.scheduled_run_times[-1])))

    def _read_sources(self) -> None:
        """Make the jobs equal to the source files; a file that is wrong keeps its last good job."""
        try:
            found = {one.name: one for one in load_sources(self.library.path / "sources")}
        except BackissueError as error:
            logger.warning("%s", error)
            return
        for name in self._sources.keys() - found.keys():
            self._scheduler.remove_job(name)
        for name, source in found.items():
            if self._sources.get(name) != source:
                first = self._first_run(source)
                trigger = trigger_of(source)
                options: dict[str, Any] = {"next_run_time": first} if first else {}
                self._scheduler.add_job(_note, trigger, id=name, replace_existing=True, **options)
        self._sources = found

    def _first_run(self, source: Source) -> datetime | None:
        """When a source is due first: at once if it never ran or its time has passed meanwhile."""
        runs = self.library.state.runs("source = ? AND scheduled_for IS NOT NULL", source.name)
        now = datetime.now(UTC)
        if not runs:
            return now if source.cadence.kind != "cron" else None
        last = datetime.fromisoformat(runs[-1].started)
        following = trigger_of(source).get_next_fire_time(last, last)
        if isinstance(trigger_of(source), IntervalTrigger):
            following = last + trigger_of(source).interval
        return max(now, following) if following else None


def _note() -> None:
    """The job itself does nothing: that it is submitted is what counts."""


def trigger_of(source: Source) -> BaseTrigger:
    """APScheduler's trigger for a source's schedule."""
    cadence = source.cadence
    if cadence.kind == "cron":
        return cron_trigger(source)
    interval = cadence.interval or ADAPTIVE_INTERVAL
    return IntervalTrigger(seconds=int(interval.total_seconds()), timezone=UTC)
