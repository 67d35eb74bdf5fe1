"""An edition of The Quarry Post into what stands at each of its addresses, queries and all, made when it is asked for."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from backissue.sample.announce import Entry, sitemap, sitemap_index
from backissue.sample.picture import picture
from backissue.sample.quarry import FIRST_YEAR, QUARRY, Story, moment_of, stories
from backissue.sample.quarrytheme import Theme
from backissue.sample.resource import Resource

_HTML, _XML = "text/html; charset=utf-8", "application/xml"
_ON_HOME, _IN_SECTION, _IN_MONTH = 20, 15, 10
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_ROBOTS = (
    f"User-agent: *\nDisallow: /members/\n\nSitemap: {QUARRY.sitemap_url}\n"
    f"Sitemap: {QUARRY.url}news-sitemap.xml\n"
)


class QuarrySite:
    """What the magazine serves at *edition*."""

    def __init__(self, edition: int) -> None:
        self.stories, self._at = stories(edition), moment_of(edition)
        self._theme = Theme(edition, self.stories)

    def find(self, target: str) -> Resource | None:
        """What stands at *target*, a path with its query; None where nothing does."""
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path, number = parts.path, _number(query.get("page") or query.get("paged"))
        if path.startswith(("/stories/", "/members/")):
            return self._story(path, query, number)
        if path.startswith("/old/"):
            return self._moved.get(path)
        if path == "/":
            return self._home(number)
        if path.startswith("/section/"):
            return self._section(path, number)
        if path.startswith("/archive/"):
            return self._month(path, number)
        return self._others().get(path)

    @cached_property
    def _places(self) -> dict[str, tuple[Story, int]]:
        return {
            path: (story, number)
            for story in self.stories
            for number, path in enumerate(story.page_paths, 1)
        }

    @cached_property
    def _moved(self) -> dict[str, Resource]:
        return {
            story.announced_path: Resource(b"", _HTML, story.published, location=story.path)
            for story in self.stories
            if story.kind == "moved"
        }

    def _story(self, path: str, query: dict[str, str], number: int) -> Resource | None:
        asked = path if number == 1 else f"{path}?page={number}"
        found = self._places.get(asked)
        if found is None:
            return None
        story, page = found
        if query.get("view") == "all":
            page = 0
        if story.kind == "consent":
            return self._page(self._theme.consent(story), story.touched)
        if story.kind == "soft404":
            return self._page(self._theme.gone(), story.touched)
        seconds = 1.5 if story.kind == "slow" else 0.0
        return self._page(self._theme.story(story, page), story.touched, seconds)

    def _home(self, number: int) -> Resource | None:
        found = _part([s for s in self.stories if s.kind != "members"], number, _ON_HOME)
        more = self._theme.more(f"/?page={number + 1}") if found and not found[1] else ""
        return found and self._page(self._theme.listing(QUARRY.title, found[0], more), self._at)

    def _section(self, path: str, number: int) -> Resource | None:
        name = path.removeprefix("/section/").capitalize()
        inside = [s for s in self.stories if s.section == name and s.kind != "members"]
        found = _part(inside, number, _IN_SECTION)
        if found is None:
            return None
        last = -(-len(inside) // _IN_SECTION)
        pages = self._theme.numbers(path, "paged", number, last)
        return self._page(self._theme.listing(name, found[0], pages), self._at)

    def _month(self, path: str, number: int) -> Resource | None:
        month = path.removeprefix("/archive/").strip("/")
        inside = [story for story in self.stories if f"{story.published:%Y/%m}" == month]
        found = _part(inside, number, _IN_MONTH)
        if found is None:
            return None
        last = -(-len(inside) // _IN_MONTH)
        pages = self._theme.numbers(path, "page", number, last) if last > 1 else ""
        title = f"{inside[0].published:%B %Y}"
        return self._page(self._theme.listing(title, found[0], pages), self._at)

    def _others(self) -> dict[str, Resource]:
        years = range(FIRST_YEAR, self._at.year + 1)
        index = [(f"{QUARRY.url}sitemap-{year}.xml.gz", self._at) for year in years]
        text = "text/plain; charset=utf-8"
        return {
            "/robots.txt": Resource(_ROBOTS.encode(), text, self._at),
            "/about": self._page(self._theme.about(), self._at),
            "/main.css": Resource(b"body{font:1em/1.5 serif}", "text/css", self._at),
            "/media/plate.png": Resource(picture("quarry"), "image/png", self._at),
            "/rss.xml": Resource(self._rss().encode(), "application/rss+xml", self._at),
            "/sitemap-index.xml": Resource(sitemap_index(index).encode(), _XML, self._at),
            "/news-sitemap.xml": Resource(self._news().encode(), _XML, self._at),
            **{f"/sitemap-{year}.xml.gz": self._year(year) for year in years},
        }

    def _year(self, year: int) -> Resource:
        entries: list[Entry] = [
            (f"http://{QUARRY.host}{story.announced_path}", story.touched)
            for story in self.stories
            if story.published.year == year
        ]
        packed = gzip.compress(sitemap(entries).encode(), mtime=0)
        return Resource(packed, "application/gzip", self._at)

    def _news(self) -> str:
        """The pieces of the last days, in the form that news searches ask for."""
        rows = (
            f"<url><loc>{story.url}</loc><news:news><news:publication><news:name>{QUARRY.title}"
            "</news:name><news:language>en</news:language></news:publication>"
            f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
            f"<news:title>{escape(story.title)}</news:title></news:news></url>"
            for story in self.stories[:4]
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/'
            f'sitemap/0.9" xmlns:news="{_NEWS}">{"".join(rows)}</urlset>'
        )

    def _rss(self) -> str:
        rows = (
            f"<item><title>{escape(story.title)}</title><link>{story.url}</link>"
            f"<pubDate>{format_datetime(story.published)}</pubDate>"
            f"<description>{escape(story.summary)}</description></item>"
            for story in self.stories[:10]
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{QUARRY.title}</title>'
            f"<link>{QUARRY.url}</link><description>{QUARRY.tagline}</description>"
            f"{''.join(rows)}</channel></rss>"
        )

    def _page(self, html: str, changed: datetime, seconds: float = 0.0) -> Resource:
        return Resource(html.encode(), _HTML, changed, seconds=seconds)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1


def _part(found: Iterable[Story], number: int, size: int) -> tuple[list[Story], bool] | None:
    """Page *number* of *found*, and whether it is the last; None behind the last."""
    whole = list(found)
    part = whole[(number - 1) * size : number * size]
    return (part, number * size >= len(whole)) if part else None
