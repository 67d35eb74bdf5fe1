"""What sitemaps name and may be lists: they name a site's tags and its months beside its articles.

Such addresses wait until feeds and pages have shown what the site's articles are like. What still
seems a list is asked for as a list, and as an article if it turns out to be none. What a page names
without a date waits, too, where the source has a `since`: a sitemap may date it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request

from archive.types import Discovery
from archive.web.surt import url_surtkey
from crawlers.capture.run import SourceRun
from crawlers.discovery import Announced, Listing
from crawlers.discovery.leads import refused_by_rules
from crawlers.discovery.url_shapes import is_list_name
from crawlers.frontier import is_due, utc_now
from crawlers.spiders.list_walk import CHILDREN, ListWalk
from crawlers.spiders.reading import in_turns

_MOST_WAITING = 50_000  # addresses: more than a run asks for
_TRIED = 3  # of a folder: what they are shows what the others are

AskPage = Callable[..., Iterator[Request]]
"""Of a run, what is announced, how that was found, and why it is taken for an article."""


@dataclass(slots=True)
class _Held:
    """The doubtful addresses of a run."""

    waiting: dict[str, tuple[Announced, Discovery]] = field(default_factory=dict)
    asked: dict[str, tuple[Announced, Discovery]] = field(default_factory=dict)  # by key, as lists
    folders: set[str] = field(default_factory=set)  # addresses that have several below them
    tried: set[str] = field(default_factory=set)  # folders of which some were asked for
    undated: dict[str, tuple[Announced, Discovery, str | None]] = field(default_factory=dict)


class Doubts:
    """Holds back what may be a list; *ask_page* gives the request for an article that is due."""

    def __init__(self, walk: ListWalk, ask_page: AskPage) -> None:
        self._walk, self._ask_page = walk, ask_page
        self._runs: WeakKeyDictionary[SourceRun, _Held] = WeakKeyDictionary()

    def _of(self, run: SourceRun) -> _Held:
        return self._runs.setdefault(run, _Held())

    def note(self, run: SourceRun, listing: Listing) -> None:
        """Note which addresses of a sitemap have others below them."""
        parents = Counter(_parent(entry.url) for entry in listing.entries)
        self._of(run).folders.update(url for url, n in parents.items() if n >= CHILDREN)

    def take(self, run: SourceRun, entry: Announced, how: Discovery) -> Iterator[Request]:
        """The request for what a sitemap names, unless it has to wait."""
        if not self._may_be_list(run, entry):
            yield from self._ask_page(run, entry, how)
            return
        key, waiting = url_surtkey(entry.url), self._of(run).waiting
        if len(waiting) >= _MOST_WAITING and key not in waiting:
            run.spending.reasons.setdefault("requests")
            run.leave(how.via)
            return
        run.note_announced(key, how.by, entry.modified or entry.published)
        run.owed.add(key)
        self._of(run).waiting.setdefault(key, (entry, how))

    def undated(
        self, run: SourceRun, entry: Announced, how: Discovery, reason: str | None
    ) -> Iterator[Request]:
        """The request for an article that a page names; it has to wait where no date is known of
        it, and the source wants none before one."""
        key = url_surtkey(entry.url)
        dated = entry.published or entry.modified or self._walk.known(run, entry.url)
        if not run.source.since or dated or key in run.seen:
            yield from self._ask_page(run, entry, how, reason)
            return
        run.owed.add(key)
        self._of(run).undated.setdefault(key, (entry, how, reason))

    async def release(self, run: SourceRun) -> AsyncIterator[Request]:
        """What has waited, some of each folder first; none where nothing waits any more."""
        held = self._of(run)
        for key in list(held.undated):
            for request in self._ask_page(run, *held.undated.pop(key)):
                yield request
        counts: Counter[str] = Counter()
        async for key in in_turns(list(held.waiting)):
            for request in self._released(run, held, key, counts):
                yield request
        held.tried.update(counts)

    def _released(
        self, run: SourceRun, held: _Held, key: str, counts: Counter[str]
    ) -> Iterator[Request]:
        """What one address that has waited is asked for as, if it need not wait any longer."""
        entry, how = held.waiting[key]
        if key in run.lists or key in run.seen:
            del held.waiting[key]
        elif not self._seems_list(run, entry.url):
            del held.waiting[key]
            yield from self._ask_page(run, entry, how)
        elif (folder := _parent(entry.url)) in held.tried or counts[folder] < _TRIED:
            counts[folder] += 1
            del held.waiting[key]
            held.asked[key] = entry, how
            yield from self._walk.ask(run, entry.url, how.via, "doubtful")

    def was_none(self, run: SourceRun, url: str) -> Iterator[Request]:
        """The request for the article that a supposed list turned out to be."""
        found = self._of(run).asked.get(url_surtkey(url))
        if found:
            run.shapes = run.shapes.with_more([url])
            as_article(run, url)
            yield from self._ask_page(run, *found)

    def _may_be_list(self, run: SourceRun, entry: Announced) -> bool:
        """Whether an address waits: not if a rule of the source decides, or it is like articles."""
        source = run.source
        if source.article.allow or refused_by_rules(source, entry):
            return False
        visit = self._walk.visit(run, entry.url)
        if visit and not is_due(visit, entry, "sitemap", utc_now()):
            return False
        kind = run.shapes.judge(entry.url).kind
        last = urlsplit(entry.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
        plain = kind == "unknown" and last.isalpha()  # lists and service pages have such names
        return plain or kind == "other" or self._seems_list(run, entry.url)

    def _seems_list(self, run: SourceRun, url: str) -> bool:
        judged = run.shapes.judge(url)
        if judged.kind == "article" and not judged.weak:
            return False
        has_children = url.rstrip("/") in self._of(run).folders
        return judged.kind == "listing" or has_children or is_list_name(url)


def as_article(run: SourceRun, url: str) -> None:
    """Let an address be asked for as an article that was asked for as a list in this run."""
    key = url_surtkey(url)
    if key in run.lists:
        run.lists.discard(key)
        run.seen.discard(key)
        run.whole.add(key)


def _parent(url: str) -> str:
    """The address of the folder that an address stands in, without its last slash."""
    return url.partition("?")[0].rstrip("/").rpartition("/")[0]
