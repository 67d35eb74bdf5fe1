"""Which announced URLs are fetched now: the new, the changed, and those whose time has come."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from archive.outcomes import REFUSED
from archive.state.rows import Visit, now_text
from crawlers.discovery import Announced

# After an article changed it is looked at again at growing age; one that has been the same for the
# last of them is done, and so is an address that has not been there for so long.
AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)


def is_due(visit: Visit | None, entry: Announced, by: str, now: datetime) -> bool:
    """Whether an announced article is worth a request *now*.

    New URLs are, and those that failed for reasons that pass; known ones if a listing of the kind
    *by* announces a date newer than the last fetch, or than what such a listing said then; else as
    their age says.
    """
    if visit is None or (visit.failed and not visit.outcome.startswith(REFUSED)):
        return True
    fetched = datetime.fromisoformat(visit.fetch_time)
    announced = entry.modified or entry.published
    if announced and announced <= now:
        seen = announced_dates(visit).get(by)
        if announced > fetched or (seen and now_text(announced) > seen):
            return True
    again = look_again(visit)
    return again is not None and now >= again


def announced_dates(visit: Visit | None) -> dict[str, str]:
    """For each kind of listing the newest date that one gave for the URL."""
    found: dict[str, str] = json.loads(visit.announced) if visit and visit.announced else {}
    return found


def merged_dates(visit: Visit | None, dates: dict[str, str]) -> str | None:
    """The newest dates by kind of listing, as JSON."""
    known = announced_dates(visit)
    newest = {by: max(dates.get(by, ""), known.get(by, "")) for by in {*dates, *known}}
    return json.dumps(newest, sort_keys=True) if newest else None


def look_again(visit: Visit) -> datetime | None:
    """When a known URL is due by its age; None: not before a listing names a newer date."""
    fetched = datetime.fromisoformat(visit.fetch_time)
    unchanged = fetched - datetime.fromisoformat(visit.changed_time)
    return next((fetched + age for age in AGES if unchanged < age), None)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)
