"""What a run asks for: its seeds, and what listings and pages of links announce, as requests.

Which of it is due, and how far listings are followed, is decided here; how a request is made is the
spider's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from scrapy import Request

from archive.state.rows import Visit
from archive.types import DiscoveredBy, Discovery, Role
from archive.web.surt import normalise_url, url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import Outcome, SourceRun
from crawlers.discovery import Announced, Listing, wordpress
from crawlers.discovery.html_pages import Html, alternates, posts_api
from crawlers.discovery.leads import archive_pages, is_read, leads, leads_on, refused_by_rules
from crawlers.discovery.next_page import next_page
from crawlers.frontier import is_due, utc_now
from crawlers.request_meta import Purpose, SeedKind

logger = logging.getLogger(__name__)
_MAX_SITEMAPS = 1000
_MAX_PAGES = 1000  # of listings behind their first, in one run
_ROLLS = 5  # entries: of a shorter feed it says nothing that all are new
_MAX_ARCHIVES = 200  # pages of archives in one run: the next goes on
_BY: dict[str, DiscoveredBy] = {
    **{"feed": "feed", "sitemap": "sitemap", "posts": "sitemap"},
    **{"archive": "archive", "page": "user"},
}

Make = Callable[[SourceRun, str, Purpose], Iterator[Request]]


class RequestPlan:
    """Announcements into requests; *make* gives the request for an address, if the run wants it."""

    def __init__(self, recorder: Recorder, make: Make) -> None:
        self._recorder, self._make = recorder, make

    def seeds(self, run: SourceRun) -> Iterator[Request]:
        """The declared places of a source, and the pages of its archives that are not done."""
        for seed in run.source.seeds():
            if seed.kind != "archive":
                run.seeds += 1
                role: Role = "page" if seed.kind == "page" else "listing"
                yield from self._make(
                    run, seed.url, _seed_purpose(run, seed.kind, role=role, seed=True)
                )
        now = utc_now()
        pages = archive_pages(run.source, now.date())
        cut = self._recorder.library.state.unfinished_runs(run.source.name, but=run.run_id)
        open_pages = (
            page for page in pages if not is_read(page, self._visit(run, page.url), cut, now)
        )
        for page in islice(open_pages, _MAX_ARCHIVES):
            yield from self._make(run, page.url, _seed_purpose(run, "archive"))

    def listed(
        self, run: SourceRun, purpose: Purpose, via: str, listing: Listing
    ) -> Iterator[Request]:
        """What a feed or a sitemap names, and what comes behind it."""
        if purpose.seed and listing.home:
            run.note_home(listing.home)
        by = _BY.get(purpose.kind if purpose.kind == "posts" else listing.kind, "section")
        unknown = any(self._known(run, entry.url) is None for entry in listing.entries)
        if listing.kind == "feed" and self._has_rolled_over(run, via, listing):
            run.problems.append(f"{via}: all of it is new, so some before it may be missed")
        for entry in listing.entries:
            discovery = Discovery(
                source=run.source.name,
                by=by,
                via=via,
                announced=entry.published,
                modified=entry.modified,
                title=entry.title,
                words=entry.words,
            )
            yield from self._entry(run, entry, discovery)
        for child in listing.children[:_MAX_SITEMAPS]:
            yield from self._make(
                run, child.url, _seed_purpose(run, "sitemap", via=via, modified=child.modified)
            )
        if purpose.kind == "posts" and (unknown or run.first):
            yield from self._next(run, wordpress.following(via, listing), purpose, via)

    def page(self, run: SourceRun, purpose: Purpose, html: Html, url: str) -> Iterator[Request]:
        """The articles that a page seems to link to, and the page that follows it.

        It is followed as long as pages bring what no earlier run knew; in a source's first run, and
        in an archive, as long as they bring articles at all.
        """
        links = leads(run.source, html, url, run.shapes)
        unknown = any(self._known(run, lead.entry.url) is None for lead in links)
        how = Discovery(source=run.source.name, by=_BY.get(purpose.kind, "section"), via=url)
        for lead in links:
            titled = replace(how, title=lead.entry.title)
            yield from self._entry(run, lead.entry, titled, lead.reason)
        if unknown or (links and (run.first or purpose.kind == "archive")):
            yield from self._next(run, next_page(html, url), purpose, url)

    def declared(self, run: SourceRun, html: Html, url: str) -> Iterator[Request]:
        """The feeds that a page declares."""
        for seed in alternates(html, url):
            yield from self._make(run, seed.url, _seed_purpose(run, "feed", via=url))

    def of_robots(self, run: SourceRun, sitemaps: Iterable[str]) -> Iterator[Request]:
        """The sitemaps that robots.txt names."""
        for sitemap in sitemaps:
            yield from self._make(run, sitemap, _seed_purpose(run, "sitemap", by="robots"))

    def posts(self, run: SourceRun, html: Html, url: str) -> Iterator[Request]:
        """WordPress's list of posts, where a page says that there is one."""
        if api := posts_api(html, url):
            yield from self._make(
                run, wordpress.posts_url(api), _seed_purpose(run, "posts", via=url)
            )

    def _next(
        self, run: SourceRun, url: str | None, purpose: Purpose, via: str
    ) -> Iterator[Request]:
        """The page of a listing that follows."""
        if url and run.in_scope(url) and run.pages < _MAX_PAGES:
            run.pages += 1
            yield from self._make(run, url, _seed_purpose(run, purpose.kind, via=via))

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
        known = replace(entry, url=url)
        refused = refused_by_rules(run.source, known, arrived=arrived, resolves=resolves)
        if refused == "off_scope":
            run.off_scope.setdefault(key, url)
        if refused is None:
            run.note_listed(key, entry.published or entry.modified, visit)
            if run.recheck or is_due(visit, entry, discovery.by, utc_now()):
                if key not in run.seen:
                    run.owed.add(key)
                purpose = Purpose(
                    run_id=run.run_id,
                    discovery=discovery,
                    role="requisite" if resolves else "page",
                    reason=reason,
                    resolves=resolves,
                )
                yield from self._make(run, url, purpose)
        elif visit is None and key not in run.seen:  # said once, not in every run
            run.seen.add(key)
            self._recorder.book.conclude(
                run, Outcome(url=url, outcome=refused, discovery=discovery)
            )

    def _has_rolled_over(self, run: SourceRun, url: str, feed: Listing) -> bool:
        """Whether a feed that was read before names nothing that was in it then."""
        if len(feed.entries) < _ROLLS or self._visit(run, url) is None:
            return False
        return all(self._visit(run, entry.url) is None for entry in feed.entries)

    def _visit(self, run: SourceRun, url: str) -> Visit | None:
        key = _key(url)
        return self._recorder.library.state.visit(run.source.name, key) if key else None

    def _known(self, run: SourceRun, url: str) -> Visit | None:
        """The newest outcome of an article, be it that somebody crawled it by hand."""
        key = _key(url)
        return self._recorder.library.state.known_visit(run.source.name, key) if key else None


def _key(url: str) -> str | None:
    try:
        return url_surtkey(normalise_url(url))
    except ValueError:
        return None


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
