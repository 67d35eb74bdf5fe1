"""What a person had removed is not asked for again: no page, listing or hop of a redirect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.removal.in_force import Removals
from crawlers.capture.recorder import recorder_of
from crawlers.errors import Removed

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class RemovedMiddleware:
    """Downloader middleware: drops requests for addresses that are removed, before robots.txt is
    asked for."""

    def __init__(self, crawler: Crawler) -> None:
        self._removals = Removals(recorder_of(crawler).library.path)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RemovedMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let *request* pass; Removed where its address is removed just now."""
        if tombstone := self._removals.now().of(request.url):
            raise Removed(f"{tombstone.words}: `backissue remove --undo {tombstone.what}`")
