"""How far the lists of a source are walked in a run: which are read, when, and what stays unread.

The front page is read in each run, with the sections and archives that it leads to; lists of tags,
authors and days are left for the end, and for sites where nothing else lists everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request

from archive.outcomes import BUDGET, GONE, NOT_REACHED
from archive.source import Source
from archive.state.rows import Visit, now_text
from archive.types import DiscoveredBy, Discovery
from archive.web.surt import normalise_url, url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import SourceRun
from crawlers.discovery.archive_pages import (
    EMPTY,
    ArchivePage,
    archive_pages,
    is_read,
    page_at,
    pages_to_begin,
    period_before,
    period_of,
)
from crawlers.discovery.leads import ListLink
from crawlers.discovery.listings import ONLY_A_FEED, only_a_feed
from crawlers.frontier import utc_now
from crawlers.request_meta import Purpose, SeedKind
from crawlers.spiders.link_pages import LinkPage
from crawlers.spiders.run_lists import RunLists, WalkedList

_MAX_ARCHIVES = 200  # pages of archives in one run: the next goes on
_MAX_SECTIONS = 60  # of a navigation: larger menus are those of shops and portals
_BY_DATE = "dates"  # all archives are one list, whatever addresses their months have
CHILDREN = 3  # addresses below another: an article has fewer pages of its own
_AGAIN = timedelta(days=7)  # what is missing in feed and front page is found a week later

Make = Callable[[SourceRun, str, Purpose], Iterator[Request]]


class ListWalk:
    """Lists into requests; *make* gives the request for an address, if the run wants it."""

    def __init__(self, recorder: Recorder, make: Make) -> None:
        self._recorder, self._make = recorder, make
        self._runs: WeakKeyDictionary[SourceRun, RunLists] = WeakKeyDictionary()

    def of(self, run: SourceRun) -> RunLists:
        """What *run* knows of its lists."""
        if run not in self._runs:
            state = self._recorder.library.state
            self._runs[run] = RunLists(state.unfinished_runs(run.source.name, but=run.run_id))
        return self._runs[run]

    def front(self, run: SourceRun) -> Iterator[Request]:
        """The front page of a source that declares more than single pages."""
        source = run.source
        if source.feeds or source.sitemaps or source.sections or source.archives:
            yield from self._make(run, source.url, list_purpose(run, "front"))

    def archives(self, run: SourceRun) -> Iterator[Request]:
        """The pages of the source's archives that are not done: to `since`, or where to go back."""
        pages = archive_pages(run.source, utc_now().date())
        if run.source.since is None:
            pages = [
                found
                for page in pages
                for found in pages_to_begin(
                    *(run.source, page, lambda url: self.visit(run, url)),
                    lambda page: self._is_done(run, page),
                )
            ]
        open_pages = (page for page in pages if not self._is_done(run, page))
        for page in islice(open_pages, _MAX_ARCHIVES):
            yield from self._archive(run, page, None)

    def older(self, run: SourceRun, url: str, brought: bool) -> Iterator[Request]:
        """The archive page of the period before, where `since` names no end."""
        page = None if run.source.since else page_at(run.source, url)
        before = page and period_before(run.source, page)
        if before is None:
            return
        lists = self.of(run)
        where = urlsplit(url).netloc
        lists.empty[where] = 0 if brought else lists.empty[where] + 1
        patience = EMPTY if run.first else 1
        if not self._is_done(run, before) and lists.empty[where] < patience:
            yield from self._archive(run, before, url)

    def _archive(self, run: SourceRun, page: ArchivePage, via: str | None) -> Iterator[Request]:
        lists = self.of(run)
        if lists.archives < _MAX_ARCHIVES:
            lists.archives += 1
            yield from self._make(run, page.url, list_purpose(run, "archive", via=via))

    def lists(
        self, run: SourceRun, found: Iterable[ListLink], via: str, depth: int
    ) -> Iterator[Request]:
        """The lists that a page leads to, if it is time to read them."""
        lists = self.of(run)
        horizon = utc_now().date() + timedelta(days=366)
        for link in found:
            last = period_of(link.url)
            if not is_near(run.source, link.url) or (last and last > horizon):
                continue  # a calendar has months to come without end
            if link.late and not lists.is_late:
                lists.late.setdefault(link.url, via)
            elif link.sort != "section" or lists.sections < _MAX_SECTIONS:
                lists.sections += link.sort == "section"
                yield from self.ask(run, link.url, via, depth=depth)

    def ask(
        self,
        run: SourceRun,
        url: str,
        via: str | None,
        kind: SeedKind = "list",
        depth: int = 1,
    ) -> Iterator[Request]:
        """A list that pages lead to, if it is due."""
        if page := page_at(run.source, url):
            if not self._is_done(run, page):
                yield from self._archive(run, page, via)
        elif url_surtkey(url) not in run.seen and self._is_due(run, url):
            purpose = replace(list_purpose(run, kind, via=via), depth=depth)
            yield from self._make(run, url, purpose)

    def late(self, run: SourceRun) -> Iterator[Request]:
        """Lists of tags, authors and days, where nothing else lists everything.

        A later run, which reads little, goes by whether an earlier one read them.
        """
        lists = self.of(run)
        thorough = self.goes_on(run, run.source.url) or any(
            self.visit(run, url) for url in lists.late
        )
        if lists.is_late or not thorough or lists.is_complete(run.source.url):
            return
        lists.is_late = True
        for url, via in lists.late.items():
            yield from self.ask(run, url, via)

    def note(self, run: SourceRun, purpose: Purpose, url: str, keys: Collection[str]) -> WalkedList:
        """Note what a page of a list names; the list has ended, unless a page follows."""
        first = purpose.list_of or url
        if purpose.kind == "front" or url == run.source.url:
            first = run.source.url
        elif purpose.kind == "archive" or run.shapes.judge(first).sort == "date":
            first = _BY_DATE
        walked = self.of(run).walked.setdefault(first, WalkedList())
        walked.keys.update(keys)
        walked.pages += 1
        walked.ended = True
        return walked

    def goes_on(self, run: SourceRun, url: str) -> bool:
        """Whether a list is read to its end even where it brings nothing new.

        So it is in a source's first run, when all is looked at again, and where a run was cut short
        that had read the page at *url*, for what follows it may not have come.
        """
        visit = self.visit(run, url)
        return run.first or run.recheck or (visit is not None and self._was_cut(run, visit))

    def visit(self, run: SourceRun, url: str) -> Visit | None:
        """What is known of an address."""
        key = _key_of(url)
        return self._recorder.library.state.visit(run.source.name, key) if key else None

    def known(self, run: SourceRun, url: str) -> Visit | None:
        """What is known of an article, be it that somebody crawled it by hand.

        None where no run has come to it yet."""
        key = _key_of(url)
        visit = self._recorder.library.state.known_visit(run.source.name, key) if key else None
        return None if visit and visit.outcome in NOT_REACHED else visit

    def lacking(self, run: SourceRun) -> Iterator[str]:
        """What the run knows to be missing, a line for each, with what to do."""
        lists = self.of(run)
        for feed in lists.rolled:
            keys = lists.feeds[feed]
            if not any(one.reaches_known and one.keys >= keys for one in lists.walked.values()):
                yield (
                    f"{feed}: all of it is new, so some before it may be missed: "
                    "set archives= or sections=, or crawl more often"
                )
        last = self._recorder.library.state.last_runs(run.source.name, 2)
        was_said = any(ONLY_A_FEED in (one.detail or "") for one in last)
        feed, keys = max(lists.feeds.items(), key=lambda pair: len(pair[1]), default=("", set()))
        if (run.first or was_said) and lists.is_only_a_feed(run.source):
            yield from filter(None, [only_a_feed(feed, len(keys))])

    def _is_done(self, run: SourceRun, page: ArchivePage) -> bool:
        return is_read(page, self.visit(run, page.url), self.of(run).cut_short, utc_now())

    def _is_due(self, run: SourceRun, url: str) -> bool:
        """Whether a list is worth a request: never read, cut short, failed, or read a week ago."""
        visit = self.visit(run, url)
        if visit is None or run.recheck or self._was_cut(run, visit):
            return True
        if visit.outcome.startswith(("error:", "blocked:", BUDGET)) and visit.outcome not in GONE:
            return True
        last = period_of(url)
        if last and visit.fetch_time[:10] > last.isoformat():  # it lists nothing more
            return False
        return utc_now() - datetime.fromisoformat(visit.fetch_time) >= _AGAIN

    def _was_cut(self, run: SourceRun, visit: Visit) -> bool:
        return any(
            one.started <= visit.fetch_time <= (one.ended or visit.fetch_time)
            for one in self.of(run).cut_short
        )


def _key_of(url: str) -> str | None:
    """The SURT key of an address; None where it is none."""
    try:
        return url_surtkey(normalise_url(url))
    except ValueError:
        return None


def is_new(run: SourceRun, visit: Visit | None) -> bool:
    """Whether no earlier run knew an address."""
    return visit is None or visit.fetch_time >= now_text(run.started)


def is_no_list(run: SourceRun, page: LinkPage, url: str) -> bool:
    """Whether a page that was taken for a list shows that it is none."""
    found = page.leads
    if run.shapes.judge(url).certain:
        return False
    of_lists = any(link.late or link.sort == "date" for link in found.lists)
    below = [link for link in found.lists if link.url.startswith(f"{url.rstrip('/')}/")]
    if len(below) >= CHILDREN:
        return False
    return not (found.articles or of_lists) or page.is_article


def is_near(source: Source, url: str) -> bool:
    """Whether a list stands where the source does: on its host, below its address or a section's.

    A magazine may be one of many on a domain, and share it with a shop and a forum.
    """
    host, path = _place(url)
    for root in (source.url, *source.sections):
        root_host, root_path = _place(root)
        folder = root_path.rpartition("/")[0] if "." in root_path.rpartition("/")[2] else root_path
        below = path == folder or path.startswith(f"{folder.rstrip('/')}/")
        if host == root_host and below:
            return True
    return False


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")


def list_purpose(
    run: SourceRun, kind: SeedKind, *, via: str | None = None, list_of: str | None = None
) -> Purpose:
    """What a page of a list is asked for."""
    by: DiscoveredBy = "archive" if kind == "archive" else "section"
    discovery = Discovery(source=run.source.name, by=by, via=via)
    return Purpose(
        run_id=run.run_id, discovery=discovery, role="listing", kind=kind, list_of=list_of
    )
