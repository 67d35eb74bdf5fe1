"""Filters into a condition in SQL on the rows of the search index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.tables.filters import Filters

if TYPE_CHECKING:
    from archive.tables.source_rows import SourceRows

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TESTS: Final = {
    "since": "a.fetch_time >= :since",
    "until": "a.fetch_time < :until",
    "published_since": "a.date_published >= :published_since",
    "published_until": "a.date_published < :published_until",
    "language": "instr(a.language || '-', :language || '-') = 1",
    "author": "instr(a.author, :author)",
    "section": "a.section = :section",
    "completeness": "a.completeness = :completeness",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows `a` of `articles` must fulfil; *covers* is the function of that name in *sql*."""

    sql: str = "1"
    values: dict[str, Any] = field(default_factory=dict)
    covers: Callable[[str], bool] = lambda url: True


def condition_of(filters: Filters, library: Path) -> Condition:
    """The condition for *filters*; the sources that *library* declares decide whose a row is."""
    given = {name: getattr(filters, name) for name in _TESTS}
    values = {name: _comparable(value) for name, value in given.items() if value is not None}
    tests = [_TESTS[name] for name in values]
    if filters.source is None:
        return Condition(" AND ".join(tests) or "1", values)
    from archive.tables.source_rows import SourceRows, declared_in  # Arrow, and what checks files

    rows = SourceRows(filters.source, declared_in(library / "sources"))
    own = _of_source(rows)
    sql = " AND ".join([own.sql, *tests])
    return Condition(sql, values | own.values, own.covers)


def _comparable(value: str | datetime) -> str | int:
    if isinstance(value, datetime):
        return (value - EPOCH) // _MICROSECOND
    return value.casefold()


def _of_source(rows: SourceRows) -> Condition:
    """As `SourceRows` has them: its own rows, and those of no declared source that it covers."""
    source = rows.declared.sources.get(rows.name)
    if source is None:
        return Condition("a.source = :source", {"source": rows.name})
    names = sorted(rows.declared.names)
    declared = {f"declared{number}": name for number, name in enumerate(names)}
    listed = ", ".join(f":{name}" for name in declared)
    sql = (
        f"(a.source = :source OR ((a.source IS NULL OR a.source NOT IN ({listed})) "
        "AND (a.domain = :domain OR (a.domain IS NULL AND a.host = :domain)) AND covers(a.url)))"
    )
    values = {"source": rows.name, "domain": rows.domain, **declared}
    return Condition(sql, values, source.covers if rows.needed else lambda url: True)
