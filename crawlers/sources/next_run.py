"""When a source is crawled next: from its schedule and its past runs. No clock, no file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archive.source import Source
from archive.state.rows import COMPLETE, Run, now_text
from crawlers.sources.cron import cron_trigger
from crawlers.sources.rhythm import FIRST, SHORTEST, Look, next_look

HISTORY = 50
"""How many past runs of a source decide on its next."""

_CUT_SHORT = ("interrupted", "lost")  # states of runs that did not come to their end
_AGAIN_AT_MOST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """The past runs of one source, oldest first."""

    runs: tuple[Run, ...] = ()

    @property
    def last(self) -> datetime | None:
        """When the source was crawled last: a run counts for the time it was meant for, too."""
        if not self.runs:
            return None
        run = self.runs[-1]
        return max(map(datetime.fromisoformat, filter(None, (run.started, run.scheduled_for))))

    def as_of(self, now: datetime) -> History:
        """The same runs, none of them later than *now*: the clock may have been put back."""
        text = now_text(now)
        if all(max(run.started, run.scheduled_for or "") <= text for run in self.runs):
            return self
        return History(
            tuple(
                replace(
                    run,
                    started=min(run.started, text),
                    scheduled_for=run.scheduled_for and min(run.scheduled_for, text),
                )
                for run in self.runs
            )
        )

    @property
    def cut_short(self) -> int:
        """How many runs in a row, up to the last, did not come to their end."""
        states = [run.state in _CUT_SHORT for run in reversed(self.runs)]
        return states.index(False) if False in states else len(states)


def next_visit(source: Source, history: History) -> datetime:
    """When an `adaptive` source that has been crawled is worth a visit again.

    As its listings' rhythm says, or before, where an article that they name is due by its age.
    """
    last = history.last
    assert last is not None
    looked = next_look(source.name, [_look_of_run(run) for run in history.runs if _has_looked(run)])
    due = last + FIRST if looked is None else looked
    if again := history.runs[-1].look_again:
        due = min(due, datetime.fromisoformat(again))
    return max(due, last + SHORTEST)


def _has_looked(run: Run) -> bool:
    """Whether a run tells something of the listings: earlier versions wrote none of it down."""
    return run.state == "aborted" or (run.state in COMPLETE and run.announced is not None)


def _look_of_run(run: Run) -> Look:
    return Look(
        datetime.fromisoformat(run.started),
        announced=run.announced or 0,
        new=run.new or 0,
        span=None if run.span is None else timedelta(seconds=run.span),
        failed=run.state == "aborted",
    )


def next_run(source: Source, history: History, now: datetime) -> datetime:
    """When *source* is due; in the past where its time has gone by: then it is caught up, once.

    A source that was never crawled is due *now*, but by cron only when that says so. A run that did
    not come to its end is made up for at once; one more that comes to none waits, ever longer.
    """
    known = history.as_of(now)
    cron = source.cadence.kind == "cron"
    if known.last is None:
        return _by_cron(source, now, history) if cron else now
    if known.cut_short:
        return known.last + _pause(known.cut_short)
    if cron:
        return _by_cron(source, known.last, history)
    if source.cadence.interval:
        return known.last + source.cadence.interval
    return next_visit(source, known)


def _pause(times: int) -> timedelta:
    if times == 1:
        return timedelta(microseconds=1)  # the ledger has a run for that very moment
    doubled: timedelta = timedelta(minutes=5) * 2 ** min(times - 2, 16)
    return min(doubled, _AGAIN_AT_MOST)


def _by_cron(source: Source, after: datetime, history: History) -> datetime:
    """The first time later than *after* that the source's cron schedule names and no run was for.

    Where the clock goes back an hour, a schedule that names its hours stands once in it; one for
    every hour stands in both. A time that the clock leaps over comes an hour later.
    """
    trigger = cron_trigger(source)
    assert trigger is not None
    names_hours = "*" not in (source.cadence.cron or "").split()[1]
    taken = {run.scheduled_for for run in history.runs}
    moment = after + timedelta(microseconds=1)
    while True:
        found: datetime = trigger.get_next_fire_time(None, moment)
        due = found.astimezone(UTC)
        if not (names_hours and found.fold) and now_text(due) not in taken:
            return due
        moment = due + timedelta(microseconds=1)
