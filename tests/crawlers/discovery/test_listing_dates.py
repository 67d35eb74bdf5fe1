from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.listing_dates import read_date

MORNING = datetime(2024, 5, 17, 6, 30, 15, tzinfo=UTC)
DAY = datetime(2024, 5, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-17T06:30:15Z",
        "2024-05-17T08:30:15+02:00",
        "2024-05-17T08:30:15+0200",
        "2024-05-17 08:30:15 +02",
        "2024-05-17T083015+0200",
        "20240517T063015Z",
        "2024-05-17T06:30:15",
        "Fri, 17 May 2024 06:30:15 GMT",
        "Fri, 17 May 2024 08:30:15 +0200",
        "Fri, 17 May 2024 08:30:15 GMT+02:00",
        "Fri, 17 May 2024 08:30:15 CEST",
        "Fri, 17 May 2024 02:30:15 -0400 (EDT)",
        "  friday, 17 may 24 06:30:15 ut\n",
        "Fri May 17 06:30:15 2024",
        "17-May-2024 06:30:15",
        "May 17, 2024 at 6:30:15 am",
        "Friday, May 17th, 2024 06:30:15 UTC",
    ],
)
def test_one_moment_in_many_forms(text: str) -> None:
    assert read_date(text) == MORNING


@pytest.mark.parametrize(
    "text", ["2024-05-17", "20240517", "2024/05/17", "17 May 2024", "May 17, 2024", "2024-05-17Z"]
)
def test_a_day_is_its_midnight(text: str) -> None:
    assert read_date(text) == DAY


def test_years_and_months_are_their_beginning() -> None:
    assert read_date("2024") == datetime(2024, 1, 1, tzinfo=UTC)
    assert read_date("2024-05") == datetime(2024, 5, 1, tzinfo=UTC)


def test_fractions_and_leap_seconds() -> None:
    assert read_date("2024-05-17T06:30:15.1234567Z") == MORNING.replace(microsecond=123456)
    assert read_date("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "2024-02-31",
        "Sat, 31 Feb 2024 00:00:00 GMT",
        "2024-13-01",
        "2024-05-17T25:00:00Z",
        "2024-05-17T06:30:61Z",
        "2024-05-17T06:30:15+99:00",
        "Mon, 30 Nov -0001 00:00:00 +0000",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "17/05/2024",
        "20",
        "1715927415",
        "2024-05-17" + " " * 200 + "x",
    ],
)
def test_what_is_no_possible_date_is_none(text: str | None) -> None:
    assert read_date(text) is None


@given(
    st.datetimes(
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
        max_value=datetime(9000, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_any_iso_date_is_read(moment: datetime) -> None:
    moment = moment.replace(second=0) if moment.utcoffset().seconds % 60 else moment
    if not moment.utcoffset().seconds % 60:
        assert read_date(moment.isoformat()) == moment.astimezone(UTC)


@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]{4,20}[+-][0-9:]{1,6}")
)
def test_any_text_gives_an_aware_utc_date_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or found.tzinfo is UTC
