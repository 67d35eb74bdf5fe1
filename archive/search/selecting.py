"""The filters as a person gives them, and words to search for, into a selection of articles."""

from __future__ import annotations

from typing import Unpack

from archive.search.hits import matching
from archive.search.index import Tables
from archive.tables.filters import FilterWords, filters_from
from archive.tables.selection import Selection
from archive.tables.source_rows import SourceRows, declared_in


def selection_of(
    library: Tables, query: str | None = None, **filters: Unpack[FilterWords]
) -> Selection:
    """What *filters* and *query* select of the articles of *library*; UsageError where one of them
    is not understood."""
    given = filters_from(**filters)
    own = None
    if given.source is not None:
        own = SourceRows(given.source, declared_in(library.path / "sources"))
    return Selection(given, own, None if query is None else matching(library, query))
