"""How long to wait before a source's listings are read again, from what earlier looks found.

The interval follows the source: it shrinks after a look that found something new and grows after
one that did not, so that about every second look is fruitful (additive schemes that estimate a
Poisson rate, as in Cho and Garcia-Molina 2003, are thrown by magazines that publish in bursts).
Beside that no wait is longer than the list can bear: at the fastest pace seen lately, a third of it
would still be known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=30)
FIRST = timedelta(hours=1)
ERROR_WAITS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
)

_AFTER_NEW, _AFTER_NOTHING = 0.6, 1.5
_NEW_AT_MOST = 2 / 3  # of what a list names
_SHORTEST_PACE = timedelta(hours=6)  # two pieces within a minute are no pace
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of a source's listings: how many articles they named, how many were new.

    *span* is the time from the oldest to the newest date that the listing gave, where it gave some.
    """

    at: datetime
    announced: int
    new: int
    span: timedelta | None = None
    failed: bool = False


def next_look(name: str, looks: Iterable[Look]) -> datetime | None:
    """When the listings of the source *name* are due, after *looks*, oldest first; None: at once.

    Between 15 minutes and 30 days after the last look, ±10 % by a hash of name and time, so that
    sources added together drift apart; the same history gives the same time. Looks that failed
    have a clock of their own, which starts anew with the next that succeeds. Looks that came before
    their time, for the sake of an article, and found nothing say little of the rhythm: they count
    for nothing.
    """
    rhythm, last, failures = _Estimate(), None, 0
    for look in looks:
        if look.failed:
            last, failures = look, failures + 1
        elif not (last and not failures and not look.new and rhythm.is_early(look)):
            rhythm.add(look)
            last, failures = look, 0
    if last is None:
        return None
    wait = rhythm.interval if rhythm.last else timedelta(0)
    if failures:
        wait = max(wait, ERROR_WAITS[min(failures, len(ERROR_WAITS)) - 1])
    return last.at + wait * _jitter(name, last.at)


def interval(looks: Iterable[Look]) -> timedelta:
    """The wait after the last of *looks*, without jitter; those that failed tell nothing."""
    rhythm = _Estimate()
    for look in looks:
        if not look.failed:
            rhythm.add(look)
    return rhythm.interval


@dataclass(slots=True)
class _Estimate:
    """What looks tell, one after the other: *wait* by their fruit, the fastest *pace* seen."""

    wait: timedelta = FIRST
    pace: float = 0.0  # articles a second, between looks or as lists are dated
    last: Look | None = None

    def add(self, look: Look) -> None:
        """Learn from a look; the first finds everything new, whatever the rhythm."""
        if self.last:
            factor = _AFTER_NEW if look.new else _AFTER_NOTHING
            self.wait = min(max(self.wait * factor, SHORTEST), LONGEST)
            self.pace = max(self.pace, _pace(look.new, look.at - self.last.at))
        if look.span is not None:
            self.pace = max(self.pace, _pace(look.announced, look.span))
        self.last = look

    @property
    def interval(self) -> timedelta:
        """How long to wait: no longer than the newest list lasts at the fastest pace of late."""
        bearable = LONGEST
        if self.pace and self.last:
            seconds = _NEW_AT_MOST * self.last.announced / self.pace
            bearable = min(timedelta(seconds=seconds), LONGEST)
        return max(min(self.wait, bearable), SHORTEST)

    def is_early(self, look: Look) -> bool:
        """Whether *look* came before it was due."""
        return bool(self.last and look.at < self.last.at + self.interval * (1 - _JITTER))


def _pace(count: int, span: timedelta) -> float:
    """Articles a second."""
    return count / max(span, _SHORTEST_PACE).total_seconds()


def _jitter(name: str, moment: datetime) -> float:
    digest = hashlib.sha256(f"{name} {moment.isoformat()}".encode()).digest()
    return 1 + _JITTER * (int.from_bytes(digest[:4]) / 2**31 - 1)
