"""robots.txt before every request: fetched once per host and day, archived, obeyed (RFC 9309)."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archive.types import Discovery
from crawlers.handler import Blocked, FetchFailed
from crawlers.pace import Stopped, host_of, pace_of
from crawlers.recorder import recorder_of
from crawlers.robots import Robots, parse_robots
from crawlers.runs import Ask

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_KEPT_SECONDS = 24 * 3600
_ASKED_AGAIN_SECONDS = 600  # where it could not be read
_PRIORITY = 1000


class RobotsDisallow(IgnoreRequest):
    """robots.txt forbids the request."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A robots.txt that is being fetched, or was; good until *until* (monotonic seconds)."""

    found: asyncio.Future[Robots]
    until: float


class RobotsMiddleware:
    """Downloader middleware: drops what robots.txt forbids, slows a host to its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._recorder = recorder_of(crawler)
        self._pace = pace_of(crawler)
        self._known_files: dict[str, _Known] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass; RobotsDisallow, or Blocked where robots.txt cannot be read."""
        ask: Ask | None = request.meta.get("backissue")
        if ask is None or ask.role == "robots" or not self._obeyed():
            return
        agent = self._recorder.library.user_agent
        robots = await self.robots(request.url, ask)
        if not robots.allows(request.url, agent):
            raise RobotsDisallow("robots.txt forbids it")
        self._pace.obey(host_of(request.url), robots.crawl_delay(agent))

    async def robots(self, url: str, ask: Ask) -> Robots:
        """The robots.txt of the host of *url*, as it was at most a day ago.

        One that could not be read is asked for again after ten minutes, not before.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._known_files.get(origin)
        if known is None or time.monotonic() > known.until:
            found = asyncio.ensure_future(self._fetch(f"{origin}/robots.txt", ask))
            known = self._known_files[origin] = _Known(found, math.inf)
            found.add_done_callback(lambda done: self._fetched(origin, done))
        return await asyncio.shield(known.found)

    def _fetched(self, origin: str, found: asyncio.Future[Robots]) -> None:
        if found.cancelled() or isinstance(found.exception(), Stopped):
            del self._known_files[origin]
            return
        seconds = _ASKED_AGAIN_SECONDS if found.exception() else _KEPT_SECONDS
        self._known_files[origin] = _Known(found, time.monotonic() + seconds)

    async def _fetch(self, url: str, ask: Ask) -> Robots:
        """The robots.txt at *url*; FetchFailed where it cannot be had, so that nothing is asked."""
        found = Discovery(source=ask.discovery.source, by="robots")
        asked = Ask(run_id=ask.run_id, discovery=found, role="robots")
        request = Request(
            url,
            headers={"User-Agent": self._recorder.library.user_agent},
            priority=_PRIORITY,
            meta={"backissue": asked},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except FetchFailed as error:  # no robots.txt to be had: nothing is asked of the host
            if error.kind == "bad_redirect":
                return parse_robots(b"", 310)
            detail = f"robots.txt: {error.detail}"
            raise (Blocked if isinstance(error, Blocked) else FetchFailed)(
                error.kind, detail
            ) from None
        except IgnoreRequest:  # redirects without end
            return parse_robots(b"", 310)
        body, status = response.body, response.status
        if status == 304:
            body, status = self._known(response.url), 200
        robots = parse_robots(body, status)
        if robots.verdict is False:
            said = f"robots.txt cannot be read (status {status}): nothing is asked of the host"
            raise Blocked("robots_unavailable", said)
        return robots

    def _known(self, url: str) -> bytes:
        """The robots.txt that a 304 refers to, from the WARC."""
        return self._recorder.known_content(url)

    def _obeyed(self) -> bool:
        return "robots" in self._recorder.library.settings.policy.respect
