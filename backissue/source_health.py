"""What is known of each source: is all well, and if not, why. Commands and pages show this."""

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
from archive.state.database import Run, State
from archive.state.reading import ask
from archive.tables import journal
from archive.web.userinfo import hide_userinfo
from crawlers.sources.folder import DeclaredSources, SourceFiles
from crawlers.sources.next_run import HISTORY, History, next_run

Condition = Literal[
    "ok", "new", "running", "failing", "silent", "paused", "broken file", "undeclared"
]
WEEK = timedelta(days=7)
_WINDOW = timedelta(days=56)  # whose articles tell a source's rhythm
_FEWEST = 5  # articles that make a rhythm
_UNLIKELY = 4.6  # e ** -4.6 is 0.01: so rarely a source of that rhythm is silent for so long


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it stands. *cause* says in words what is wrong, or what is worth knowing.

    *new* counts articles of the last seven days by their own dates, *expected* those that the eight
    weeks up to the newest article let expect. *unpublished* captures are not in the tables yet; the
    run that brought the first of them began at *unpublished_since*: that is the lag.
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
        """Whether so long a silence is not the source's way."""
        days = (now - self.newest) / timedelta(days=1)
        return days > 2 and days * self.per_day > _UNLIKELY


def rhythm_of(dates: Sequence[datetime]) -> Rhythm | None:
    """The rhythm in which articles of these *dates* came; None where they are too few to tell."""
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
class Known:
    """All that decides on the state of one source. *dates* has one date for each article."""

    history: History = field(default_factory=History)
    dates: tuple[datetime, ...] = ()
    crawling: bool = False
    paused: bool = False
    unpublished: Unpublished = Unpublished()


def state_of(name: str, declared: DeclaredSources, known: Known, now: datetime) -> SourceState:
    """The state of the source *name* at the time *now*."""
    source, broken = declared.sources.get(name), declared.broken.get(name)
    last = known.history.runs[-1] if known.history.runs else None
    rhythm = rhythm_of(known.dates)
    state, cause = _condition(known, rhythm, now)
    cause = cause and hide_userinfo(cause)  # runs of older versions wrote passwords down
    if broken:
        state, cause = "broken file", str(broken)
    elif source is None and state != "running":
        state, cause = "undeclared", "no source file declares it"
    due = None
    if source and not known.paused and not known.crawling:
        due = next_run(source, known.history, now)
    return SourceState(
        source=name,
        state=state,
        cause=cause,
        schedule=source.schedule if source else None,
        last_run=datetime.fromisoformat(last.started) if last else None,
        next_run=due,
        urls=last.finished if last else 0,
        failed=last.failed if last else 0,
        articles=len(known.dates),
        new=sum(date > now - WEEK for date in known.dates),
        expected=round(7 * rhythm.per_day, 1) if rhythm else None,
        unpublished=known.unpublished.captures,
        unpublished_since=known.unpublished.since,
    )


def _condition(known: Known, rhythm: Rhythm | None, now: datetime) -> tuple[Condition, str | None]:
    runs = known.history.runs
    if known.crawling:
        return "running", None
    if known.paused:
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
    """The sums of a library. Bytes of WARC: *underived* of *unpublished* are not staged either.

    Nothing is crawled while less than *disk_floor* bytes are free. *missing*: what of the library
    is not there, or not in the tables, and which command makes it again.
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
        """Whether nothing is crawled for want of room on the disk."""
        return self.disk_free < self.disk_floor


def read_states(library: Library, now: datetime) -> LibraryState:
    """The state of *library* and of each source that is declared or has run; reads only."""
    return ask(library.path, lambda state: _states(library, state, now))


def _states(library: Library, state: State, now: datetime) -> LibraryState:
    declared = SourceFiles(library.path / "sources").read()
    paused = state.paused()
    missing = _missing(library)
    dates = {} if missing else _dates(library)
    waiting = {} if missing else _unpublished(library, state)
    names = {*declared.sources, *declared.broken, *dates, *state.sources_with_runs()}
    states = []
    for name in sorted(names):
        known = Known(
            History(tuple(state.last_runs(name, HISTORY))),
            tuple(dates.get(name, ())),
            is_held(library.lock_file(f"source-{name}")),
            bool({name, "*"} & paused),
            waiting.get(name, Unpublished()),
        )
        states.append(state_of(name, declared, known, now))
    taken = {} if missing else journal.consumed(journal.read(library.generation))
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
        unpublished_since=min((one.since for one in waiting.values() if one.since), default=None),
        missing=missing,
        sources=tuple(states),
    )


def _missing(library: Library) -> str | None:
    """What of the tables is not there, and what makes it again."""
    try:
        return library.unread()
    except TablesMissing as error:
        return str(error)


def _dates(library: Library) -> Mapping[str, list[datetime]]:
    """For each source the dates of its articles: when they say they came out, or were fetched."""
    found: dict[str, list[datetime]] = {}
    columns = ["source", "version", "date_published", "fetch_time"]
    for row in library.articles("all", columns=columns):
        if row["version"] == 1:
            fetched = row["fetch_time"].astimezone(UTC)
            date = min(row["date_published"] or fetched, fetched)
            found.setdefault(row["source"], []).append(date)
    return found


def _unpublished(library: Library, state: State) -> Mapping[str, Unpublished]:
    """For each source the captures that the tables lack, of runs of the last month."""
    month_ago = datetime.now(UTC) - timedelta(days=31)
    captured = library.captures(columns=["run_id", "fetch_time"]).to_arrow()
    published = Counter(captured["run_id"].to_pylist())
    found: dict[str, Unpublished] = {}
    for run in state.runs("started >= ?", month_ago.isoformat(timespec="microseconds")):
        lacking = run.captures - published[run.run_id]
        if lacking > 0:  # runs come in the order in which they began
            known = found.get(run.source, Unpublished(since=datetime.fromisoformat(run.started)))
            found[run.source] = replace(known, captures=known.captures + lacking)
    return found
