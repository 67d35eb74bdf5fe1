"""Which announced URLs are fetched now: the new, the changed, and those whose time has come."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from archive.source import Source
from archive.state import Visit, now_text
from crawlers.discovery import Announced

# After an article changed it is looked at again at growing age, as long as nothing changes.
AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)


def refusal(source: Source, found: Announced) -> str | None:
    """The outcome of a URL that the source's own rules keep out; None where they let it in."""
    if not source.in_scope(found.url):
        return "off_scope"
    if not source.wants(found.url):
        return "denied"
    date = found.published or found.modified
    if source.since and date and date.date() < source.since:
        return "before_since"
    return None


def is_due(visit: Visit | None, found: Announced, by: str, now: datetime) -> bool:
    """Whether an announced article is worth a request *now*.

    New URLs are, and those that failed; known ones if a listing of the kind *by* announces a date
    newer than the last fetch, or than what such a listing said then; else as their age says.
    """
    if visit is None or visit.failed:
        return True
    fetched = datetime.fromisoformat(visit.fetch_time)
    announced = found.modified or found.published
    if announced and announced <= now:
        seen = dates_of(visit).get(by)
        if announced > fetched or (seen and now_text(announced) > seen):
            return True
    return now >= fetched + wait(fetched - datetime.fromisoformat(visit.changed_time))


def dates_of(visit: Visit | None) -> dict[str, str]:
    """For each kind of listing the newest date that one gave for the URL."""
    found: dict[str, str] = json.loads(visit.announced) if visit and visit.announced else {}
    return found


def wait(unchanged: timedelta) -> timedelta:
    """How long to wait after a look that found an article unchanged for so long."""
    return next((age for age in AGES if unchanged < age), AGES[-1])


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)
