"""`/`: what needs a person, how each source fares, how full the disk is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backissue.library_health import LibraryState
from backissue.source_health import WEEK, Condition, SourceState
from backissue.web.pages.disk import Disk, disk_of
from backissue.web.view import Page, Question, View, shallow

_WEEKS = 8  # of the sparkline
_AT_ONCE = 200  # sources on a page
_LATE = timedelta(days=1)  # captures that wait longer than this for `publish` need a person
_URGENT: Final[tuple[Condition, ...]] = ("broken file", "failing", "no articles", "silent")
_TO_DO: Final[dict[str, str]] = {
    "broken file": "mend the file: what it said before counts until then",
    "failing": "see its last run, then: backissue crawl {name}",
    "no articles": "see what its pages are now: the magazine may have been made anew",
    "silent": "see whether the magazine still appears, then: backissue crawl {name}",
}


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs a person: where, what is the matter, and what to do."""

    where: str
    state: str
    cause: str
    to_do: str
    source: str | None = None


def overview(view: View, question: Question) -> Page:
    """The page."""
    now = datetime.now(UTC)
    sums = view.state(now)
    disk = disk_of(view, sums.warc_bytes, now)
    dates = view.facts(now).dates
    wanted = question.get("state")
    chosen = [one for one in sums.sources if not wanted or one.state == wanted]
    first = question.number("from", 0)
    shown = chosen[first : first + _AT_ONCE]
    sources: list[dict[str, Any]] = [
        {**shallow(one), "weeks": weeks_of(dates.get(one.source, ()), now)} for one in shown
    ]
    library = shallow(sums)
    del library["sources"]
    return Page(
        "overview.html",
        {
            "library": {"name": view.library.settings.name, **library},
            "concerns": [shallow(one) for one in concerns(view, sums, disk, now)],
            "disk": shallow(disk),
            "states": _states(sums.sources),
            "state": wanted,
            "sources": sources,
            "matching": len(chosen),
            "from": first,
            "more": first + _AT_ONCE if first + _AT_ONCE < len(chosen) else None,
        },
    )


def _states(sources: Sequence[SourceState]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in sources:
        found[one.state] = found.get(one.state, 0) + 1
    return dict(sorted(found.items()))


def weeks_of(dates: Sequence[datetime], now: datetime) -> list[int]:
    """How many of *dates* lie in each of the last weeks, the oldest first; the last ends *now*."""
    found = [0] * _WEEKS
    for date in dates:
        ago = int((now - date) / WEEK)
        if 0 <= ago < _WEEKS:
            found[-1 - ago] += 1
    return found


def concerns(view: View, sums: LibraryState, disk: Disk, now: datetime) -> Iterator[Concern]:
    """What needs a person, the library's own troubles first."""
    if sums.missing:
        words, _, command = sums.missing.partition(": `")
        to_do = f"`{command}" if command else "backissue verify"
        yield Concern("tables", "missing", words, to_do)
    for path, why in view.cache.query("SELECT path, why FROM damaged ORDER BY path"):
        yield Concern(path, "damaged", why, "backissue verify, then: backissue rebuild")
    if sums.is_below_floor:
        free, floor = sums.disk_free / 2**20, sums.disk_floor / 2**20
        words = f"{free:,.0f} MiB free, below the floor of {floor:,.0f} MiB: crawls wait"
        yield Concern("disk", "full", words, "make room, or lower [disk] floor in library.toml")
    elif disk.full_on and disk.full_on < now + timedelta(days=14):
        words = f"at the present rate it is full on {disk.full_on:%Y-%m-%d}"
        yield Concern("disk", "filling", words, "make room: then crawls wait")
    if sums.unpublished_since and sums.unpublished_since < now - _LATE:
        words = f"captures wait for the tables since {sums.unpublished_since:%Y-%m-%d %H:%M}"
        yield Concern("tables", "behind", words, "backissue publish")
    for one in sorted(sums.sources, key=_urgency):
        if one.state in _URGENT:
            to_do = _TO_DO[one.state].format(name=shlex.quote(one.source))
            yield Concern(one.source, one.state, one.cause or "", to_do, one.source)


def _urgency(state: SourceState) -> tuple[int, str]:
    order = _URGENT.index(state.state) if state.state in _URGENT else len(_URGENT)
    return order, state.source
