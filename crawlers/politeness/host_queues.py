"""Scrapy's scheduler: one queue for each host, so that no slow host keeps the others waiting."""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from archive.web.hosts import host_of
from crawlers.request_meta import purpose_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_AHEAD = 2  # requests of a host that are under way: one on the wire, the next one ready


class HostQueues(BaseScheduler):
    """Hands out requests of all hosts in turn, of each host by priority and then by age.

    Scrapy's own scheduler fills all places with the requests of whichever host has most of them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._queues: dict[str, list[tuple[int, int, Request]]] = {}
        self._under_way: dict[str, list[Request]] = {}
        self._turns: deque[str] = deque()
        self._age = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostQueues:
        """Scrapy's way to make a scheduler."""
        return cls(crawler)

    def has_pending_requests(self) -> bool:
        """Whether a request is waiting."""
        return bool(self._queues)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request in; duplicates were sorted out when it was made."""
        host = host_of(request.url)
        if host not in self._queues:
            self._queues[host] = []
            self._turns.append(host)
        heapq.heappush(self._queues[host], (-request.priority, next(self._age), request))
        return True

    def next_request(self) -> Request | None:
        """The next request of the next host that has not enough under way."""
        for _ in range(len(self._turns)):
            host = self._turns[0]
            self._turns.rotate(-1)
            if self._has_room(host):
                return self._take(host)
        return None

    def drop(self, run_id: str, *, listings_only: bool = False) -> list[Request]:
        """Forget the waiting requests of a run, or those for its listings, and give them."""
        dropped: list[Request] = []
        for host, queue in list(self._queues.items()):
            kept = []
            for entry in queue:
                purpose = purpose_of(entry[2])
                own = purpose is not None and purpose.run_id == run_id
                if own and (not listings_only or (purpose and purpose.role == "listing")):
                    dropped.append(entry[2])
                else:
                    kept.append(entry)
            heapq.heapify(kept)
            self._queues[host] = kept
            self._forget_if_empty(host)
        return dropped

    def _has_room(self, host: str) -> bool:
        engine = self._crawler.engine
        active = engine.downloader.active if engine else ()
        left = [request for request in self._under_way.get(host, ()) if request in active]
        self._under_way[host] = left
        return len(left) < _AHEAD

    def _take(self, host: str) -> Request:
        _, _, request = heapq.heappop(self._queues[host])
        self._under_way[host].append(request)
        self._forget_if_empty(host)
        return request

    def _forget_if_empty(self, host: str) -> None:
        if not self._queues[host]:
            del self._queues[host]
            self._turns.remove(host)
