"""`/search?q=`: articles by their words. All use of the index is in `_hits`."""

from __future__ import annotations

import re
from typing import Any

from archive.errors import UsageError
from archive.search import hits as search
from archive.web.userinfo import hide_userinfo
from backissue.web.view import Page, Question, View, shallow

_AT_ONCE = 20
_FARTHEST = 1000  # hits: who looks further asks better
_LONGEST = 500  # characters of a query
_MARKS = re.compile(r"\[([^\[\]]*)\]")


def search_page(view: View, question: Question) -> Page:
    """The page."""
    query, source = question.get("q").strip()[:_LONGEST], question.get("source") or None
    first = min(question.number("from", 0), _FARTHEST)
    hits: list[dict[str, Any]] = []
    problem = None
    if query:
        try:
            hits = _hits(view, query, source, first)
        except UsageError as error:
            problem = str(error)
    return Page(
        "search.html",
        {
            "query": query,
            "source": source,
            "sources": sorted(view.declared().sources),
            "hits": hits[:_AT_ONCE],
            "from": first,
            "more": first + _AT_ONCE if len(hits) > _AT_ONCE else None,
            "problem": problem,
        },
        400 if problem else 200,
    )


def _hits(view: View, query: str, source: str | None, first: int) -> list[dict[str, Any]]:
    """The hits from the place *first* on: one more than a page has, if there are so many."""
    found = search.search(view.library, query, first + _AT_ONCE + 1, source=source)
    return [_in_list(hit) for hit in [*found][first:]]


def _in_list(hit: search.Hit) -> dict[str, Any]:
    snippet = " ".join(hit.snippet.split())
    parts = [
        {"text": text, "found": bool(place % 2)}
        for place, text in enumerate(_MARKS.split(snippet))
        if text
    ]
    return {**shallow(hit), "url": hide_userinfo(hit.url), "snippet": snippet, "parts": parts}
