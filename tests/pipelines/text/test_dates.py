"""Dates as pages write them, with what is known of them and nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.dates import order_of, parse_date, url_date


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2026-02-09T06:30:00+00:00", "2026-02-09T06:30:00", "second"),
        ("2026-02-09T06:30:00.250Z", "2026-02-09T06:30:00.250000", "second"),
        ("2026-02-09T06:30+0530", "2026-02-09T01:00:00", "minute"),
        ("2026-02-09T23:30:00-05:00", "2026-02-10T04:30:00", "second"),
        ("2026-02-09 06:30", "2026-02-09T06:30:00", "minute"),
        ("2026-02-09", "2026-02-09T00:00:00", "day"),
        ("20260209", "2026-02-09T00:00:00", "day"),
        ("20260209T063000Z", "2026-02-09T06:30:00", "second"),
        ("2026-02", "2026-02-01T00:00:00", "month"),
        ("February 2026", "2026-02-01T00:00:00", "month"),
        ("2026", "2026-01-01T00:00:00", "year"),
        ("Mon, 09 Feb 2026 06:30:00 GMT", "2026-02-09T06:30:00", "second"),
        ("Mon Feb 09 2026 06:30:00 GMT+0100 (CET)", "2026-02-09T05:30:00", "second"),
        ("Feb. 9, 2026 6:30 p.m. EST", "2026-02-09T23:30:00", "minute"),
        ("12:05 – 9 March 2026 at 12:30 am", "2026-03-09T00:30:00", "minute"),
        ("9. März 2026, 14:05 Uhr", "2026-03-09T14:05:00", "minute"),
        ("9 de febrero de 2026", "2026-02-09T00:00:00", "day"),
        ("1er août 2026", "2026-08-01T00:00:00", "day"),
        ("2026年2月9日 10:30", "2026-02-09T10:30:00", "minute"),
        ("13/2/2026", "2026-02-13T00:00:00", "day"),
        ("1770618600", "2026-02-09T06:30:00", "second"),
        ("1770618600000", "2026-02-09T06:30:00", "second"),
    ],
)
def test_a_date_is_read_into_utc(raw: str, value: str, precision: str) -> None:
    date = parse_date(raw)
    assert date is not None
    assert date.value.isoformat() == f"{value}+00:00"
    assert date.precision == precision


@pytest.mark.parametrize(
    "raw", ["", "yesterday", "2 hours ago", "2026-13-45", "0001-01-01", "99999999999999", "page 12"]
)
def test_what_is_no_date_or_needs_a_clock_is_none(raw: str) -> None:
    assert parse_date(raw) is None


def test_the_order_of_day_and_month_can_be_said() -> None:
    by_day, by_month = parse_date("2/9/2026"), parse_date("2/9/2026", month_first=True)
    assert by_day is not None
    assert by_month is not None
    assert (by_day.value.month, by_month.value.month) == (9, 2)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("13/2/2026", "day"),
        ("2-13-2026", "month"),
        ("2/3/2026", None),
        ("13.2.2026", None),
        ("2026", None),
    ],
)
def test_a_date_with_a_high_day_shows_the_order(text: str, order: str | None) -> None:
    assert order_of(text) == order


def test_points_stand_in_dates_that_begin_with_the_day() -> None:
    date = parse_date("2.9.2026", month_first=True)
    assert date is not None
    assert date.value.month == 9


@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    date = parse_date(text)
    assert date is None or date.value.tzinfo is not None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://e.example/2026/02/09/slug/", "2026-02-09"),
        ("https://e.example/20260209/slug", "2026-02-09"),
        ("https://e.example/news/2026-02-09-slug", "2026-02-09"),
        ("https://e.example/2026/feb/09/slug", "2026-02-09"),
        ("https://e.example/2026/february/9/slug", "2026-02-09"),
        ("https://e.example/2026/part/09/slug", None),
        ("https://e.example/2026/8-things/", None),
        ("https://e.example/2026/02/slug/", None),
        ("https://e.example/a?d=/2026/02/09/", None),
    ],
)
def test_a_path_may_tell_the_day(url: str, day: str | None) -> None:
    found = url_date(url)
    assert (found and f"{found.value:%Y-%m-%d}") == day
