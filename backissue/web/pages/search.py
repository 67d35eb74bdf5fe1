"""`/search?q=`: articles by their words. All use of the index is in `_hits`."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlencode

from archive.errors import UsageError
from archive.search import hits as search
from archive.tables.filters import FilterWords
from archive.tables.verdicts import COMPLETENESS
from archive.types import NO_ARTICLE
from archive.web.userinfo import hide_userinfo
from backissue.web.view import Page, Question, View, shallow

_AT_ONCE = 20
_FARTHEST = 1000  # hits: who looks further asks better
_LONGEST = 500  # characters of a query
_MARKS = re.compile(r"\[([^\[\]]*)\]")


def search_page(view: View, question: Question) -> Page:
    """The page."""
    query, filters = question.get("q").strip()[:_LONGEST], _filters(question)
    first = min(question.number("from", 0), _FARTHEST)
    hits: list[dict[str, Any]] = []
    problem = None
    if query:
        try:
            hits = _hits(view, query, filters, first)
        except UsageError as error:
            problem = str(error)
    return Page(
        "search.html",
        {
            "query": query,
            "source": filters.get("source"),
            "filters": filters,
            "narrowed": urlencode(filters),
            "kinds": [kind for kind in COMPLETENESS if kind not in NO_ARTICLE],
            "sources": sorted(view.declared().sources),
            "hits": hits[:_AT_ONCE],
            "from": first,
            "more": first + _AT_ONCE if len(hits) > _AT_ONCE else None,
            "problem": problem,
        },
        400 if problem else 200,
    )


def _filters(question: Question) -> dict[str, str]:
    """The filters that the form, or an address, gives; they have their names everywhere."""
    names = FilterWords.__annotations__
    given = {name: question.get(name).strip()[:_LONGEST] for name in names}
    return {name: value for name, value in given.items() if value}


def _hits(view: View, query: str, filters: dict[str, str], first: int) -> list[dict[str, Any]]:
    """The hits from the place *first* on: one more than a page has, if there are so many."""
    words = cast("FilterWords", filters)
    found = search.search(view.library, query, _AT_ONCE + 1, offset=first, **words)
    return [_in_list(hit) for hit in found]


def _in_list(hit: search.Hit) -> dict[str, Any]:
    snippet = " ".join(hit.snippet.split())
    parts = [
        {"text": text, "found": bool(place % 2)}
        for place, text in enumerate(_MARKS.split(snippet))
        if text
    ]
    return {**shallow(hit), "url": hide_userinfo(hit.url), "snippet": snippet, "parts": parts}
