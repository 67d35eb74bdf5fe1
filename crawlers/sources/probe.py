"""A site's front page into a source: where it announces its articles, with a comment for each find.

Feeds that the page declares, else those at the usual paths; sitemaps that robots.txt names, else
those at the usual paths; WordPress's list of posts; dated archives; sections of the navigation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from archive.errors import BackissueError
from archive.source import Source, name_from_url
from archive.web.surt import url_surtkey
from crawlers.discovery import Announced, Listing
from crawlers.discovery.feeds import read_feed
from crawlers.discovery.html_pages import alternates, front_page_head, links, navigation, posts_api
from crawlers.discovery.leads import leads, leads_on
from crawlers.discovery.listings import only_a_feed
from crawlers.discovery.next_page import next_page
from crawlers.discovery.sitemaps import read_sitemap
from crawlers.discovery.url_shapes import Shapes
from crawlers.sources.visitor import Visited, Visitor

_FEEDS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss")
_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/news-sitemap.xml")
_MOST_FEEDS, _MOST_SITEMAPS, _MOST_CHILDREN, _MOST_SECTIONS = 6, 6, 3, 12
_MONTH = re.compile(r"^(.*/)((?:19|20)\d\d)/(0[1-9]|1[0-2])/?$")
_ARTICLES_TRIED = 3


@dataclass(frozen=True, slots=True)
class AnnouncingPlace:
    """A feed or a sitemap that can be read; *count* articles are named there, perhaps by guess."""

    kind: str
    url: str
    count: int
    newest: datetime | None
    guessed: bool = False


@dataclass(slots=True)
class Probe:
    """What was found of a site."""

    front: Visited
    title: str | None
    places: list[AnnouncingPlace] = field(default_factory=list)
    announced: dict[str, Announced] = field(default_factory=dict)  # by key, those that were read
    off_scope: dict[str, str] = field(default_factory=dict)  # addresses on other hosts, by key
    dead: dict[str, list[str]] = field(default_factory=dict)  # by kind, what cannot be read
    sections: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    has_posts: bool = False
    has_lists: bool = False  # the front page leads to more pages of links
    generator: str | None = None

    @property
    def count(self) -> int:
        """How many articles the site seems to have: as its largest listing says."""
        sums: dict[str, int] = {}
        for place in self.places:
            sums[place.kind] = sums.get(place.kind, 0) + place.count
        return max([*sums.values(), len(self.announced)], default=0)

    @property
    def lacks(self) -> str | None:
        """One line on what the site does not announce, as far as its front page shows."""
        if self.has_lists or self.archives or any(one.kind == "sitemap" for one in self.places):
            return None
        feed = max(self.places, key=lambda place: place.count, default=None)
        return only_a_feed(feed.url, feed.count) if feed else None

    def newest(self) -> list[Announced]:
        """What is announced, the latest first; what has only a date of change comes behind."""
        early = datetime.min.replace(tzinfo=UTC)
        entries = list(self.announced.values())
        entries.sort(key=lambda entry: entry.published or entry.modified or early, reverse=True)
        return sorted(entries, key=lambda entry: entry.published is None)

    def source(self, name: str | None, delay: float) -> Source:
        """The source that crawls it."""
        url = self.front.url
        declares = any(place.kind in ("feed", "sitemap") for place in self.places)
        return Source(
            url=url,
            name=name or name_from_url(url),
            title=self.title,
            feeds=tuple(place.url for place in self.places if place.kind == "feed"),
            sitemaps=tuple(place.url for place in self.places if place.kind == "sitemap"),
            sections=() if declares else self.sections,
            archives=self.archives,
            delay=delay,
        )


async def probe(url: str, visitor: Visitor) -> Probe:
    """Look at the site at *url*; BackissueError where its front page cannot be had.

    If a feed stands there, it is the only place of the magazine that the feed says it is of.
    """
    front = await visitor.visit(url)
    if not front.is_there:
        raise BackissueError(f"{front.url}: {front.problem}")
    feed = read_feed(front.body, front.url, front.media)
    if feed.kind == "feed":
        return await _probe_feed(front, feed, visitor)
    head = front_page_head(front.html)
    site = Probe(front, head.title, generator=head.generator)
    await _find_feeds(site, visitor)
    await _find_sitemaps(site, visitor)
    site.has_posts = posts_api(front.html, front.url) is not None
    shapes = Shapes.learn(one.url for one in site.announced.values())
    site.sections = tuple(_likely_sections(front, shapes))[:_MOST_SECTIONS]
    if not any(place.kind == "sitemap" for place in site.places):
        await _find_archives(site, visitor)
        source = Source(url=front.url)
        found = leads(source, front.html, front.url, shapes)
        site.has_lists = bool(found.lists or next_page(front.html, front.url))
        for lead in found.articles:
            site.announced.setdefault(url_surtkey(lead.entry.url), lead.entry)
    return site


async def _probe_feed(given: Visited, feed: Listing, visitor: Visitor) -> Probe:
    """The magazine of the feed that was *given*, which may be served by another host."""
    home = feed.home or urljoin(given.url, "/")
    front = await visitor.visit(home)
    if not front.is_there:
        front = Visited(home, None)
    head = front_page_head(front.html)
    site = Probe(front, head.title, generator=head.generator)
    _remember(site, feed.entries, given.url)
    count = len(feed.entries)
    site.places.append(AnnouncingPlace("feed", given.url, count, _latest(feed.entries)))
    return site


async def first_article(site: Probe, visitor: Visitor) -> Visited | None:
    """The newest announced page that can be had."""
    for entry in site.newest()[:_ARTICLES_TRIED]:
        page = await visitor.visit(entry.url)
        if page.is_there:
            return page
    return None


async def _find_feeds(site: Probe, visitor: Visitor) -> None:
    front = site.front
    declared = [seed.url for seed in alternates(front.html, front.url)][:_MOST_FEEDS]
    for url in declared:
        await _read_feed(site, url, visitor, named=True)
    if any(place.kind == "feed" for place in site.places):
        return
    for url in _usual(front.url, _FEEDS):
        if url not in declared and await _read_feed(site, url, visitor):
            return


async def _read_feed(site: Probe, url: str, visitor: Visitor, *, named: bool = False) -> bool:
    """Take a feed in, if it names anything; one that is *named* and cannot be read is noted."""
    page = await visitor.visit(url)
    listing = _read(read_feed, page)
    if named and listing.problem and not listing.entries:
        site.dead.setdefault("feed", []).append(f"{url}: {listing.problem}")
    return _take_in(site, "feed", page.url, listing)


def _read(reader: Callable[[bytes, str, str | None], Listing], page: Visited) -> Listing:
    """What a page announces, as *reader* has it."""
    if not page.is_there:
        return Listing("unreadable", problem=page.problem)
    return reader(page.body, page.url, page.media)


async def _find_sitemaps(site: Probe, visitor: Visitor) -> None:
    front = site.front
    named = list((await visitor.robots(front.url)).sitemaps)[:_MOST_SITEMAPS]
    for url in named:
        await _read_sitemap(site, url, visitor, named=True)
    if any(place.kind == "sitemap" for place in site.places):
        return
    for url in _usual(front.url, _SITEMAPS):
        if url not in named and await _read_sitemap(site, url, visitor):
            return


async def _read_sitemap(site: Probe, url: str, visitor: Visitor, *, named: bool = False) -> bool:
    """Take a sitemap in, if it names anything; one that is *named* and cannot be read is noted."""
    page = await visitor.visit(url)
    listing = _read(read_sitemap, page)
    if listing.children:
        await _note_index(site, page.url, listing, visitor)
        return True
    if named and listing.problem and not listing.entries:
        site.dead.setdefault("sitemap", []).append(f"{url}: {listing.problem}")
    return _take_in(site, "sitemap", page.url, listing)


async def _note_index(site: Probe, url: str, index: Listing, visitor: Visitor) -> None:
    """Read some of an index's sitemaps; the others are taken to be as long."""
    read = []
    for child in _newest_first(index.children)[:_MOST_CHILDREN]:
        page = await visitor.visit(child.url)
        if page.is_there:
            read.append(read_sitemap(page.body, page.url, page.media))
    entries = [entry for listing in read for entry in listing.entries]
    _remember(site, entries)
    count = len(entries) * len(index.children) // max(1, len(read))
    guessed = len(read) < len(index.children)
    site.places.append(AnnouncingPlace("sitemap", url, count, _latest(entries), guessed))


def _newest_first(children: Iterable[Announced]) -> list[Announced]:
    """Those of articles before others, as their names tell."""
    return sorted(children, key=lambda child: not re.search(r"post|article|news", child.url))


def _take_in(site: Probe, kind: str, url: str, listing: Listing) -> bool:
    """Take a listing in, if it names anything."""
    if not listing.entries:
        return False
    _remember(site, listing.entries, url if kind == "feed" else None)
    site.places.append(AnnouncingPlace(kind, url, len(listing.entries), _latest(listing.entries)))
    return True


def _remember(site: Probe, entries: Iterable[Announced], feed: str | None = None) -> None:
    """Take in what a crawl would ask for; links of a feed's service lead to articles, perhaps."""
    source = Source(url=site.front.url)
    for entry in entries:
        if source.in_scope(entry.url) or (feed and leads_on(entry.url, feed)):
            site.announced.setdefault(url_surtkey(entry.url), entry)
        else:
            site.off_scope.setdefault(url_surtkey(entry.url), entry.url)


def _latest(entries: Iterable[Announced]) -> datetime | None:
    return max((date for one in entries if (date := one.published or one.modified)), default=None)


def _usual(url: str, paths: Iterable[str]) -> list[str]:
    return [urljoin(url, path) for path in paths]


def _likely_sections(front: Visited, shapes: Shapes) -> Iterator[str]:
    """What the navigation names, one or two steps deep, and is neither article nor service page."""
    source = Source(url=front.url)
    for entry in navigation(front.html, front.url):
        parts = urlsplit(entry.url)
        depth = len([segment for segment in parts.path.split("/") if segment])
        if not source.in_scope(entry.url) or parts.query or not 1 <= depth <= 2:
            continue
        if shapes.judge(entry.url).kind in ("listing", "unknown"):
            yield entry.url


async def _find_archives(site: Probe, visitor: Visitor) -> None:
    """A monthly archive that the front page links to, if last month's page can be had."""
    front, last = site.front, datetime.now(UTC).replace(day=1) - timedelta(days=1)
    for entry in links(front.html, front.url):
        parts = urlsplit(entry.url)
        if not (match := _MONTH.match(parts.path)) or not Source(url=front.url).in_scope(entry.url):
            continue
        slash = "/" if parts.path.endswith("/") else ""
        root = f"{parts.scheme}://{parts.netloc}{match[1]}"
        page = await visitor.visit(f"{root}{last:%Y/%m}{slash}")
        if page.is_there or (await visitor.visit(entry.url)).is_there:
            site.archives = (f"{root}{{year}}/{{month:02}}{slash}",)
        return
