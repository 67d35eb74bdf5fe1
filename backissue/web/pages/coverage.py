"""`/coverage`: what sources announced and what was captured, by month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backissue.web.cache.tables import DAY, micros
from backissue.web.pages.source import day_of
from backissue.web.view import Page, Question, View

_MONTHS, _SOURCES = 12, 100  # columns and rows of a page


def coverage_page(view: View, question: Question) -> Page:
    """The page."""
    view.cache.refresh()
    names = [name for (name,) in view.cache.query("SELECT DISTINCT source FROM days")]
    first = question.number("from", 0)
    shown = sorted(names)[first : first + _SOURCES]
    back = question.number("back", 0)
    months = _months(datetime.now(UTC), back)
    return Page(
        "coverage.html",
        {
            "months": months,
            "sources": [
                {"source": name, "months": _of_source(view, name, months)} for name in shown
            ],
            "from": first,
            "more": first + _SOURCES if first + _SOURCES < len(names) else None,
            "earlier": back + _MONTHS,
            "later": max(0, back - _MONTHS) if back else None,
        },
    )


def _months(now: datetime, back: int) -> list[str]:
    """Twelve months, the last *back* months ago."""
    last = now.year * 12 + now.month - 1 - min(back, 12 * (now.year - 1) - _MONTHS)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(last - 11, last + 1)]


def _of_source(view: View, name: str, months: list[str]) -> list[dict[str, Any]]:
    begin, end = (
        micros(datetime.fromisoformat(f"{one}-01T00:00:00+00:00")) // DAY
        for one in (months[0], months[-1])
    )
    query = "SELECT day, announced, captured FROM days WHERE source = ? AND day BETWEEN ? AND ?"
    found = {month: [0, 0] for month in months}
    for day, announced, captured in view.cache.query(query, name, begin, end + 31):
        sums = found.get(f"{day_of(day):%Y-%m}")
        if sums:
            sums[0] += announced
            sums[1] += captured
    return [
        {"month": month, "announced": announced, "captured": captured}
        for month, (announced, captured) in found.items()
    ]
