"""The spider: seeds into listings, listings into announced URLs, what is due into captures."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from twisted.python.failure import Failure

from archive.errors import BackissueError, DiskFull
from archive.state.rows import Run
from archive.types import Discovery
from archive.web.surt import url_surtkey
from crawlers.capture.outcomes import (
    outcome_of_failure,
    outcome_of_response,
    outcomes_of_hops,
)
from crawlers.capture.recorder import Recorder, recorder_of
from crawlers.capture.run import SourceRun
from crawlers.discovery import Listing
from crawlers.discovery.listings import ListingTask, ReadListing
from crawlers.errors import BudgetSpent, FetchFailed, Stopped
from crawlers.middlewares.robots import RobotsMiddleware
from crawlers.politeness.pace import host_delays, pace_of
from crawlers.process_orders import Halt, Order, Refused
from crawlers.request_meta import Purpose, content_type_of, given_purpose, hops_of, meta_for
from crawlers.sources.toml import load_sources
from crawlers.spiders.further_pages import further_page
from crawlers.spiders.link_pages import LinkPageTask
from crawlers.spiders.reading import Readers, in_turns
from crawlers.spiders.request_plan import RequestPlan
from crawlers.spiders.requisite_plan import RequisitePlan
from crawlers.spiders.spending import Budgets
from crawlers.spiders.turns import WALKED, priority_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)
_MOST_PARTS = 50  # pages of one article


class MagazineSpider(scrapy.Spider):
    """Crawls the sources that *orders* names as they come; without, those of the library.

    `-a source=review,tribune` names some of these. *report* is called with each run.
    """

    name = "magazine"
    recorder: Recorder
    _plan: RequestPlan
    _requisites: RequisitePlan
    _budgets: Budgets

    def __init__(
        self,
        source: str = "",
        orders: AsyncIterator[Order | Halt] | None = None,
        report: Callable[[Run | Refused], None] = lambda _: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._names = [name for name in source.split(",") if name]
        self._orders, self._report = orders, report
        self._readers = Readers()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> MagazineSpider:
        """Scrapy's way to make a spider."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.callback_failed, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The seeds of each source, as the orders come; it ends when all runs have ended."""
        self.recorder = recorder_of(self.crawler)
        self.recorder.report = self._report
        self._plan = RequestPlan(self.recorder, self._request)
        self._requisites = RequisitePlan(self.recorder, self._request, self._readers)
        self._budgets = Budgets(self.crawler, self.recorder)
        try:
            async for order in self._orders or self._declared():
                if isinstance(order, Halt):
                    self._halt(order.source)
                else:
                    for request in self._begin(order):
                        yield request
            await self.recorder.book.quiet.wait()
        finally:  # also where the crawl is stopped: nobody waits for a host's turn any more
            pace_of(self.crawler).close()

    def closed(self, reason: str) -> None:
        """Scrapy's way to tell a spider that it is done."""
        self._readers.close()

    async def _declared(self) -> AsyncIterator[Order]:
        """The sources of the library, those that were named: what `scrapy crawl` asks for."""
        sources = load_sources(self.recorder.sources, self._names)
        delays = host_delays(sources)
        for source in sources:
            yield Order(source, delays)

    def _begin(self, order: Order) -> Iterator[scrapy.Request]:
        """Start a run, and give its seeds; who ordered hears of it where that cannot be."""
        try:
            run = self.recorder.book.start(order.source, order.scheduled_for)
        except BackissueError as error:
            self._report(Refused.because(order.source.name, error))
            logger.warning("%s", error)
            return
        run.recheck = order.recheck
        self._budgets.begin(run)
        pace_of(self.crawler).name(order.delays)
        yield from self._plan.seeds(run)
        self.recorder.book.end_if_idle(run)

    def _halt(self, source: str) -> None:
        """End the source's run in good order: what is on its way comes in, no more is asked."""
        for run in list(self.recorder.book.runs.values()):
            if run.source.name == source and run.ended is None:
                self._budgets.halt(run)

    def _request(self, run: SourceRun, url: str, purpose: Purpose) -> Iterator[scrapy.Request]:
        """A request for *url*, unless this run has made one already."""
        key = url_surtkey(url)
        if key in run.seen or run.halted or not self._budgets.may_ask(run, url, purpose):
            return
        run.seen.add(key)
        run.waiting += 1
        listing = purpose.role == "listing"
        if purpose.kind in ("list", "doubtful"):
            run.lists.add(key)
        yield scrapy.Request(
            url,
            callback=self.parse_listing if listing else self.parse,
            errback=self.failed,
            headers={"User-Agent": self.recorder.library.user_agent},
            priority=priority_of(purpose),
            meta=meta_for(purpose),
            dont_filter=True,
        )

    async def parse(self, response: Response, **kwargs: Any) -> AsyncIterator[scrapy.Request]:
        """A page: captured already, so only its outcome is noted, and what it needs is fetched."""
        purpose = given_purpose(response)
        run = self.recorder.book.runs[purpose.run_id]
        async for request in self._requisites.of(run, purpose, response):
            yield request
        run.seeds_ended += purpose.seed
        if purpose.role == "page" and response.status == 200 and purpose.part < _MOST_PARTS:
            for request in self._following(run, purpose, response):
                yield request
        async for request in self._rest(run):
            yield request
        self._conclude(response, read=response.status in (200, 304))

    def _following(
        self, run: SourceRun, purpose: Purpose, response: Response
    ) -> Iterator[scrapy.Request]:
        """The next page of an article of several."""
        url = further_page(response.body, response.url, content_type_of(response))
        if url and run.in_scope(url):
            found = Discovery(source=run.source.name, by="link", via=response.url)
            first = purpose.part_of or response.url
            wanted = Purpose(
                run_id=run.run_id,
                discovery=found,
                role="page",
                part_of=first,
                part=purpose.part + 1,
            )
            yield from self._request(run, url, wanted)

    async def parse_listing(self, response: Response) -> AsyncIterator[scrapy.Request]:
        """A feed, sitemap or section: what it announces is fetched if it is due."""
        purpose = given_purpose(response)
        run = self.recorder.book.runs[purpose.run_id]
        content = await self._read(response, purpose)
        run.seeds_ended += purpose.seed
        listing = content.listing
        async for request in self._plan.listed(run, purpose, response.url, listing):
            yield request
        if content.is_page:
            async for request in self._of_page(run, purpose, response):
                yield request
        elif purpose.kind == "archive":
            for request in self._plan.walk.older(run, response.url, False):
                yield request
        async for request in self._rest(run):
            yield request
        if listing.problem and purpose.kind not in WALKED:  # a month without articles
            run.problems.append(f"{response.url}: {listing.problem}")
        read = content.is_page or listing.kind != "unreadable"
        self._conclude(response, read=read, problem=listing.problem)

    async def _rest(self, run: SourceRun) -> AsyncIterator[scrapy.Request]:
        """What a run asks for once its seeds are read, and once nothing waits but this response."""
        if run.seeds_ended >= run.seeds and not run.took_left_over and not run.halted:
            run.took_left_over = True
            async for request in in_turns(self._plan.left_over(run)):
                yield request
        if run.waiting == 1 and not run.halted:
            async for request in self._plan.rest(run):
                yield request

    async def _of_page(
        self, run: SourceRun, purpose: Purpose, response: Response
    ) -> AsyncIterator[scrapy.Request]:
        """What a page of links leads to.

        On the front page of a source that declares nothing, feeds and sitemaps are looked for.
        """
        url, kind = response.url, content_type_of(response)
        task = LinkPageTask(run.source, url, response.body, kind, run.shapes)
        page = await self._readers.page(task)
        if purpose.kind in WALKED:
            async for request in self._plan.page(run, purpose, page, url):
                yield request
            return
        declares = run.source.feeds or run.source.sitemaps or run.source.sections
        requests = list(self._plan.declared(run, page, url))
        if not declares and purpose.seed:
            sitemaps = await self._sitemaps_of_robots(response.url, purpose)
            requests += self._plan.of_robots(run, sitemaps)
            requests += [] if sitemaps else self._plan.posts(run, page, url)
        for request in requests:
            yield request
        async for request in self._plan.page(run, purpose, page, url):
            yield request

    async def _read(self, response: Response, purpose: Purpose) -> ReadListing:
        if response.status not in (200, 304):
            return ReadListing(
                Listing("unreadable", problem=f"the server answered {response.status}")
            )
        body, kind = response.body, content_type_of(response)
        if response.status == 304:
            body, kind = self.recorder.known_page(response.url)
        task = ListingTask(kind=purpose.kind, content=body, url=response.url, content_type=kind)
        return await self._readers.listing(task)

    async def _sitemaps_of_robots(self, url: str, purpose: Purpose) -> list[str]:
        """The sitemaps that robots.txt names."""
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            return []
        try:
            robots = await middleware.robots(url, purpose)
        except (FetchFailed, Stopped):  # where robots are not obeyed, they need not be there
            return []
        return list(robots.sitemaps)

    async def failed(self, failure: Failure) -> AsyncIterator[scrapy.Request]:
        """A request that brought no response: the outcome says why, the crawl goes on."""
        if isinstance(failure.value, Stopped):  # not asked for: it stays to be done in the next run
            return
        request = failure.request  # type: ignore[attr-defined]
        purpose = given_purpose(request)
        run = self.recorder.book.runs[purpose.run_id]
        run.seeds_ended += purpose.seed
        if isinstance(failure.value, BudgetSpent):
            run.spending.end()
            self._budgets.leave(run, next(iter(hops_of(request)), request.url), purpose)
            self.recorder.book.finish(run, [])
            return
        outcome = outcome_of_failure(request, failure.value)
        if purpose.seed:
            run.problems.append(f"{request.url}: {outcome.detail}")
        if outcome.outcome == "error:internal":
            logger.error("%s: %s", request.url, failure.getTraceback())
        if not isinstance(failure.value, DiskFull):
            async for wanted in self._rest(run):
                yield wanted
        self.recorder.book.finish(run, [*outcomes_of_hops(request), outcome])
        if isinstance(failure.value, DiskFull):
            self.recorder.stop_for(failure.value)

    def callback_failed(self, failure: Failure, response: Response | None) -> None:
        """A bug of ours: it costs the page, not the run. There is none where it was in `start`."""
        if response is None:
            return  # Scrapy has logged it
        purpose = given_purpose(response)
        outcome = outcome_of_failure(response, failure.value)
        self.recorder.book.finish(self.recorder.book.runs[purpose.run_id], [outcome])

    def _conclude(self, response: Response, *, read: bool, problem: str | None = None) -> None:
        """Note the outcome of a response, and of the hops that led to it."""
        purpose = given_purpose(response)
        run = self.recorder.book.runs[purpose.run_id]
        run.seeds_read += purpose.seed and read
        outcome = outcome_of_response(response, problem)
        self.recorder.book.finish(run, [*outcomes_of_hops(response), outcome])
