"""The state of a library: its sums, and the health of each source; it is only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from archive.disk import files
from archive.disk.locks import is_held
from archive.errors import TablesMissing
from archive.imported.cards import ImportedSums, imported_sums
from archive.library import Library
from archive.state.database import State
from archive.state.read_only import ask
from archive.tables import journal
from archive.types import Row
from backissue.run_results import AnnouncedPages, newest_announced
from backissue.source_health import WRONG, SourceFacts, SourceState, Unpublished, state_of
from crawlers.sources.folder import DeclaredSources, SourceFiles
from crawlers.sources.next_run import HISTORY, History

if TYPE_CHECKING:
    from archive.tables.source_rows import Declared


@dataclass(frozen=True, slots=True)
class LibraryState:
    """The sums of a library. Of its *unpublished_bytes* of WARC, *underived_bytes* are not derived.

    Nothing is crawled while less than *disk_floor* bytes are free. *missing* says what the library
    or its tables lack, and which command makes it again. *overdue* counts the sources that were
    crawled by schedule, and have been due for more than a day. Files that others made are counted
    by themselves: they are no part of *warc_bytes*.
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
    overdue: int = 0
    imported_files: int = 0
    imported_bytes: int = 0
    sources: tuple[SourceState, ...] = field(default=())

    @property
    def is_below_floor(self) -> bool:
        """Whether too little of the disk is free for a crawl."""
        return self.disk_free < self.disk_floor

    def own_problems(self) -> list[str]:
        """What of the library needs a person, whatever its sources do: a line for each."""
        own = []
        if self.missing:
            own.append(self.missing)
        if self.is_below_floor:
            free, floor = self.disk_free / 2**20, self.disk_floor / 2**20
            own.append(
                f"disk: {free:,.0f} MiB free, below the floor of {floor:,.0f} MiB: crawls wait"
            )
        if self.overdue and not self.serving:
            own.append(
                f"nothing serves the library, and {self.overdue} sources have been due for more "
                "than a day: `backissue serve` crawls by schedule"
            )
        return own

    def problems(self) -> list[str]:
        """What needs a person, a line for each: first the library's own, then that of sources."""
        wrong = [state for state in self.sources if state.state in WRONG]
        wrong.sort(key=lambda state: (WRONG.index(state.state), state.source))
        return [*self.own_problems(), *(f"{one.source}: {one.state}: {one.cause}" for one in wrong)]


class Histories:
    """The histories of sources, each remembered until the source has another newest run."""

    def __init__(self) -> None:
        self._known: dict[str, History] = {}

    def of(self, state: State, name: str) -> History:
        """The past runs of the source *name*."""
        newest = tuple(state.last_runs(name, 1))
        known = self._known.get(name)
        if known is None or known.runs[-1:] != newest:
            known = self._known[name] = History(tuple(state.last_runs(name, HISTORY)))
        return known


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What files and tables tell of a library: all that its state rests on but the database.

    *dates* are those of each source's articles, but for so many *older* that no rhythm needs them.
    An article may count for several sources. *published* counts captures by run, and *taken* the
    bytes of each WARC file that are in the tables.
    """

    declared: DeclaredSources
    missing: str | None = None
    dates: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    older: Mapping[str, int] = field(default_factory=dict)
    articles: int = 0
    versions: int = 0
    captures: int = 0
    published: Mapping[str, int] = field(default_factory=dict)
    announced: Mapping[str, AnnouncedPages] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    histories: Histories = field(default_factory=Histories)


def read_states(library: Library, now: datetime) -> LibraryState:
    """The state of *library* and of each source that is declared or has run; reads only."""
    declared = SourceFiles(library.path / "sources").read()
    facts = _read_tables(library, declared, now)
    return ask(library.path, lambda state: library_state(library, state, facts, now))


def library_state(
    library: Library, state: State, facts: LibraryFacts, now: datetime
) -> LibraryState:
    """The state of *library*, as *facts* and its database tell it."""
    known = {*facts.declared.sources, *facts.declared.broken}
    imported = imported_sums(library.path)
    names = {*known, *facts.dates, *state.sources_with_runs(), *imported.by_source}
    paused = state.paused()
    waiting = {} if facts.missing else _unpublished_captures(state, facts.published)
    moment = _Moment(library, state, facts, now, paused, waiting, imported)
    states = [_source_state(moment, name) for name in sorted(names)]
    warc, taken = state.warc_files(), facts.taken
    return LibraryState(
        serving=is_held(library.lock_file("serve")),
        paused="*" in paused,
        warc_bytes=sum(file.synced_offset for file in warc),
        unpublished_bytes=sum(file.synced_offset - taken.get(file.name, 0) for file in warc),
        underived_bytes=sum(
            file.synced_offset - max(file.derived_offset, taken.get(file.name, 0)) for file in warc
        ),
        articles=facts.articles,
        versions=facts.versions,
        captures=facts.captures,
        disk_free=files.free(library.path),
        disk_floor=library.settings.disk.floor,
        unpublished_since=min((lag.since for lag in waiting.values() if lag.since), default=None),
        missing=facts.missing,
        overdue=sum(_is_overdue(one, facts.histories.of(state, one.source), now) for one in states),
        imported_files=imported.files,
        imported_bytes=imported.size,
        sources=tuple(states),
    )


def source_state(
    library: Library, state: State, facts: LibraryFacts, name: str, now: datetime
) -> SourceState:
    """The state of the source *name* alone, as `library_state` has it."""
    waiting = {} if facts.missing else _unpublished_captures(state, facts.published, name)
    imported = imported_sums(library.path)
    return _source_state(
        _Moment(library, state, facts, now, state.paused(), waiting, imported), name
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the states of all sources rest on at one time."""

    library: Library
    state: State
    facts: LibraryFacts
    now: datetime
    paused: set[str]
    waiting: Mapping[str, Unpublished]
    imported: ImportedSums


def _source_state(moment: _Moment, name: str) -> SourceState:
    facts = moment.facts
    of_source = SourceFacts(
        facts.histories.of(moment.state, name),
        tuple(facts.dates.get(name, ())),
        is_held(moment.library.lock_file(f"source-{name}")),
        bool({name, "*"} & moment.paused),
        moment.waiting.get(name, Unpublished()),
        facts.announced.get(name, AnnouncedPages()),
        facts.older.get(name, 0),
        moment.imported.by_source[name],
    )
    return state_of(name, facts.declared, of_source, moment.now)


def _read_tables(library: Library, declared: DeclaredSources, now: datetime) -> LibraryFacts:
    """What the tables tell, all of them read."""
    from archive.removal.withheld import withheld_rows
    from archive.tables.source_rows import Declared

    missing = missing_tables(library)
    if missing:
        return LibraryFacts(declared, missing)
    known = Declared(declared.sources, frozenset({*declared.sources, *declared.broken}))
    dates = _article_dates(library, known)
    captured = library.captures(columns=["run_id"]).to_arrow()
    hidden = withheld_rows(library.generation, "captures", ["run_id"])
    return LibraryFacts(
        declared,
        dates=dates.by_source,
        articles=dates.articles,
        versions=len(library.articles("all")),
        captures=len(library.captures()),
        published=Counter([*captured["run_id"].to_pylist(), *hidden["run_id"].to_pylist()]),
        announced=newest_announced(library.generation, now),
        taken=journal.consumed(journal.read_journal(library.generation)),
    )


@dataclass(frozen=True, slots=True)
class _Dates:
    """The dates of articles by source, where an article may count for several, and how many
    articles there are."""

    by_source: Mapping[str, list[datetime]]
    articles: int


def _is_overdue(source: SourceState, history: History, now: datetime) -> bool:
    """Whether a source that a service crawled once has waited for a run for more than a day."""
    if source.next_run is None or now - source.next_run < timedelta(days=1):
        return False
    return any(run.scheduled_for for run in history.runs)


def missing_tables(library: Library) -> str | None:
    """What the tables lack, and which command makes it again; None where they are whole."""
    try:
        return library.unread()
    except TablesMissing as error:
        return str(error)


def _article_dates(library: Library, declared: Declared) -> _Dates:
    """The dates of each source's articles: those that they state, or when they were fetched."""
    found: dict[str, list[datetime]] = {}
    total = 0
    columns = ["source", "version", "date_published", "fetch_time"]
    for row in library.articles("all", columns=columns):
        if row["version"] == 1:
            total += 1
            found.setdefault(row["source"], []).append(_date_of(row))
    if found.keys() - declared.names:
        for name, dates in _dates_of_strays(library, declared).items():
            found.setdefault(name, []).extend(dates)
    return _Dates(found, total)


def _dates_of_strays(library: Library, declared: Declared) -> Mapping[str, list[datetime]]:
    """By source, the dates of articles of undeclared sources at addresses that it covers."""
    from archive.tables.source_rows import undeclared

    columns = ["url", "version", "date_published", "fetch_time"]
    strays = replace(library.articles("all", columns=columns), condition=undeclared(declared))
    found: dict[str, list[datetime]] = {}
    for row in strays:
        if row["version"] == 1:
            for name in declared.covering(row["url"]):
                found.setdefault(name, []).append(_date_of(row))
    return found


def _date_of(row: Row) -> datetime:
    fetched: datetime = row["fetch_time"].astimezone(UTC)
    return min(row["date_published"] or fetched, fetched)


def _unpublished_captures(
    state: State, published: Mapping[str, int], source: str | None = None
) -> Mapping[str, Unpublished]:
    """For each source, or for *source*, the captures that the tables lack, of runs of the last
    month."""
    month_ago = datetime.now(UTC) - timedelta(days=31)
    found: dict[str, Unpublished] = {}
    for run in state.captures_since(month_ago, source):
        lacking = run.captures - published.get(run.run_id, 0)
        if lacking > 0:  # runs come in the order in which they began
            known = found.get(run.source, Unpublished(since=datetime.fromisoformat(run.started)))
            found[run.source] = replace(known, captures=known.captures + lacking)
    return found
