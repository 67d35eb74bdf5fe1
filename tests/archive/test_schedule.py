from __future__ import annotations

from datetime import timedelta

import pytest

from archive.schedule import Schedule, parse_schedule
from archive.source import Source


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("adaptive", Schedule("adaptive")),
        ("every 30m", Schedule("every", interval=timedelta(minutes=30))),
        ("every 2h", Schedule("every", interval=timedelta(hours=2))),
        ("every 7d", Schedule("every", interval=timedelta(days=7))),
        ("0 6  * * MON-FRI", Schedule("cron", cron="0 6 * * MON-FRI")),
        ("*/15 0,12 1-7 * 0", Schedule("cron", cron="*/15 0,12 1-7 * 0")),
    ],
)
def test_schedules_are_parsed(text: str, schedule: Schedule) -> None:
    assert parse_schedule(text) == schedule
    assert Source(url="https://www.review.example/", schedule=text).cadence == schedule


@pytest.mark.parametrize(
    "text", ["", "every 0h", "every 2 h", "every h", "* * * *", "* * * * * *", "0 6 * * ;"]
)
def test_other_schedules_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="five cron fields"):
        parse_schedule(text)
