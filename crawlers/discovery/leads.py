"""What a page of links leads to: the articles that it seems to name, and why it seems so.

Pure. A source's own rules come first; where it has none, the shape of an address decides, judged by
those that are known of the source (`crawlers.discovery.url_shapes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from archive.outcomes import GONE, REFUSED
from archive.source import Source, archive_periods
from archive.state.rows import Run, Visit
from archive.web.hosts import host_of, registered_domain
from crawlers.discovery import Announced
from crawlers.discovery.html_pages import Html, links
from crawlers.discovery.url_shapes import Shapes

_DATED = re.compile(r"/((?:19|20)\d\d)(?:/|-)(0?[1-9]|1[0-2])(?:(?:/|-)(0?[1-9]|[12]\d|3[01]))?/")

_COUNTED = re.compile(r"/~(?:r|ff|t)?/")  # FeedBurner and FeedBlitz
_REFUSED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """A link to what seems to be an article, and the *reason* in words."""

    entry: Announced
    reason: str


def leads(source: Source, html: Html, url: str, shapes: Shapes) -> tuple[ArticleLink, ...]:
    """The articles that the page at *url* seems to link to, each once, in the page's order."""
    return tuple(_leads(source, links(html, url), shapes))


def _leads(
    source: Source, candidates: Iterable[Announced], shapes: Shapes
) -> Iterator[ArticleLink]:
    for entry in candidates:
        if refused_by_rules(source, entry) or is_before(source.since, entry.url):
            continue
        if source.article.allow:
            yield ArticleLink(entry, "its address matches article.allow")
        elif (judged := shapes.judge(entry.url)).kind == "article":
            yield ArticleLink(entry, f"judged an article: {judged.reason}")


def is_before(since: date | None, url: str) -> bool:
    """Whether the date in an address, if there is one, is earlier than *since*."""
    dated = _DATED.search(urlsplit(url).path) if since else None
    if not (since and dated):
        return False
    year, month, day = int(dated[1]), int(dated[2]), int(dated[3] or 31)
    return (year, month, day) < (since.year, since.month, since.day)


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of a dated archive: no piece that it lists is later than *last*."""

    url: str
    last: date


def archive_pages(source: Source, until: date) -> list[ArchivePage]:
    """The pages of the source's archives down to `since`, in the order in which it wants them.

    Without `since` only those of the present period.
    """
    found = [
        ArchivePage(url, last)
        for template in source.archives
        for url, last in archive_periods(template, source.since or until, until)
    ]
    return sorted(found, key=lambda page: page.last, reverse=source.backfill == "newest")


def is_read(
    page: ArchivePage, visit: Visit | None, cut_short: Iterable[Run], now: datetime
) -> bool:
    """Whether an archive page was read, with all that follows it, after its period had ended.

    It lists nothing more then. What a run that was *cut_short* read may have pages behind it that
    nobody asked for. A page that is not there is done; one that is refused is asked for again.
    """
    if visit is None or date.fromisoformat(visit.fetch_time[:10]) <= page.last:
        return False
    if any(run.started <= visit.fetch_time <= (run.ended or visit.fetch_time) for run in cut_short):
        return False
    if visit.outcome.startswith(REFUSED) and visit.outcome not in GONE:
        return now - datetime.fromisoformat(visit.fetch_time) < _REFUSED_FOR
    return not visit.failed or visit.outcome in GONE


def leads_on(url: str, feed: str) -> bool:
    """Whether *url*, which *feed* names, seems to be an address of the feed's service that leads to
    an article, as `/~r/quay/~3/x1/`: so clicks are counted, some of them on another domain."""
    own = registered_domain(host_of(url)) == registered_domain(host_of(feed))
    return own or _COUNTED.search(urlsplit(url).path) is not None


def refused_by_rules(
    source: Source, entry: Announced, *, arrived: bool | None = None, resolves: bool = False
) -> str | None:
    """The outcome of a URL that the source's own rules keep out; None where they let it in.

    *arrived* says whether it is in the scope of the run, where that is known. What *resolves* is
    judged where it leads.
    """
    if not (source.in_scope(entry.url) if arrived is None else arrived or resolves):
        return "off_scope"
    if not resolves and not source.wants(entry.url):
        return "denied"
    date = entry.published or entry.modified
    if source.since and date and date.date() < source.since:
        return "before_since"
    return None
