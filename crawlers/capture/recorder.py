"""The Scrapy extension that keeps: captures into the WARC, what becomes of URLs into the state."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from archive.disk import files
from archive.errors import BackissueError, CorruptRecord, DiskFailed, DiskFull, UsageError
from archive.library import Library
from archive.revisits import kept_validator, revisit_in, validator_of
from archive.state.database import State
from archive.state.host_notes import put_rests, rests
from archive.state.rows import Run, Validator, pointer_of
from archive.types import Capture, Pointer
from archive.web.content import read_content
from archive.web.http import MAX_CONTENT
from archive.web.surt import url_surtkey
from archive.writer import WarcWriter
from crawlers.capture.heartbeat import Heartbeat
from crawlers.capture.run_book import RunBook
from crawlers.politeness.pace import pace_of
from crawlers.wire.dial import unused_proxies

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
_FLUSH_SECONDS = 0.5
_PATIENCE = 60  # flushes
_PENDING = 20_000  # objects made before garbage is collected: those of some dozen requests


class Recorder:
    """One per crawl process: its library, its WARC writer, its book of runs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.library = Library.open(Path(crawler.settings["BACKISSUE_LIBRARY"]), writing=True)
        self.writer = WarcWriter(self.library, self._remember)
        self.report: Callable[[Run], None] = lambda _: None  # called with each run, twice a second
        self.publishes = crawler.settings.getbool("BACKISSUE_PUBLISH")
        card = crawler.settings.get("BACKISSUE_CARD").encode() or None
        self.book = RunBook(self.library, self.writer, card, self.flush)
        self._closed = False
        self._flushing: asyncio.Task[None] | None = None
        self._closing: asyncio.Future[None] | None = None
        self._heartbeat = Heartbeat(self._note_stall)
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
        self, capture: Capture, asked: Validator | None = None, *, whole: bool = False
    ) -> tuple[Capture, Pointer]:
        """Write *capture*, as a revisit where it is one; returns once it is on the disk.

        *asked* is what its request was conditional on. A *whole* one is no revisit in any case.
        """
        if capture.status in (200, 304) and not whole and self._remembers(capture.url):
            capture = await asyncio.to_thread(revisit_in, self.library, capture, asked)
        pointer = await asyncio.wrap_future(self.writer.write(capture))
        if run := self.book.runs.get(capture.run_id):
            run.captures += 1
        return capture, pointer

    async def known(self, url: str) -> Validator | None:
        """The newest complete response of *url*, if its record was read just now and is whole."""
        if not self._remembers(url):
            return None
        return await asyncio.to_thread(kept_validator, self.library, url)

    def _remembers(self, url: str) -> bool:
        """Whether there is a response of *url* to be read, which a thread of its own does."""
        return self.library.state.validator(url_surtkey(url)) is not None

    def known_content(self, url: str) -> bytes:
        """The decoded body of the newest complete capture of *url*; empty where there is none."""
        return self.known_page(url)[0]

    def known_page(self, url: str) -> tuple[bytes, str | None]:
        """The same with its Content-Type, which a 304 need not repeat."""
        known = self.library.state.validator(url_surtkey(url))
        if known is None:
            return b"", None
        try:
            capture = self.library.read(pointer_of(known))
        except CorruptRecord:
            return b"", None
        content = read_content(capture.payload, capture.content_codings, MAX_CONTENT)
        return content.data, capture.parsed.get("content-type")

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
        for run in self.book.flush():
            self.report(run)
        resting = pace_of(self._crawler).take_rests()
        self.note(lambda state: put_rests(state, resting))

    def _say(self, error: BackissueError) -> None:
        """Log what the disk says, each thing once."""
        if str(error) not in self._said:
            self._said.add(str(error))
            logger.error("%s", error)

    def spider_opened(self, spider: Spider) -> None:
        """Leave resting hosts alone; keep the state up to date twice a second."""
        if names := unused_proxies():
            logger.warning("%s: proxies are not used, requests go out directly", names)
        self._flushing = asyncio.ensure_future(self._flush_regularly())
        self._heartbeat.start()
        gc.collect()
        gc.freeze()  # what is loaded by now stays: no collection needs to look through it
        gc.set_threshold(_PENDING)
        try:
            with files.speaking_errors(self.library.path):
                pace_of(self._crawler).rest(rests(self.library.state))
        except BackissueError as error:  # who they are is not known: each says so again
            self._say(error)

    def engine_stopped(self) -> None:
        """End what was not ended, close the WARC, and publish if nobody else does."""
        if self._flushing:
            self._flushing.cancel()
        self._heartbeat.stop()
        self.book.interrupt()
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

    def _note_stall(self, seconds: float) -> None:
        """Note for how long nothing came on, for all runs that had to wait."""
        if self._crawler.stats:
            self._crawler.stats.max_value("backissue/longest_stall", seconds)
        for run in self.book.runs.values():
            run.longest_stall = max(run.longest_stall, seconds)

    def _remember(self, kept: list[tuple[Capture, Pointer]]) -> None:
        """Called by the writer's thread: what may be asked for conditionally from now on."""
        validators = (validator_of(capture, at.filename, at.offset) for capture, at in kept)
        self.note(lambda state: state.put_validators(filter(None, validators)))

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


def recorder_of(crawler: Crawler) -> Recorder:
    """The recorder of a crawl; UsageError where Scrapy's settings leave it out."""
    recorder = crawler.get_extension(Recorder)
    if recorder is None:
        raise UsageError("Scrapy's EXTENSIONS must name crawlers.capture.recorder.Recorder")
    return recorder
