"""Listings and pages of links into what they say, without keeping the event loop from all sources.

What is small is read at once. The rest goes to a process of its own, which starts with the first
that is large: threads would not do, for Python runs one of them at a time.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

from crawlers.discovery import Listing
from crawlers.discovery.leads import Leads
from crawlers.discovery.listings import ListingTask, ReadListing, is_large, read_listing_of
from crawlers.spiders.link_pages import (
    LinkPage,
    LinkPageTask,
    PageOfLinks,
    ReadLinkPage,
    read_link_page,
)
from pipelines.derive.engine import KeptPool, submit

T = TypeVar("T")
R = TypeVar("R")
logger = logging.getLogger(__name__)
PRELOADED: Final = "crawlers.spiders.reading"
_GIVEN_UP = "its reader was killed"


_BREATH = 50  # steps, of which each takes some tenths of a millisecond


async def in_turns(steps: Iterable[T]) -> AsyncIterator[T]:
    """*steps* one by one, and between some of them the event loop's other work."""
    for number, step in enumerate(steps, start=1):
        yield step
        if number % _BREATH == 0:
            await asyncio.sleep(0)


class Readers:
    """One process that reads what is large, for all sources of a crawl process."""

    def __init__(self) -> None:
        self._pool = KeptPool(1, PRELOADED)
        self._starting = threading.Lock()

    async def listing(self, task: ListingTask) -> ReadListing:
        """What a listing announces."""
        if not is_large(task.kind, task.content):
            return read_listing_of(task)
        found = await self.apart(read_listing_of, task)
        return found or ReadListing(Listing("unreadable", problem=_GIVEN_UP))

    async def page(self, task: LinkPageTask) -> LinkPage:
        """What a page of links says."""
        if not is_large("page", task.content):
            return PageOfLinks(task)
        found = await self.apart(read_link_page, task)
        return found or ReadLinkPage(Leads(), None, False, (), None)

    async def apart(self, function: Callable[[T], R], task: T) -> R | None:
        """What *function* makes of *task* in the other process; None where that is killed."""
        for _ in range(2):  # another task may have killed it
            try:
                # in a thread, for the first waits until the process has loaded what it needs
                reading = await asyncio.to_thread(self._submitted, function, task)
                return await asyncio.wrap_future(reading)
            except BrokenProcessPool:
                self._pool.drop()
            except MemoryError:
                break
        logger.warning("%s: %s", getattr(task, "url", ""), _GIVEN_UP)
        return None

    def _submitted(self, function: Callable[[T], R], task: T) -> Future[R]:
        with self._starting:
            return submit(self._pool.running(), function, task)

    def close(self) -> None:
        """End the process."""
        self._pool.drop()
