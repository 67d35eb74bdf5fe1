"""robots.txt before every request: fetched once per host and day, archived, obeyed (RFC 9309)."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archive.state.host_notes import RobotsNote, put_robots, robots_note
from archive.state.rows import now_text
from archive.types import Discovery
from archive.web.hosts import host_of
from crawlers.capture.recorder import recorder_of
from crawlers.capture.run import SourceRun
from crawlers.errors import Blocked, FetchFailed, RobotsDisallow, Stopped, Unreached
from crawlers.politeness.pace import pace_of
from crawlers.politeness.robots import MAX_BYTES, Robots, parse_robots
from crawlers.request_meta import Purpose, meta_for, purpose_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_KEPT_SECONDS = 24 * 3600
_ASKED_AGAIN_SECONDS = 600  # where it could not be read
_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class _HostRobots:
    """What a host's robots.txt allows; not *fresh* where it could not be read just now."""

    robots: Robots
    fresh: bool


@dataclass(frozen=True, slots=True)
class _FetchedRobots:
    """A robots.txt that is being fetched, or was, *at* some time; good until *until* (monotonic
    seconds)."""

    answer: asyncio.Future[_HostRobots]
    until: float
    at: datetime | None = None

    def failed_before(self, run: SourceRun | None) -> bool:
        """Whether it could not be had, and a person has ordered the *run* since."""
        by_hand = run is not None and run.scheduled_for is None
        failed = self.at is not None and self.answer.exception() is not None
        return bool(failed and by_hand and run and self.at and self.at < run.started)


class RobotsMiddleware:
    """Downloader middleware: drops what robots.txt forbids, slows a host to its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._recorder = recorder_of(crawler)
        self._pace = pace_of(crawler)
        self._known_files: dict[str, _FetchedRobots] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass; RobotsDisallow, or Blocked where robots.txt cannot be read."""
        purpose = purpose_of(request)
        if purpose is None or purpose.role == "robots" or not self._obeyed():
            return
        agent = self._recorder.library.user_agent
        robots = await self.robots(request.url, purpose)
        if not robots.allows(request.url, agent):
            raise RobotsDisallow("robots.txt forbids it")
        self._pace.obey(host_of(request.url), robots.crawl_delay(agent))

    async def robots(self, url: str, purpose: Purpose) -> Robots:
        """The robots.txt of the host of *url*, as it was at most a day ago.

        One that could not be read is asked for again after ten minutes, not before; until then
        what it said within a day, to this process or another, holds (RFC 9309, 2.4).
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._known_files.get(origin)
        run = self._recorder.book.runs.get(purpose.run_id)
        if known is None or time.monotonic() > known.until or known.failed_before(run):
            answer = asyncio.ensure_future(self._fetch(origin, purpose))
            known = self._known_files[origin] = _FetchedRobots(answer, math.inf)
            answer.add_done_callback(lambda done: self._fetched(origin, done))
        try:
            return (await asyncio.shield(known.answer)).robots
        except FetchFailed as error:
            if known.at is None:  # it was asked for just now
                raise
            raise type(error)(error.kind, _not_asked(error.detail, known.at)) from None

    def _fetched(self, origin: str, answer: asyncio.Future[_HostRobots]) -> None:
        if answer.cancelled() or isinstance(answer.exception(), Stopped):
            del self._known_files[origin]
            return
        good = answer.exception() is None and answer.result().fresh
        seconds = _KEPT_SECONDS if good else _ASKED_AGAIN_SECONDS
        self._known_files[origin] = _FetchedRobots(
            answer, time.monotonic() + seconds, datetime.now(UTC)
        )

    async def _fetch(self, origin: str, purpose: Purpose) -> _HostRobots:
        """The robots.txt of *origin*; FetchFailed where it cannot be had: then nothing is asked."""
        try:
            response = await self._download(f"{origin}/robots.txt", purpose)
        except FetchFailed as error:
            if error.kind == "bad_redirect":
                return _HostRobots(parse_robots(b"", 310), fresh=True)
            if isinstance(error, Unreached) and (before := self._before(origin)):
                return before
            detail = f"robots.txt: {error.detail}"
            raise (Blocked if isinstance(error, Blocked) else FetchFailed)(
                error.kind, detail
            ) from None
        except IgnoreRequest:  # redirects without end
            return _HostRobots(parse_robots(b"", 310), fresh=True)
        body, status = response.body, response.status
        if status == 304:
            body, status = self._known(response.url), 200
        robots = parse_robots(body, status)
        if robots.verdict is not False:
            self._note(origin, status, body)
            return _HostRobots(robots, fresh=True)
        if status != 200 and (before := self._before(origin)):
            return before
        detail = f"robots.txt cannot be read (status {status}): nothing is asked of the host"
        raise Blocked("robots_unavailable", detail)

    async def _download(self, url: str, purpose: Purpose) -> Response:
        discovery = Discovery(source=purpose.discovery.source, by="robots")
        own = Purpose(run_id=purpose.run_id, discovery=discovery, role="robots")
        request = Request(
            url,
            headers={"User-Agent": self._recorder.library.user_agent},
            priority=_PRIORITY,
            meta=meta_for(own),
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        return await self._crawler.engine.download_async(request)

    def _note(self, origin: str, status: int, body: bytes) -> None:
        """Leave a good answer to the processes that come after; a disk that takes none is named."""
        note = RobotsNote(origin, status, body[: MAX_BYTES + 1], now_text())
        self._recorder.note(lambda state: put_robots(state, note))

    def _before(self, origin: str) -> _HostRobots | None:
        """What the robots.txt of *origin* said when it was read last, if that was within a day."""
        note = robots_note(self._recorder.library.state, origin, timedelta(seconds=_KEPT_SECONDS))
        return _HostRobots(parse_robots(note.content, note.status), fresh=False) if note else None

    def _known(self, url: str) -> bytes:
        """The robots.txt that a 304 refers to, from the WARC."""
        return self._recorder.known_content(url)

    def _obeyed(self) -> bool:
        return "robots" in self._recorder.library.settings.policy.respect


def _not_asked(detail: str, at: datetime) -> str:
    """Why a host is not asked whose robots.txt could not be had *at* that time."""
    again = at + timedelta(seconds=_ASKED_AGAIN_SECONDS)
    return f"not asked: {detail} at {at:%H:%M}, next try at {again:%H:%M} (UTC)"
