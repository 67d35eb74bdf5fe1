"""The filters on articles, which have the same names in Python, as flags and on web pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypedDict, Unpack

from archive.errors import UsageError

_TIMES: Final = ("since", "until", "published_since", "published_until")
_Time = str | datetime | None


class FilterWords(TypedDict, total=False):
    """The filters as a person gives them: a time is a datetime, or ISO 8601 text in UTC."""

    source: str | None
    since: _Time
    until: _Time
    published_since: _Time
    published_until: _Time
    language: str | None
    author: str | None
    section: str | None
    completeness: str | None


class ArticleWords(FilterWords, total=False):
    """The filters with *query*, the words to search for (FTS5 syntax)."""

    query: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles: a bound is on `fetch_time` or `date_published`, from *since* on and before
    *until*.

    *language* is a tag or its beginning (`en` for `en-GB`), *author* a name or a part of it.
    """

    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    published_since: datetime | None = None
    published_until: datetime | None = None
    language: str | None = None
    author: str | None = None
    section: str | None = None
    completeness: str | None = None


def filters_from(**words: Unpack[FilterWords]) -> Filters:
    """The filters that *words* give; UsageError where a time is none, or a text no UTF-8."""
    given: dict[str, Any] = dict(words)
    for name, word in given.items():
        if isinstance(word, str) and not word.isascii():
            _check_text(name, word)
    times: dict[str, Any] = {
        name: parse_time(name, given[name]) for name in _TIMES if name in given
    }
    return Filters(**given | times)


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{name} is {text!r}: expected text in UTF-8") from None


def parse_time(name: str, value: str | datetime | None) -> datetime | None:
    """The aware time that *value* is or says; UsageError names the filter *name* where it is
    none."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise UsageError(f"{name} is {value!r}: expected a date such as 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
