"""What a search finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.library import Library
from archive.search.hits import search


@pytest.fixture
def ids(library: Library) -> Callable[..., list[str]]:
    """The ids of the articles that a search finds, sorted."""
    return lambda query, **filters: sorted(h.article_id for h in search(library, query, **filters))
