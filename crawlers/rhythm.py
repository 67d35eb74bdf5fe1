"""How long to wait before a source's listings are read again, from what earlier looks found.

The interval follows the source: it shrinks after a look that found something new and grows after
one that did not, so that about every second look is fruitful (additive schemes that estimate a
Poisson rate, as in Cho and Garcia-Molina 2003, are thrown by magazines that publish in bursts).
Beside that no wait is longer than the list can bear: at the fastest pace seen lately, a third of it
would still be known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

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


def next_look(name: str, looks: Sequence[Look]) -> datetime | None:
    """When the listings of the source *name* are due, after *looks*, oldest first; None: at once.

    Between 15 minutes and 30 days after the last look, ±10 % by a hash of name and time, so that
    sources added together drift apart; the same history gives the same time. Looks that failed
    have a clock of their own, which starts anew with the next that succeeds.
    """
    looks = _counted(looks)
    if not looks:
        return None
    failures = _failures_at_end(looks)
    if failures:
        wait = ERROR_WAITS[min(failures, len(ERROR_WAITS)) - 1]
        wait = max(wait, interval(looks[:-failures])) if failures < len(looks) else wait
    else:
        wait = interval(looks)
    return looks[-1].at + wait * _jitter(name, looks[-1].at)


def _counted(looks: Sequence[Look]) -> list[Look]:
    """Without those that found nothing and came early: they say little of the rhythm."""
    counted: list[Look] = []
    for look in looks:
        early = counted and look.at < counted[-1].at + interval(counted) * (1 - _JITTER)
        if look.new or look.failed or not early:
            counted.append(look)
    return counted


def interval(looks: Sequence[Look]) -> timedelta:
    """The wait after the last of *looks*, without jitter; those that failed tell nothing."""
    read = [look for look in looks if not look.failed]
    wait = FIRST
    for look in read[1:]:  # the first finds everything new, whatever the rhythm
        factor = _AFTER_NEW if look.new else _AFTER_NOTHING
        wait = min(max(wait * factor, SHORTEST), LONGEST)
    return max(min(wait, _bearable(read)), SHORTEST)


def _bearable(read: Sequence[Look]) -> timedelta:
    """How long the newest list lasts at the fastest pace of late: between looks, or as dated."""
    between = (_pace(look.new, look.at - before.at) for before, look in pairwise(read))
    dated = (_pace(look.announced, look.span) for look in read if look.span is not None)
    pace = max((*between, *dated), default=0.0)
    if not pace:
        return LONGEST
    return min(timedelta(seconds=_NEW_AT_MOST * read[-1].announced / pace), LONGEST)


def _pace(count: int, span: timedelta) -> float:
    """Articles a second."""
    return count / max(span, _SHORTEST_PACE).total_seconds()


def _failures_at_end(looks: Sequence[Look]) -> int:
    return next((n for n, look in enumerate(reversed(looks)) if not look.failed), len(looks))


def _jitter(name: str, moment: datetime) -> float:
    digest = hashlib.sha256(f"{name} {moment.isoformat()}".encode()).digest()
    return 1 + _JITTER * (int.from_bytes(digest[:4]) / 2**31 - 1)
