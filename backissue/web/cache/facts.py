"""The sums of the console into the facts that the state of a library rests on."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from functools import cached_property

from archive.errors import TablesMissing
from archive.library import Library
from archive.source import Source
from archive.state.read_only import ask
from archive.web.hosts import host_of, registered_domain
from backissue.library_health import LibraryFacts, LibraryState, library_state, read_states
from backissue.run_results import AnnouncedPages
from backissue.web.cache.database import ConsoleCache
from backissue.web.cache.tables import DAY, micros, moment_of
from crawlers.sources.folder import DeclaredSources, SourceFiles

_WINDOW = 56 * DAY  # before the newest article: what makes a source's rhythm
_LOG_WINDOW = timedelta(days=62)  # of announced pages: see `backissue.run_results`
_RUN_WINDOW = timedelta(days=33)  # of runs that may lack captures; their ids begin with a date
_PUBLISHED = "SELECT run_id, captures FROM published WHERE run_id >= ?"
_OF_SOURCES = (
    "SELECT source, articles, (SELECT max(date) FROM versions WHERE version = 1 AND withdrawn = 0 "
    "AND source = totals.source) FROM totals WHERE articles > 0"
)
_RECENT = (
    "SELECT date FROM versions WHERE version = 1 AND withdrawn = 0 AND source = ? AND date > ?"
)
_STRAYS = "SELECT url, date FROM versions WHERE version = 1 AND withdrawn = 0 AND source = ?"


def kept_state(library: Library, now: datetime) -> LibraryState:
    """The state of *library*, by the sums of the console; by the tables where no sums can be
    kept, or a table file is damaged."""
    cache = ConsoleCache(library)
    try:
        if cache.is_kept:
            declared = SourceFiles(library.path / "sources").read()
            facts = _facts(library, cache, declared, now)
            if not cache.first("SELECT 1 FROM damaged"):
                return ask(library.path, lambda state: library_state(library, state, facts, now))
    except sqlite3.OperationalError:  # a console is adding batches all the time
        pass
    finally:
        cache.close()
    return read_states(library, now)


def _facts(
    library: Library, cache: ConsoleCache, declared: DeclaredSources, now: datetime
) -> LibraryFacts:
    try:
        cache.refresh()
    except TablesMissing as error:
        return LibraryFacts(declared, str(error))
    return library_facts(library, cache, declared, now)


def library_facts(
    library: Library, cache: ConsoleCache, declared: DeclaredSources, now: datetime
) -> LibraryFacts:
    """What the tables of *library* tell, as `status` reads it from the tables themselves."""
    kinds = dict(cache.query("SELECT kind, sum(rows) FROM files GROUP BY kind"))
    counts = cache.query(_OF_SOURCES)
    dates, older = _dates(cache, declared, counts)
    withdrawn = cache.first("SELECT count(*) FROM versions WHERE withdrawn = 1")
    return LibraryFacts(
        declared,
        None if kinds else library.unread(),
        dates,
        older,
        sum(count for _, count, _ in counts),
        kinds.get("articles", 0) - withdrawn,
        kinds.get("captures", 0),
        dict(cache.query(_PUBLISHED, f"{now - _RUN_WINDOW:%Y%m%d}")),
        _announced(cache, now),
        dict(cache.query("SELECT file, until FROM taken")),
    )


def _dates(
    cache: ConsoleCache, declared: DeclaredSources, counts: list[tuple[str, int, int]]
) -> tuple[dict[str, list[datetime]], Counter[str]]:
    """By source the dates of its newest articles, and how many others it has."""
    found: dict[str, list[int]] = {}
    total: Counter[str] = Counter()
    known = {*declared.sources, *declared.broken}
    covers = _Covers(declared)
    for source, count, newest in counts:
        total[source] += count
        recent = cache.query(_RECENT, source, newest - _WINDOW)
        found.setdefault(source, []).extend(date for (date,) in recent)
        if source in known or not declared.sources:
            continue
        for url, date in cache.query(_STRAYS, source):
            for name in covers.of(url):
                total[name] += 1
                found.setdefault(name, []).append(date)
    dates = {source: _recent(several) for source, several in found.items() if source}
    older = Counter({source: total[source] - len(several) for source, several in dates.items()})
    return dates, older


def _recent(dates: list[int]) -> list[datetime]:
    since = max(dates) - _WINDOW
    return [moment_of(date) for date in dates if date > since]


class _Covers:
    """Which declared sources cover an address; only those of its domain are asked."""

    def __init__(self, declared: DeclaredSources) -> None:
        self._declared = declared

    @cached_property
    def _of_domain(self) -> dict[str, list[Source]]:
        found: dict[str, list[Source]] = {}
        for source in self._declared.sources.values():
            domain = registered_domain(host_of(source.url))
            found.setdefault(domain, []).append(source)
        return found

    def of(self, url: str) -> list[str]:
        """The names of the sources."""
        domain = registered_domain(host_of(url))
        return [one.name for one in self._of_domain.get(domain, ()) if one.covers(url)]


def _announced(cache: ConsoleCache, now: datetime) -> dict[str, AnnouncedPages]:
    since = micros(now - _LOG_WINDOW)
    query = (
        "SELECT source, pages, without, newest FROM announced WHERE began >= ? "
        "ORDER BY source, began DESC"
    )
    found: dict[str, AnnouncedPages] = {}
    for source, pages, without, newest in cache.query(query, since):
        before = found.get(source, AnnouncedPages())
        kinds = Counter(before.without)
        kinds.update(json.loads(without))
        found[source] = AnnouncedPages(before.pages + pages, kinds, before.newest or newest)
    return found
