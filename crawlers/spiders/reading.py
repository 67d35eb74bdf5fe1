"""Listings and pages of links into what they say, without keeping the event loop from all sources.

What is small is read at once. The rest goes to a process of its own, which starts with the first
that is large: threads would not do, for Python runs one of them at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
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


class Readers:
    """One process that reads what is large, for all sources of a crawl process."""

    def __init__(self) -> None:
        self._pool = KeptPool(1, PRELOADED)

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
                return await asyncio.wrap_future(submit(self._pool.running(), function, task))
            except BrokenProcessPool:
                self._pool.drop()
            except MemoryError:
                break
        logger.warning("%s: %s", getattr(task, "url", ""), _GIVEN_UP)
        return None

    def close(self) -> None:
        """End the process."""
        self._pool.drop()
