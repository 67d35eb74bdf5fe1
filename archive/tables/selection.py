"""Filters into what Arrow and we test on rows of `articles`: the one place that does so.

Search has the same filters as SQL, in `archive.search.conditions`; they find the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from archive.tables.filters import Filters

_UTC: Final = pa.timestamp("us", tz="UTC")
_BOUNDS: Final = {
    "since": "fetch_time",
    "until": "fetch_time",
    "published_since": "date_published",
    "published_until": "date_published",
}
"""The filters that are bounds, each with its column."""

_NONE: Final = Filters()
_Test = Callable[[Any, str], bool]


def _is_language(value: str | None, wanted: str) -> bool:
    return bool(value) and f"{str(value).lower()}-".startswith(f"{wanted}-")


def _is_author(value: list[str] | None, wanted: str) -> bool:
    return any(wanted in name.casefold() for name in value or ())


def _is_section(value: str | None, wanted: str) -> bool:
    return bool(value) and str(value).casefold() == wanted


def _is_completeness(value: str | None, wanted: str) -> bool:
    return value == wanted


_TESTS: Final[dict[str, tuple[str, _Test]]] = {
    "language": ("in_language", _is_language),
    "author": ("author", _is_author),
    "section": ("article_section", _is_section),
    "completeness": ("completeness", _is_completeness),
}
"""The filters on words, each with its column and its test; what is wanted comes casefolded."""


class OwnRows(Protocol):
    """Which rows belong to a source, as `archive.tables.source_rows.SourceRows` tells."""

    @property
    def condition(self) -> pc.Expression:
        """What can be told from columns alone."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that `mask` reads; none where *condition* tells all."""

    def mask(self, rows: pa.Table) -> pa.ChunkedArray:
        """For each row that fulfils *condition* whether it belongs to the source."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of `articles` are wanted: *condition* lets Arrow leave out most, `mask` the rest.

    *own* says which rows are the source's; without it, those that name it. *ids* are the articles
    that a query found.
    """

    filters: Filters = _NONE
    own: OwnRows | None = None
    ids: frozenset[str] | None = None

    @property
    def condition(self) -> pc.Expression | None:
        """What can be told from single columns, and from the statistics of row groups."""
        parts = [_bound(name, getattr(self.filters, name)) for name in _BOUNDS]
        if self.own:
            parts.append(self.own.condition)
        elif self.filters.source is not None:
            parts.append(pc.field("source") == self.filters.source)
        given = [part for part in parts if part is not None]
        return reduce(and_, given) if given else None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that `mask` reads; none where *condition* tells all."""
        names = [_TESTS[name][0] for name in self._given()]
        ids = ["article_id"] if self.ids is not None else []
        return tuple(dict.fromkeys([*(self.own.needed if self.own else ()), *names, *ids]))

    def mask(self, rows: pa.Table) -> pa.ChunkedArray:
        """For each row that fulfils *condition* whether it is wanted."""
        masks = [self.own.mask(rows)] if self.own and self.own.needed else []
        for name in self._given():
            column, test = _TESTS[name]
            wanted = getattr(self.filters, name).casefold()
            found = [test(value, wanted) for value in rows[column].to_pylist()]
            masks.append(pa.chunked_array([pa.array(found, pa.bool_())]))
        if self.ids is not None:
            masks.append(pc.is_in(rows["article_id"], pa.array(sorted(self.ids), pa.string())))
        return reduce(pc.and_, masks)

    def _given(self) -> list[str]:
        return [name for name in _TESTS if getattr(self.filters, name) is not None]


def _bound(name: str, moment: datetime | None) -> pc.Expression | None:
    if moment is None:
        return None
    column, bound = pc.field(_BOUNDS[name]), pa.scalar(moment, _UTC)
    return column >= bound if name.endswith("since") else column < bound
