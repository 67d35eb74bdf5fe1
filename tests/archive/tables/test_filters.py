"""Filters as a person gives them."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest

from archive.errors import UsageError
from archive.tables.filters import Filters, FilterWords, filters_from, parse_time


def test_times_are_read_as_utc_unless_they_say_more() -> None:
    zone = timezone(timedelta(hours=9))
    moment = datetime(2026, 1, 31, tzinfo=zone)
    found = filters_from(since="2026-01-31", until=moment, published_since="2026-01-31T09:00+09:00")
    assert found.since == datetime(2026, 1, 31, tzinfo=UTC)
    assert found.until == moment
    assert found.published_since == datetime(2026, 1, 31, tzinfo=UTC)
    assert found.published_until is None


def test_no_words_filter_nothing() -> None:
    assert filters_from() == filters_from(source=None, since=None) == Filters()


def test_both_forms_have_the_same_names() -> None:
    assert [field.name for field in fields(Filters)] == list(FilterWords.__annotations__)


@pytest.mark.parametrize("word", ["", "soon", "2026-13-01"])
def test_what_is_no_time_is_told_with_the_name_of_the_filter(word: str) -> None:
    with pytest.raises(UsageError, match=f"until is '{word}': expected a date such as"):
        parse_time("until", word)
