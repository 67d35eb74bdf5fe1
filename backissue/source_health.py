"""The health of each source: the state that it is in, and the cause in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from archive.disk import files
from archive.disk.locks import is_held
from archive.errors import TablesMissing
from archive.library import Library
from archive.state.database import State
from archive.state.read_only import ask
from archive.state.rows import Run
from archive.tables import journal
from archive.web.userinfo import hide_userinfo
from crawlers.sources.folder import DeclaredSources, SourceFiles
from crawlers.sources.next_run import HISTORY, History, next_run

Condition = Literal[
    "ok", "new", "running", "failing", "silent", "paused", "broken file", "undeclared"
]
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
    """What decides on the state of a source. *dates* has one date for each article."""

    history: History = field(default_factory=History)
    dates: tuple[datetime, ...] = ()
    crawling: bool = False
    paused: bool = False
    unpublished: Unpublished = Unpublished()


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
        articles=len(facts.dates),
        new=sum(date > now - WEEK for date in facts.dates),
        expected=round(7 * rhythm.per_day, 1) if rhythm else None,
        unpublished=facts.unpublished.captures,
        unpublished_since=facts.unpublished.since,
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
    if rhythm and rhythm.is_silent(now):
        days = (now - rhythm.newest).days
        return "silent", f"nothing for {days} days; it used to have {7 * rhythm.per_day:.1f} a week"
    return "ok", runs[-1].detail


def _failed_in_a_row(runs: Sequence[Run]) -> int:
    """How many of the newest runs brought nothing: no seed could be read, or they were lost."""
    count = 0
    for run in reversed(runs):
        if run.state not in ("aborted", "lost"):
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class LibraryState:
    """The sums of a library. Of its *unpublished_bytes* of WARC, *underived_bytes* are not derived.

    Nothing is crawled while less than *disk_floor* bytes are free. *missing* says what the library
    or its tables lack, and which command makes it again.
    """

    serving: bool
    paused: bool
    warc_bytes: int
    unpublished_bytes: int
    underived_bytes: int
    articles: int
    versions: int
    captures: int
    disk_free: int
    disk_floor: int
    unpublished_since: datetime | None = None
    missing: str | None = None
    sources: tuple[SourceState, ...] = field(default=())

    @property
    def is_below_floor(self) -> bool:
        """Whether too little of the disk is free for a crawl."""
        return self.disk_free < self.disk_floor


def read_states(library: Library, now: datetime) -> LibraryState:
    """The state of *library* and of each source that is declared or has run; reads only."""
    return ask(library.path, lambda state: _library_state(library, state, now))


def _library_state(library: Library, state: State, now: datetime) -> LibraryState:
    declared = SourceFiles(library.path / "sources").read()
    paused = state.paused()
    missing = _missing(library)
    dates = {} if missing else _article_dates(library)
    waiting = {} if missing else _unpublished_captures(library, state)
    names = {*declared.sources, *declared.broken, *dates, *state.sources_with_runs()}
    states = []
    for name in sorted(names):
        facts = SourceFacts(
            History(tuple(state.last_runs(name, HISTORY))),
            tuple(dates.get(name, ())),
            is_held(library.lock_file(f"source-{name}")),
            bool({name, "*"} & paused),
            waiting.get(name, Unpublished()),
        )
        states.append(state_of(name, declared, facts, now))
    taken = {} if missing else journal.consumed(journal.read_journal(library.generation))
    warc = state.warc_files()
    return LibraryState(
        serving=is_held(library.lock_file("serve")),
        paused="*" in paused,
        warc_bytes=sum(file.synced_offset for file in warc),
        unpublished_bytes=sum(file.synced_offset - taken.get(file.name, 0) for file in warc),
        underived_bytes=sum(
            file.synced_offset - max(file.derived_offset, taken.get(file.name, 0)) for file in warc
        ),
        articles=sum(len(found) for found in dates.values()),
        versions=0 if missing else len(library.articles("all")),
        captures=0 if missing else len(library.captures()),
        disk_free=files.free(library.path),
        disk_floor=library.settings.disk.floor,
        unpublished_since=min((lag.since for lag in waiting.values() if lag.since), default=None),
        missing=missing,
        sources=tuple(states),
    )


def _missing(library: Library) -> str | None:
    """What the tables lack, and which command makes it again; None where they are whole."""
    try:
        return library.unread()
    except TablesMissing as error:
        return str(error)


def _article_dates(library: Library) -> Mapping[str, list[datetime]]:
    """The dates of each source's articles: those that they state, or when they were fetched."""
    found: dict[str, list[datetime]] = {}
    columns = ["source", "version", "date_published", "fetch_time"]
    for row in library.articles("all", columns=columns):
        if row["version"] == 1:
            fetched = row["fetch_time"].astimezone(UTC)
            date = min(row["date_published"] or fetched, fetched)
            found.setdefault(row["source"], []).append(date)
    return found


def _unpublished_captures(library: Library, state: State) -> Mapping[str, Unpublished]:
    """For each source the captures that the tables lack, of runs of the last month."""
    month_ago = datetime.now(UTC) - timedelta(days=31)
    captured = library.captures(columns=["run_id", "fetch_time"]).to_arrow()
    published = Counter(captured["run_id"].to_pylist())
    found: dict[str, Unpublished] = {}
    for run in state.runs_since(month_ago):
        lacking = run.captures - published[run.run_id]
        if lacking > 0:  # runs come in the order in which they began
            known = found.get(run.source, Unpublished(since=datetime.fromisoformat(run.started)))
            found[run.source] = replace(known, captures=known.captures + lacking)
    return found
