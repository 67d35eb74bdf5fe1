"""What a run asks for: its seeds, and what listings and pages of links announce, as requests.

Which of it is due, and how far listings are followed, is decided here; how a request is made is the
spider's.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from scrapy import Request

from archive.state.rows import Visit
from archive.types import DiscoveredBy, Discovery, Role
from archive.web.surt import normalise_url, url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import Outcome, SourceRun
from crawlers.discovery import Announced, Listing, wordpress
from crawlers.discovery.leads import ArticleLink, Leads, leads_on, refused_by_rules
from crawlers.frontier import announced_dates, is_due, utc_now
from crawlers.request_meta import Purpose, SeedKind
from crawlers.spiders.doubts import Doubts, as_article
from crawlers.spiders.left_over import left_over
from crawlers.spiders.link_pages import LinkPage
from crawlers.spiders.list_walk import ListWalk, Make, is_new, is_no_list
from crawlers.spiders.reading import in_turns
from crawlers.spiders.sitemap_walk import sitemaps_of

logger = logging.getLogger(__name__)
_MOST_LEARNT = 1000  # addresses of a feed that show what a site's are like
_ROLLS = 5  # entries: of a shorter feed it says nothing that all are new
_BY: dict[str, DiscoveredBy] = {
    **{"feed": "feed", "sitemap": "sitemap", "posts": "sitemap"},
    **{"archive": "archive", "page": "user"},
}


class RequestPlan:
    """Announcements into requests; *make* gives the request for an address, if the run wants it."""

    def __init__(self, recorder: Recorder, make: Make) -> None:
        self._recorder, self._make = recorder, make
        self.walk = ListWalk(recorder, make)
        self._doubts = Doubts(self.walk, self._entry)

    def seeds(self, run: SourceRun) -> Iterator[Request]:
        """The declared places of a source, its front page, and what its archives have unread."""
        for seed in run.source.seeds():
            if seed.kind != "archive":
                run.seeds += 1
                role: Role = "page" if seed.kind == "page" else "listing"
                yield from self._make(
                    run, seed.url, _seed_purpose(run, seed.kind, role=role, seed=True)
                )
        yield from self.walk.front(run)
        yield from self.walk.archives(run)

    async def listed(
        self, run: SourceRun, purpose: Purpose, via: str, listing: Listing
    ) -> AsyncIterator[Request]:
        """What a feed or a sitemap names, and what comes behind it.

        Some thousands of entries take seconds: between them the event loop has its turn.
        """
        if purpose.seed and listing.home:
            run.note_home(listing.home)
        by = _BY.get(purpose.kind if purpose.kind == "posts" else listing.kind, "section")
        unknown = False
        async for entry in in_turns(listing.entries):
            unknown = unknown or self.walk.known(run, entry.url) is None
        await self._note_listing(run, purpose, via, listing)
        async for entry in in_turns(listing.entries):
            discovery = Discovery(
                source=run.source.name,
                by=by,
                via=via,
                announced=entry.published,
                modified=entry.modified,
                title=entry.title,
                words=entry.words,
            )
            doubtful = by == "sitemap" and purpose.kind != "posts"
            take = self._doubts.take if doubtful else self._entry
            for request in take(run, entry, discovery):
                yield request
        for request in self._behind(run, purpose, via, listing, unknown):
            yield request

    def _behind(
        self, run: SourceRun, purpose: Purpose, via: str, listing: Listing, unknown: bool
    ) -> Iterator[Request]:
        """The sitemaps of an index, and the next page of posts where this one was *unknown*."""
        yield from sitemaps_of(self.walk, self._make, run, (via, purpose, listing.children))
        if purpose.kind == "posts" and (unknown or run.first):
            yield from self._next(run, wordpress.following(via, listing), purpose, via)

    def left_over(self, run: SourceRun) -> Iterator[Request]:
        """What earlier runs had no budget left for."""
        return left_over(self._recorder.library.state, self.walk, self._make, run)

    async def _note_listing(
        self, run: SourceRun, purpose: Purpose, via: str, listing: Listing
    ) -> None:
        """Learn from a feed, a sitemap or a list of posts what the source's articles are like."""
        lists = self.walk.of(run)
        addresses = [
            entry.url async for entry in in_turns(listing.entries) if run.source.in_scope(entry.url)
        ]
        if purpose.kind == "posts" or listing.kind == "sitemap":
            lists.has_everything = lists.has_everything or bool(addresses)
            self._doubts.note(run, listing)
        if listing.kind == "feed":
            if self._has_rolled_over(run, via, listing):
                lists.rolled.append(via)
            keys = lists.feeds.setdefault(via, set())
            async for url in in_turns(addresses):
                keys.add(url_surtkey(url))
        if purpose.kind == "posts" or listing.kind == "feed":
            self._learn(run, addresses[:_MOST_LEARNT])

    def _learn(self, run: SourceRun, addresses: Iterable[str]) -> None:
        fresh = [url for url in addresses if url_surtkey(url) not in run.seen]
        run.shapes = run.shapes.with_more(fresh)

    async def page(
        self, run: SourceRun, purpose: Purpose, page: LinkPage, url: str
    ) -> AsyncIterator[Request]:
        """The articles and lists that a page seems to link to, and the page that follows it.

        It is followed as long as pages bring what no earlier run knew; in a source's first run, and
        in an archive, as long as they bring articles at all.
        """
        found = page.leads
        if purpose.kind == "doubtful" and is_no_list(run, page, url):
            for request in self._doubts.was_none(run, url):
                yield request
            return
        visits = {
            lead.entry.url: self.walk.known(run, lead.entry.url)
            async for lead in in_turns(found.articles)
        }
        keys = [url_surtkey(address) for address in visits]
        walked = self.walk.note(run, purpose, url, keys)
        unknown = any(is_new(run, visit) for visit in visits.values())
        walked.reaches_known |= not all(is_new(run, visit) for visit in visits.values())
        goes_on = self.walk.goes_on(run, url)  # before what is asked for changes it
        self._learn(run, (lead.entry.url for lead in found.articles if lead.shown))
        async for lead in in_turns(found.articles):
            for request in self._lead(run, purpose, lead, url):
                yield request
        follows = unknown or bool(visits and (goes_on or purpose.kind == "archive"))
        following = list(self._next(run, page.following, purpose, url)) if follows else []
        walked.ended = not following if follows else walked.ended
        async for request in in_turns(self._lists(run, purpose, found, url)):
            following.append(request)
        for request in following:
            yield request

    def _lead(
        self, run: SourceRun, purpose: Purpose, lead: ArticleLink, url: str
    ) -> Iterator[Request]:
        """The article that a link of the page at *url* leads to."""
        by = _BY.get(purpose.kind, "section")
        how = Discovery(source=run.source.name, by=by, via=url, title=lead.entry.title)
        if lead.shown:
            as_article(run, lead.entry.url)
        yield from self._doubts.undated(run, lead.entry, how, lead.reason)

    def _lists(self, run: SourceRun, purpose: Purpose, found: Leads, url: str) -> Iterator[Request]:
        """The lists that the page at *url* leads to, and the archive of the time before."""
        is_dated = run.shapes.judge(url).sort in ("date", "day")
        if found.articles or not is_dated:  # a calendar leads from empty month to empty month
            yield from self.walk.lists(run, found.lists, url, purpose.depth + 1)
        if purpose.kind == "archive":
            yield from self.walk.older(run, url, bool(found.articles))

    async def rest(self, run: SourceRun) -> AsyncIterator[Request]:
        """What is asked for once nothing else waits; what is missing then is noted."""
        requests = [one async for one in self._doubts.release(run)] or list(self.walk.late(run))
        if not requests:
            run.problems += self.walk.lacking(run)
        for request in requests:
            yield request

    def declared(self, run: SourceRun, page: LinkPage, url: str) -> Iterator[Request]:
        """The feeds that a page declares."""
        for seed in page.feeds:
            yield from self._make(run, seed.url, _seed_purpose(run, "feed", via=url))

    def of_robots(self, run: SourceRun, sitemaps: Iterable[str]) -> Iterator[Request]:
        """The sitemaps that robots.txt names."""
        for sitemap in sitemaps:
            yield from self._make(run, sitemap, _seed_purpose(run, "sitemap", by="robots"))

    def posts(self, run: SourceRun, page: LinkPage, url: str) -> Iterator[Request]:
        """WordPress's list of posts, where a page says that there is one."""
        if api := page.posts:
            yield from self._make(
                run, wordpress.posts_url(api), _seed_purpose(run, "posts", via=url)
            )

    def _next(
        self, run: SourceRun, url: str | None, purpose: Purpose, via: str
    ) -> Iterator[Request]:
        """The page of a listing that follows."""
        if url and run.in_scope(url):
            first, depth = purpose.list_of or via, purpose.depth
            wanted = replace(_seed_purpose(run, purpose.kind, via=via), list_of=first, depth=depth)
            yield from self._make(run, url, wanted)

    def _entry(
        self, run: SourceRun, entry: Announced, discovery: Discovery, reason: str | None = None
    ) -> Iterator[Request]:
        try:
            url = normalise_url(entry.url, discovery.via)
        except ValueError as error:
            logger.warning("%s: %s names no URL: %s", run.source.name, discovery.via, error)
            return
        key = url_surtkey(url)
        run.note_announced(key, discovery.by, entry.modified or entry.published)
        visit = self._recorder.library.state.known_visit(run.source.name, key)
        arrived = run.in_scope(url)
        resolves = not arrived and discovery.by == "feed" and leads_on(url, discovery.via or "")
        known = replace(entry, url=url, modified=entry.modified or _last_announced(run, visit, key))
        refused = refused_by_rules(run.source, known, arrived=arrived, resolves=resolves)
        if refused == "off_scope":
            run.off_scope.setdefault(key, url)
        if discovery.by == "feed":
            as_article(run, url)
        if refused is None:
            _note(run, entry, discovery, visit, key)
            if run.recheck or key in run.whole or is_due(visit, entry, discovery.by, utc_now()):
                run.owed |= {key} - run.seen
                purpose = Purpose(
                    run_id=run.run_id,
                    discovery=discovery,
                    role="requisite" if resolves else "page",
                    reason=reason,
                    resolves=resolves,
                    whole=key in run.whole,
                )
                yield from self._make(run, url, purpose)
        elif visit is None and key not in run.seen:  # said once, not in every run
            run.seen.add(key)
            self._recorder.book.conclude(
                run, Outcome(url=url, outcome=refused, discovery=discovery)
            )

    def _has_rolled_over(self, run: SourceRun, url: str, feed: Listing) -> bool:
        """Whether a feed that was read before names nothing that was in it then."""
        if len(feed.entries) < _ROLLS or self.walk.visit(run, url) is None:
            return False
        return all(self.walk.visit(run, entry.url) is None for entry in feed.entries)


def _note(
    run: SourceRun, entry: Announced, discovery: Discovery, visit: Visit | None, key: str
) -> None:
    """Note that an article of the source is announced, or that a section leads to it."""
    if discovery.by == "section" and (run.source.feeds or run.source.sitemaps):
        run.note_found(key, visit)
    else:
        run.note_listed(key, entry.published or entry.modified, visit)


def _last_announced(run: SourceRun, visit: Visit | None, key: str) -> datetime | None:
    """The newest date that any listing gave for an address."""
    dates = {**announced_dates(visit), **run.announced.get(key, {})}
    return max(map(datetime.fromisoformat, dates.values()), default=None)


def _seed_purpose(
    run: SourceRun,
    kind: SeedKind,
    *,
    role: Role = "listing",
    by: DiscoveredBy | None = None,
    via: str | None = None,
    modified: datetime | None = None,
    seed: bool = False,
) -> Purpose:
    """What a listing is asked for; one that a page names is found in a section of the magazine."""
    how = by or ("section" if kind == "feed" and via else _BY.get(kind, "section"))
    discovery = Discovery(source=run.source.name, by=how, via=via, modified=modified)
    return Purpose(run_id=run.run_id, discovery=discovery, role=role, kind=kind, seed=seed)
