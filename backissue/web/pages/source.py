"""`/sources/NAME`: what the source announced, what of it was captured, and why the rest was not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive import outcomes
from archive.tables import verdicts
from archive.web.userinfo import hide_userinfo
from backissue.web.cache.tables import moment_of
from backissue.web.errors import NotFound
from backissue.web.pages.articles import newest_articles
from backissue.web.pages.overview import weeks_of
from backissue.web.pages.runs import in_short
from backissue.web.view import Page, Question, View, shallow

_RUNS, _ARTICLES, _MISSING = 30, 20, 100  # rows that are shown
_WEEKS = 12  # of outcomes
_EPOCH = date(1970, 1, 1)
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def source_page(view: View, question: Question) -> Page:
    """The page."""
    name, now = question.name, datetime.now(UTC)
    state = view.source_state(name, now)
    if state is None:
        raise NotFound(f"no source {name}: the overview lists those that there are")
    declared = view.declared().sources.get(name)
    first = question.number("from", 0)
    missing = _missing(view, name, first)
    month = _chosen(question.get("month"))
    runs = view.ask(lambda database: database.last_runs(name, _RUNS))
    return Page(
        "source.html",
        {
            "source": shallow(state),
            "title": declared.title if declared else None,
            "url": hide_userinfo(declared.url) if declared else None,
            "weeks": weeks_of(view.facts(now).dates.get(name, ()), now),
            "months": _months(view, name),
            "month": f"{month:%Y-%m}" if month else None,
            "days": _days(view, name, month) if month else [],
            "missing": missing[:_MISSING],
            "from": first,
            "more": first + _MISSING if len(missing) > _MISSING else None,
            "outcomes": _outcomes(view, name),
            "runs": [in_short(run) for run in reversed(runs)],
            "articles": newest_articles(view, name, _ARTICLES),
        },
    )


def day_of(number: int) -> date:
    """The day that the cache counts as *number*; the first or last there is, beyond them."""
    try:
        return _EPOCH + timedelta(days=number)
    except OverflowError:
        return date.max if number > 0 else date.min


def _months(view: View, name: str) -> list[dict[str, Any]]:
    """What was announced and captured by month, the newest first."""
    query = "SELECT day, announced, captured, articles FROM days WHERE source = ?"
    found: dict[str, list[int]] = {}
    for day, *counts in view.cache.query(query, name):
        sums = found.setdefault(f"{day_of(day):%Y-%m}", [0, 0, 0])
        for place, count in enumerate(counts):
            sums[place] += count
    return [
        {"month": month, "announced": announced, "captured": captured, "articles": articles}
        for month, (announced, captured, articles) in sorted(found.items(), reverse=True)
        if announced
    ]


def _chosen(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    if not found or not (1 <= int(found[2]) <= 12) or not int(found[1]):
        return None
    return date(int(found[1]), int(found[2]), 1)


def _days(view: View, name: str, month: date) -> list[dict[str, Any]]:
    """The days of *month*, from the Monday before it: those outside have no counts."""
    begin = (month - _EPOCH).days
    end = begin + 31
    query = (
        "SELECT day, announced, captured, articles FROM days "
        "WHERE source = ? AND day BETWEEN ? AND ?"
    )
    counts = {day: rest for day, *rest in view.cache.query(query, name, begin, end)}
    days: list[dict[str, Any]] = [{"day": None} for _ in range(month.weekday())]
    for number in range(begin, end):
        day = day_of(number)
        if day.month == month.month:
            announced, captured, articles = counts.get(number, (0, 0, 0))
            days.append(
                {"day": day, "announced": announced, "captured": captured, "articles": articles}
            )
    return days


def _missing(view: View, name: str, first: int) -> list[dict[str, Any]]:
    """Announced pages that gave no article, the newest first, and why."""
    query = (
        "SELECT url, day, state, why, seen FROM pages WHERE source = ? AND state < 3 "
        "ORDER BY day DESC, page LIMIT ? OFFSET ?"
    )
    return [
        {
            "url": hide_userinfo(url),
            "day": day_of(day),
            "captured": state == 2,
            "why": why,
            "words": in_words(why),
            "seen": moment_of(seen),
        }
        for url, day, state, why, seen in view.cache.query(query, name, _MISSING + 1, first)
    ]


def in_words(why: str) -> str:
    """What a verdict or an outcome means."""
    if why.startswith(verdicts.NONE) or why in verdicts.VERDICTS:
        return verdicts.in_words(why)
    return outcomes.in_words(why)


def _outcomes(view: View, name: str) -> list[dict[str, Any]]:
    """By outcome the counts of the newest weeks that have any, the oldest first."""
    query = "SELECT DISTINCT week FROM outcomes WHERE source = ? ORDER BY week DESC LIMIT ?"
    weeks = sorted(week for (week,) in view.cache.query(query, name, _WEEKS))
    if not weeks:
        return []
    query = "SELECT outcome, week, urls FROM outcomes WHERE source = ? AND week >= ?"
    found: dict[str, dict[int, int]] = {}
    for outcome, week, urls in view.cache.query(query, name, weeks[0]):
        found.setdefault(outcome, {})[week] = urls
    return [
        {
            "outcome": outcome,
            "words": in_words(outcome),
            "weeks": [{"week": day_of(week), "urls": counts.get(week, 0)} for week in weeks],
            "urls": sum(counts.values()),
        }
        for outcome, counts in sorted(found.items(), key=lambda item: -sum(item[1].values()))
    ]
