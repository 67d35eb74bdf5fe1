"""The health of a source, from facts alone: the state that it is in, and the cause in words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from archive.source import ADHOC
from archive.state.rows import Run
from archive.web.userinfo import hide_userinfo
from backissue.run_results import AnnouncedPages
from crawlers.sources.folder import DeclaredSources
from crawlers.sources.next_run import History, next_run

Condition = Literal[
    "ok",
    "new",
    "running",
    "failing",
    "no articles",
    "silent",
    "paused",
    "broken file",
    "undeclared",
    "by hand",
    "imported",
]
WRONG: Final[tuple[Condition, ...]] = ("failing", "no articles", "broken file", "silent")
"""The states in which a source needs a person, the worst first."""
BROUGHT_NOTHING: Final = ("aborted", "lost")
"""The states of runs that brought nothing."""
CONCERNS: Final[tuple[Condition, ...]] = (
    *WRONG,
    *("undeclared", "paused", "running", "new", "ok", "by hand", "imported"),
)
"""All states, in the order in which they concern a person."""
WEEK = timedelta(days=7)
_WINDOW = timedelta(days=56)  # articles of so long a time give a source's rhythm
_FEWEST = 5  # articles that make a rhythm
_UNLIKELY = 4.6  # articles that a silence lacks: e ** -4.6 is 0.01, its share by chance


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source. *cause* says in words what is wrong, or what is worth knowing.

    *new* counts the articles of the last seven days, by their own dates. *expected* is how many the
    source has in a week, by the eight weeks up to its newest article. *unpublished* counts captures
    that are not in the tables yet; the run that brought the first began at *unpublished_since*.
    Of the *announced_pages* that its newest runs fetched anew, so many were *without_article*.
    """

    source: str
    state: Condition
    cause: str | None
    schedule: str | None
    last_run: datetime | None
    next_run: datetime | None
    urls: int
    failed: int
    articles: int
    new: int
    expected: float | None
    unpublished: int
    unpublished_since: datetime | None = None
    announced_pages: int = 0
    without_article: int = 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a source publishes, and when it did so last."""

    per_day: float
    newest: datetime

    def is_silent(self, now: datetime) -> bool:
        """Whether the source is silent for longer than its rhythm lets expect."""
        days = (now - self.newest) / timedelta(days=1)
        return days > 2 and days * self.per_day > _UNLIKELY


def rhythm_of(dates: Sequence[datetime]) -> Rhythm | None:
    """The rhythm of articles with these *dates*; None where they are too few."""
    if len(dates) < _FEWEST:
        return None
    newest = max(dates)
    recent = [date for date in dates if date > newest - _WINDOW]
    if len(recent) < _FEWEST:
        return None
    span = max(newest - min(recent), WEEK)
    return Rhythm((len(recent) - 1) / (span / timedelta(days=1)), newest)


@dataclass(frozen=True, slots=True)
class Unpublished:
    """How many captures the tables lack, and when the run began that brought the first of them."""

    captures: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What decides on the state of a source. *dates* has one date for each article, but for so many
    *older* that no rhythm needs them. *imported* counts the files that were imported for it."""

    history: History = field(default_factory=History)
    dates: tuple[datetime, ...] = ()
    crawling: bool = False
    paused: bool = False
    unpublished: Unpublished = Unpublished()
    announced: AnnouncedPages = field(default_factory=AnnouncedPages)
    older: int = 0
    imported: int = 0


def state_of(
    name: str, declared: DeclaredSources, facts: SourceFacts, now: datetime
) -> SourceState:
    """The state of the source *name* at the time *now*."""
    source, broken = declared.sources.get(name), declared.broken.get(name)
    last = facts.history.runs[-1] if facts.history.runs else None
    rhythm = rhythm_of(facts.dates)
    state, cause = _condition(facts, rhythm, now)
    cause = cause and hide_userinfo(cause)  # runs of older versions wrote passwords down
    if broken:
        state, cause = "broken file", str(broken)
    elif name == ADHOC and source is None and state != "running":
        state, cause = "by hand", None
    elif source is None and facts.imported and last is None:
        state, cause = "imported", None
    elif source is None and state != "running":
        state, cause = "undeclared", "no source file declares it"
    due = None
    if source and not facts.paused and not facts.crawling:
        due = next_run(source, facts.history, now)
    return SourceState(
        source=name,
        state=state,
        cause=cause,
        schedule=source.schedule if source else None,
        last_run=datetime.fromisoformat(last.started) if last else None,
        next_run=due,
        urls=last.finished if last else 0,
        failed=last.failed if last else 0,
        articles=len(facts.dates) + facts.older,
        new=sum(date > now - WEEK for date in facts.dates),
        expected=round(7 * rhythm.per_day, 1) if rhythm else None,
        unpublished=facts.unpublished.captures,
        unpublished_since=facts.unpublished.since,
        announced_pages=facts.announced.pages,
        without_article=facts.announced.without_article,
    )


def _condition(
    facts: SourceFacts, rhythm: Rhythm | None, now: datetime
) -> tuple[Condition, str | None]:
    runs = facts.history.runs
    if facts.crawling:
        return "running", None
    if facts.paused:
        return "paused", "`backissue resume` ends that"
    if not runs:
        return "new", None
    failed = _failed_in_a_row(runs)
    if failed:
        times = f"{failed} runs in a row: " if failed > 1 else ""
        return "failing", f"{times}{runs[-1].detail or runs[-1].state}"
    if facts.announced.is_alarming:  # before silence, which it brings
        why = f"backissue why {shlex.quote(facts.announced.newest or '')}"
        return "no articles", f"{facts.announced.in_words()}; {why}"
    if rhythm and rhythm.is_silent(now):
        days = (now - rhythm.newest).days
        return "silent", f"nothing for {days} days; it used to have {7 * rhythm.per_day:.1f} a week"
    return "ok", runs[-1].detail


def _failed_in_a_row(runs: Sequence[Run]) -> int:
    """How many of the newest runs brought nothing: no seed could be read, or they were lost."""
    count = 0
    for run in reversed(runs):
        if run.state not in BROUGHT_NOTHING:
            break
        count += 1
    return count
