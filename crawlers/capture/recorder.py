"""The Scrapy extension that keeps: captures go into the WARC, runs into the state."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import BackissueError, CorruptRecord, DiskFailed, DiskFull, UsageError
from archive.library import Library
from archive.revisits import kept_validator, revisit_in, validator_of
from archive.source import Source
from archive.state.database import Run, State, Validator, Visit, now_text, pointer_of
from archive.state.host_notes import put_rests, rests
from archive.types import Capture, Pointer
from archive.warc.crawl_log import CRAWL_LOG_URI, SOURCE_URI, is_change
from archive.web.http import MAX_CONTENT, decode_content
from archive.web.surt import url_surtkey
from archive.writer import WarcWriter
from crawlers.capture.run import Outcome, SourceRun, to_be_done
from crawlers.capture.secrets import secrets_of
from crawlers.discovery.url_shapes import Shapes
from crawlers.frontier import merged_dates
from crawlers.politeness.pace import pace_of
from crawlers.wire.dial import unused_proxies

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
_FLUSH_SECONDS = 0.5
_PATIENCE = 60  # flushes


class Recorder:
    """One per crawl process: its library, its WARC writer, its runs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.library = Library.open(Path(crawler.settings["BACKISSUE_LIBRARY"]), writing=True)
        self.writer = WarcWriter(self.library, self._remember)
        self.runs: dict[str, SourceRun] = {}  # those that go on, or whose log is not on the disk
        self.quiet = asyncio.Event()  # set while there are none
        self.quiet.set()
        self.told: Callable[[Run], None] = lambda _: None  # hears of each run, twice a second
        self.publishes = crawler.settings.getbool("BACKISSUE_PUBLISH")
        self._card = crawler.settings.get("BACKISSUE_CARD").encode() or None
        self._locks: dict[str, ExitStack] = {}
        self._closed = False
        self._visits: list[Visit] = []
        self._logs: list[tuple[SourceRun, Future[Pointer]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._closing: asyncio.Future[None] | None = None
        self._said: set[str] = set()
        self._failures = 0  # one after the other, of writing to the state

    @property
    def sources(self) -> Path:
        """The folder of the source files."""
        return self.library.path / "sources"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        """Scrapy's way to make an extension."""
        recorder = cls(crawler)
        crawler.signals.connect(recorder.spider_opened, signals.spider_opened)
        crawler.signals.connect(recorder.engine_stopped, signals.engine_stopped)
        return recorder

    async def keep(
        self, capture: Capture, asked: Validator | None = None
    ) -> tuple[Capture, Pointer]:
        """Write *capture*, as a revisit where it is one; returns once it is on the disk.

        *asked* is what its request was conditional on.
        """
        if capture.status in (200, 304):
            capture = await asyncio.to_thread(revisit_in, self.library, capture, asked)
        pointer = await asyncio.wrap_future(self.writer.write(capture))
        if run := self.runs.get(capture.run_id):
            run.captures += 1
        return capture, pointer

    async def known(self, url: str) -> Validator | None:
        """The newest complete response of *url*, if its record was read just now and is whole."""
        return await asyncio.to_thread(kept_validator, self.library, url)

    def known_content(self, url: str) -> bytes:
        """The decoded body of the newest complete capture of *url*; empty where there is none."""
        known = self.library.state.validator(url_surtkey(url))
        if known is None:
            return b""
        try:
            capture = self.library.read(pointer_of(known))
        except CorruptRecord:
            return b""
        return decode_content(capture.payload, capture.content_codings, MAX_CONTENT).data

    def start(self, source: Source, scheduled_for: str | None = None) -> SourceRun:
        """Begin a run of *source*; LockHeld where another process crawls it.

        UsageError where the ledger has a run for the time *scheduled_for* already.
        """
        run = SourceRun(source, scheduled_for)
        run.secrets = secrets_of(source)
        with ExitStack() as taken, files.speaking_errors(self.library.path):
            taken.enter_context(lock(self.library.lock_file(f"source-{source.name}"), self._card))
            try:
                self.library.state.put_runs([run.as_row()])
            except sqlite3.IntegrityError:
                raise UsageError(f"{source.name} has run for {scheduled_for} already") from None
            self._locks[run.run_id] = taken.pop_all()
        run.first = not self.library.state.runs("source = ? AND state = 'done'", source.name)
        run.shapes = Shapes.learn(self.library.state.announced_urls(source.name))
        self.runs[run.run_id] = run
        name = f"{SOURCE_URI}{source.name}:{source.digest}"  # first: what follows counts on it
        self.writer.write_resource(name, source.canonical_json, "application/json")
        self.quiet.clear()
        return run

    def conclude(self, run: SourceRun, outcome: Outcome) -> None:
        """Note what became of a URL."""
        run.outcomes.append(outcome)
        key = url_surtkey(outcome.url)
        run.owed.discard(key)
        before = self.library.state.visit(run.source.name, key)
        moment = now_text(outcome.time)
        changed = is_change(before, outcome.outcome)
        visit = Visit(
            source=run.source.name,
            url_surtkey=key,
            url=outcome.url,
            outcome=outcome.outcome,
            fetch_time=moment,
            changed_time=moment if changed or before is None else before.changed_time,
            announced=merged_dates(before, run.announced.get(key, {})),
        )
        self._visits.append(visit)
        if key in run.listed:
            run.note_visit(visit)

    def finish(self, run: SourceRun, found: list[Outcome]) -> None:
        """Note the outcomes of one request; the run ends with its last."""
        for outcome in found:
            self.conclude(run, outcome)
        run.waiting -= 1
        self.end_if_idle(run)

    def end_if_idle(self, run: SourceRun) -> None:
        """End *run* if nothing is waiting; it was aborted if none of its seeds could be read."""
        if run.waiting or run.ended:
            return
        if run.halted:
            self.end(run, "interrupted", "stopped before it was done")
        elif run.seeds and not run.seeds_read:
            self.end(run, "aborted", run.why_aborted())
        else:
            self.end(run, "done", "; ".join(run.problems[:3]))

    def end(self, run: SourceRun, state: str, detail: str = "") -> None:
        """End *run*: its log goes into the WARC."""
        run.end(state, detail)
        log = f"{CRAWL_LOG_URI}{run.run_id}"
        written = self.writer.write_resource(log, run.log(), "application/jsonl")
        self._logs.append((run, written))
        loop = asyncio.get_running_loop()
        written.add_done_callback(lambda _: loop.call_soon_threadsafe(self.flush))

    def flush(self) -> None:
        """Bring runs and outcomes into the state; a run has ended once its log is on the disk.

        What the disk does not take now is written next time.
        """
        if self._closed:
            return
        try:
            with files.speaking_errors(self.library.path):
                self._flush()
        except (DiskFailed, DiskFull) as error:
            self._say(error)
            self._failures += 1
            if isinstance(error, DiskFull) or self._failures >= _PATIENCE:
                self.stop_for(error)
        else:
            self._failures = 0

    def stop_for(self, error: DiskFull | DiskFailed) -> None:
        """End the crawl, since the disk takes nothing: what is on its way comes in."""
        if self._crawler.engine and not self._closing:
            reason = "disk_full" if isinstance(error, DiskFull) else "disk_failed"
            closing = self._crawler.engine.close_spider_async(reason=reason)
            self._closing = asyncio.ensure_future(closing)

    def _flush(self) -> None:
        count = len(self._visits)
        self.library.state.put_visits(self._visits[:count])
        del self._visits[:count]
        done = [pair for pair in self._logs if pair[1].done()]  # asked once: a thread ends them
        rows = [run.as_row() for run in self.runs.values() if run.ended is None]
        logged = [run.as_row() for run, log in done if log.exception() is None]
        self.library.state.put_runs([*rows, *logged])  # recovery gives the others a log
        rows += [_judged(run, log).as_row() for run, log in done]
        for pair in done:
            self.library.state.put_visits(to_be_done(self.library.state, pair[0]))
            self._logs.remove(pair)
            self._release(pair[0])
        for row in rows:
            self.told(row)
        resting = pace_of(self._crawler).take_rests()
        self.note(lambda state: put_rests(state, resting))

    def _say(self, error: BackissueError) -> None:
        """Log what the disk says, each thing once."""
        if str(error) not in self._said:
            self._said.add(str(error))
            logger.error("%s", error)

    def _release(self, run: SourceRun) -> None:
        """Forget a run that has ended: its source may be crawled again."""
        del self.runs[run.run_id]
        self._locks.pop(run.run_id).close()
        if not self.runs:
            self.quiet.set()

    def spider_opened(self, spider: Spider) -> None:
        """Leave resting hosts alone; keep the state up to date twice a second."""
        if names := unused_proxies():
            logger.warning("%s: proxies are not used, requests go out directly", names)
        self._flushing = asyncio.ensure_future(self._flush_regularly())
        try:
            with files.speaking_errors(self.library.path):
                pace_of(self._crawler).rest(rests(self.library.state))
        except BackissueError as error:  # who they are is not known: each says so again
            self._say(error)

    def engine_stopped(self) -> None:
        """End what was not ended, close the WARC, and publish if nobody else does."""
        if self._flushing:
            self._flushing.cancel()
        for run in self.runs.values():
            if run.ended is None:
                self.end(run, "interrupted", "stopped before it was done")
        try:
            with files.speaking_errors(self.library.path):
                self.writer.close()
        except BackissueError as error:  # the next start mends it
            self._say(error)
        self.flush()
        if self.publishes:
            self._publish()
        self._closed = True
        self.library.close()

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            self.flush()

    def _remember(self, kept: list[tuple[Capture, Pointer]]) -> None:
        """Called by the writer's thread: what may be asked for conditionally from now on."""
        found = (validator_of(capture, at.filename, at.offset) for capture, at in kept)
        self.note(lambda state: state.put_validators(filter(None, found)))

    def note(self, write: Callable[[State], None]) -> None:
        """Write to the state what can be missed: where the disk does not take it, that is said."""
        try:
            with files.speaking_errors(self.library.path):
                write(self.library.state)
        except (DiskFailed, DiskFull) as error:
            self._say(error)

    def _publish(self) -> None:
        from pipelines.derive.engine import Engine
        from pipelines.publish import publish

        published = publish(self.library, Engine("local", 2), payloads=True)
        if published:
            logger.info("batch %d: %s", published.batch, published.rows)


def _judged(run: SourceRun, log: Future[Pointer]) -> SourceRun:
    if error := log.exception():  # it found no room on the disk
        run.end("interrupted", str(error))
    return run


def recorder_of(crawler: Crawler) -> Recorder:
    """The recorder of a crawl; UsageError where Scrapy's settings leave it out."""
    recorder = crawler.get_extension(Recorder)
    if recorder is None:
        raise UsageError("Scrapy's EXTENSIONS must name crawlers.capture.recorder.Recorder")
    return recorder
