"""What a run may still ask for: its source's budget, applied to each request before it is made."""

from __future__ import annotations

import asyncio
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy import Request

from archive.web.surt import url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import SourceRun
from crawlers.capture.spending import MOST_NOTED
from crawlers.request_meta import Purpose, given_purpose, hops_of
from crawlers.spiders.turns import is_list_page

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Budgets:
    """The budgets of all runs of a crawl process."""

    def __init__(self, crawler: Crawler, recorder: Recorder) -> None:
        self._crawler, self._recorder = crawler, recorder

    def begin(self, run: SourceRun) -> None:
        """Let *run* end when its time is over."""
        loop = asyncio.get_running_loop()
        loop.call_later(run.source.budget.seconds, partial(self._end, weakref.ref(run)))

    def _end(self, kept: weakref.ref[SourceRun]) -> None:
        run = kept()
        if run is None or run.ended or run.halted:
            return
        run.spending.end()
        self._leave_waiting(run)
        self._recorder.book.end_if_idle(run)

    def halt(self, run: SourceRun) -> None:
        """End *run* in good order: what is on its way comes in, no more is asked."""
        run.halted = True
        run.waiting -= len(self._dropped(run))
        self._recorder.book.end_if_idle(run)

    def may_ask(self, run: SourceRun, url: str, purpose: Purpose) -> bool:
        """Whether the run asks for *url*; it is noted as left over where there is no budget left.

        What pages are shown with has limits of its own.
        """
        if purpose.role == "requisite" and not purpose.resolves:
            return not run.spending.is_over
        if run.spending.has_room(is_list=is_list_page(purpose), depth=purpose.depth):
            return True
        self.leave(run, url, purpose)
        return False

    def leave(self, run: SourceRun, url: str, purpose: Purpose) -> None:
        """Leave an address to the next run.

        Where more are left than can be noted, no listing is read any more: it would name yet more.
        """
        key, is_list = url_surtkey(url), purpose.role == "listing"
        run.seen.discard(key)
        if purpose.role == "requisite":
            return
        if self._recorder.book.leave(run, url, purpose.discovery, is_list=is_list):
            run.seen.add(key)
        if run.spending.noted == MOST_NOTED and not run.spending.is_full:
            run.spending.is_full = True
            self._leave_waiting(run, listings_only=True)

    def _leave_waiting(self, run: SourceRun, *, listings_only: bool = False) -> None:
        dropped = self._dropped(run, listings_only=listings_only)
        for request in dropped:
            first = next(iter(hops_of(request)), request.url)
            self.leave(run, first, given_purpose(request))
        run.waiting -= len(dropped)

    def _dropped(self, run: SourceRun, *, listings_only: bool = False) -> list[Request]:
        queues: Any = self._crawler.engine and self._crawler.engine.scheduler
        dropped: list[Request] = queues.drop(run.run_id, listings_only=listings_only)
        return dropped
