"""robots.txt before every request: fetched once per host and day, archived, obeyed (RFC 9309)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archive.types import Discovery
from crawlers.handler import FetchFailed
from crawlers.recorder import recorder_of
from crawlers.robots import Robots, parse_robots
from crawlers.runs import Ask

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_KEPT_SECONDS = 24 * 3600
_PRIORITY = 1000


class RobotsDisallow(IgnoreRequest):
    """robots.txt forbids the request."""


class RobotsMiddleware:
    """Downloader middleware: drops what robots.txt forbids, slows a host to its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._recorder = recorder_of(crawler)
        self._hosts: dict[str, tuple[float, asyncio.Future[Robots]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass, or raise RobotsDisallow."""
        ask: Ask | None = request.meta.get("backissue")
        if ask is None or ask.role == "robots" or not self._obeyed():
            return
        agent = self._recorder.library.user_agent
        robots = await self.robots(request.url, ask)
        if not robots.allows(request.url, agent):
            raise RobotsDisallow("robots.txt forbids it")
        self._slow_down(request, robots.crawl_delay(agent))

    async def robots(self, url: str, ask: Ask) -> Robots:
        """The robots.txt of the host of *url*, as it was at most a day ago."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        fetched, waiting = self._hosts.get(origin, (0.0, None))
        if waiting is None or time.monotonic() - fetched > _KEPT_SECONDS:
            waiting = asyncio.ensure_future(self._fetch(f"{origin}/robots.txt", ask))
            self._hosts[origin] = time.monotonic(), waiting
        return await asyncio.shield(waiting)

    async def _fetch(self, url: str, ask: Ask) -> Robots:
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
            raise FetchFailed(error.kind, detail) from None
        except IgnoreRequest:  # redirects without end
            return parse_robots(b"", 310)
        body, status = response.body, response.status
        if status == 304:
            body, status = self._known(response.url), 200
        return parse_robots(body, status)

    def _known(self, url: str) -> bytes:
        """The robots.txt that a 304 refers to, from the WARC."""
        return self._recorder.known_content(url)

    def _obeyed(self) -> bool:
        return "robots" in self._recorder.library.settings.policy.respect

    def _slow_down(self, request: Request, delay: float | None) -> None:
        downloader: Any = self._crawler.engine and self._crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot and delay and delay > slot.delay:
            slot.delay = delay
