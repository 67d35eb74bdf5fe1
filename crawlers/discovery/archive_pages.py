"""Dated archives: which of their pages there are, which are read, and which comes before which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from archive.outcomes import GONE, REFUSED
from archive.source import Source, archive_periods
from archive.state.rows import Run, Visit

EMPTY = 12  # periods in a row without a page: a year of months is longer than a magazine's pause
_REFUSED_FOR = timedelta(days=7)
_FARTHEST = 1200  # periods: a century of months
_LONGEST = 366  # days of a period
_DATED = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?:[/-](?P<month>0?[1-9]|1[0-2])(?:[/-](?P<day>[0-3]?\d))?)?"
    r"(?:\.\w+)?/?$"
)
_PLACE = re.compile(r"\\\{(year|month|day)(?::0?[1-9])?\\\}")

VisitOf = Callable[[str], Visit | None]


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of a dated archive: no piece that it lists is later than *last*."""

    url: str
    last: date


def archive_pages(source: Source, until: date) -> list[ArchivePage]:
    """The pages of the source's archives down to `since`, in the order in which it wants them.

    Without `since` those of the present period, from which `period_before` goes on.
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


def period_of(url: str) -> date | None:
    """The last day of the year, month or day that an address ends with; None where it has none."""
    found = _DATED.search(urlsplit(url).path)
    return _last_day({k: int(n) for k, n in found.groupdict().items() if n}) if found else None


def page_at(source: Source, url: str) -> ArchivePage | None:
    """The page of the source's archives that stands at *url*; None where it is none of them."""
    for template in source.archives:
        pattern = _PLACE.sub(r"(?P<\1>\\d+)", re.escape(template))
        found = re.fullmatch(pattern, url)
        if found and (last := _last_day({key: int(n) for key, n in found.groupdict().items()})):
            return ArchivePage(url, last)
    return None


def _last_day(parts: dict[str, int]) -> date | None:
    """The last day of a year, a month or a day."""
    try:
        if "day" in parts:
            return date(parts["year"], parts["month"], parts["day"])
        year, month = parts["year"], parts.get("month", 12)
        first = date(year + month // 12, month % 12 + 1, 1) if 1 <= month <= 12 else None
        return first - timedelta(days=1) if first else None
    except (KeyError, ValueError, OverflowError):
        return None


def period_before(source: Source, page: ArchivePage) -> ArchivePage | None:
    """The page of the period before; None where the template has no dates."""
    for template in source.archives:
        if page_at(source.model_copy(update={"archives": (template,)}), page.url):
            for back in range(1, min(_LONGEST, (page.last - date(1700, 1, 1)).days) + 1):
                day = page.last - timedelta(days=back)
                url = template.format(year=day.year, month=day.month, day=day.day)
                if url != page.url:
                    return ArchivePage(url, day)
    return None


def periods_back(source: Source, page: ArchivePage) -> Iterator[ArchivePage]:
    """*page* and those of the periods before it, the newest first."""
    found: ArchivePage | None = page
    for _ in range(_FARTHEST):
        if found is None:
            return
        yield found
        found = period_before(source, found)


def pages_to_begin(
    source: Source, page: ArchivePage, visit_of: VisitOf, is_done: Callable[[ArchivePage], bool]
) -> Iterator[ArchivePage]:
    """Where reading back without `since` begins: pages not done, and the oldest that nobody read.

    Behind `EMPTY` pages that were not there nothing older is looked for.
    """
    unread = list[ArchivePage]()
    gone = 0
    for found in periods_back(source, page):
        visit = visit_of(found.url)
        if visit is None:
            unread.append(found)
            if len(unread) >= EMPTY:
                break
            continue
        yield from unread
        unread = []
        gone = gone + 1 if visit.outcome in GONE else 0
        if not is_done(found):
            yield found
    if gone < EMPTY:
        yield from unread[:1]
