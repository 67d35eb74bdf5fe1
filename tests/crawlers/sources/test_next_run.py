"""When sources are due: intervals, cron in time zones, catching up, clocks that leap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from archive.source import Source
from archive.state.rows import Run, now_text
from crawlers.sources.next_run import History, next_run
from crawlers.sources.rhythm import FIRST

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=60)


def source(schedule: str = "adaptive", timezone: str = "UTC") -> Source:
    return Source(url="http://review.example/", schedule=schedule, timezone=timezone)


def ran(started: datetime, due: datetime | None = None, state: str = "done") -> Run:
    text = now_text(due) if due else None
    return Run(now_text(started), "review-example", text, now_text(started), None, state, None)


def history(*runs: Run) -> History:
    return History(runs)


def fires(one: Source, start: datetime, count: int) -> list[datetime]:
    """The times at which *one* runs if each run begins when it is due and takes a second."""
    runs = [ran(start)]
    for _ in range(count):
        due = next_run(one, history(*runs), datetime.fromisoformat(runs[-1].started))
        runs.append(ran(due + SECOND, due))
    return [datetime.fromisoformat(run.scheduled_for or "") for run in runs[1:]]


def local(times: list[datetime], zone: str) -> list[str]:
    return [f"{time.astimezone(ZoneInfo(zone)):%d %H:%M}" for time in times]


@pytest.mark.parametrize("schedule", ["adaptive", "every 2h"])
def test_a_source_that_never_ran_is_due_at_once(schedule: str) -> None:
    assert next_run(source(schedule), history(), NOW) == NOW


def test_a_cron_source_that_never_ran_waits_for_its_time() -> None:
    assert next_run(source("30 6 * * *"), history(), NOW) == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("schedule", "interval"), [("adaptive", FIRST), ("every 2h", timedelta(hours=2))]
)
def test_an_interval_counts_from_the_last_run(schedule: str, interval: timedelta) -> None:
    before = NOW - timedelta(minutes=20)
    assert next_run(source(schedule), history(ran(before)), NOW) == before + interval


def looked(hours: float, new: int, again: float | None = None) -> Run:
    """A run some hours after NOW whose listings named 20 articles, *new* of them not known."""
    moment = NOW + timedelta(hours=hours)
    found = None if again is None else now_text(moment + timedelta(hours=again))
    return replace(ran(moment), announced=20, new=new, look_again=found)


def test_an_adaptive_source_follows_the_rhythm_of_its_listings() -> None:
    quiet = [looked(24 * day, 0) for day in range(9)]
    busy = [looked(hour, 1) for hour in range(9)]
    waits = [
        next_run(source(), history(*runs), LATER) - datetime.fromisoformat(runs[-1].started)
        for runs in (busy, quiet)
    ]
    assert timedelta(minutes=15) <= waits[0] < FIRST
    assert timedelta(hours=20) < waits[1] < timedelta(hours=30)


def test_it_comes_before_where_an_article_is_due_by_its_age() -> None:
    quiet = [looked(24 * day, 0) for day in range(9)]
    runs = [*quiet, looked(24 * 9, 1, again=1)]
    assert next_run(source(), history(*runs), LATER) == NOW + timedelta(days=9, hours=1)


def test_a_look_for_the_sake_of_an_article_says_nothing_of_the_rhythm() -> None:
    quiet = [looked(24 * day, 0) for day in range(9)]
    early = [looked(24 * 8 + hour, 0) for hour in (1, 7)]
    alone, after = (next_run(source(), history(*runs), LATER) for runs in (quiet, [*quiet, *early]))
    assert after == alone


def test_runs_of_earlier_versions_tell_nothing_of_the_rhythm() -> None:
    runs = [ran(NOW + timedelta(days=day)) for day in range(9)]
    assert next_run(source(), history(*runs), LATER) == NOW + timedelta(days=8) + FIRST


@pytest.mark.parametrize("schedule", ["adaptive", "every 15m", "0 * * * *"])
def test_what_was_missed_is_caught_up_once(schedule: str) -> None:
    """A service that was down for a week: one run that is due in the past, then the next to come."""
    runs = [ran(NOW - timedelta(days=7), NOW - timedelta(days=7))]
    due = next_run(source(schedule), history(*runs), NOW)
    assert due < NOW
    runs.append(ran(NOW, due))
    assert next_run(source(schedule), history(*runs), NOW + SECOND) > NOW


def test_a_run_that_was_lost_is_made_up_for_at_once_and_the_second_one_waits() -> None:
    lost = [ran(NOW - timedelta(minutes=n), state="lost") for n in (3, 2, 1, 0)]
    due = [next_run(source(), history(*lost[: n + 1]), NOW) for n in range(4)]
    waits = [
        moment - datetime.fromisoformat(run.started) for moment, run in zip(due, lost, strict=True)
    ]
    assert waits[0] < SECOND
    assert waits[1:] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert next_run(source(), history(*lost * 40), NOW) == NOW + timedelta(days=1)


def test_a_run_that_was_lost_gets_an_entry_of_its_own_in_the_ledger() -> None:
    lost = ran(NOW, NOW, state="lost")
    assert now_text(next_run(source("0 6 * * *"), history(lost), NOW)) != lost.scheduled_for


def test_a_run_that_found_nothing_to_read_keeps_the_schedule() -> None:
    due = next_run(source(), history(ran(NOW, state="aborted")), NOW)
    assert timedelta(minutes=15) <= due - NOW < timedelta(minutes=17)
    often = [ran(NOW + timedelta(days=day), state="aborted") for day in range(9)]
    assert next_run(source(), history(*often), LATER) > NOW + timedelta(days=8 + 6)


@pytest.mark.parametrize("schedule", ["adaptive", "every 15m", "*/5 * * * *"])
def test_a_clock_that_is_put_back_silences_nobody(schedule: str) -> None:
    ahead = NOW + timedelta(days=365)
    due = next_run(source(schedule), history(ran(ahead, ahead)), NOW)
    assert NOW < due <= NOW + FIRST


def test_a_clock_that_is_put_back_names_no_time_of_the_ledger_twice() -> None:
    runs = [ran(NOW + timedelta(minutes=m), NOW + timedelta(minutes=m)) for m in (5, 10)]
    due = next_run(source("*/5 * * * *"), history(*runs), NOW)
    assert due == NOW + timedelta(minutes=15)


def test_spring_forward_a_time_that_is_leapt_over_comes_an_hour_later() -> None:
    found = fires(source("30 2 * * *", "America/New_York"), datetime(2026, 3, 7, tzinfo=UTC), 3)
    assert local(found, "America/New_York") == ["07 02:30", "08 03:30", "09 02:30"]


def test_fall_back_a_daily_time_comes_once() -> None:
    found = fires(source("30 1 * * *", "America/New_York"), datetime(2026, 10, 31, tzinfo=UTC), 3)
    assert local(found, "America/New_York") == ["31 01:30", "01 01:30", "02 01:30"]


def test_fall_back_an_hourly_time_comes_each_hour() -> None:
    found = fires(source("30 * * * *", "America/New_York"), datetime(2026, 11, 1, 4, tzinfo=UTC), 5)
    assert {after - before for before, after in pairwise(found)} == {timedelta(hours=1)}


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Europe/Berlin", "Asia/Kolkata", "UTC"])
def test_a_daily_time_comes_once_a_day_all_year(zone: str) -> None:
    found = fires(source("15 7 * * *", zone), datetime(2025, 12, 31, 22, tzinfo=UTC), 366)
    days = [time.astimezone(ZoneInfo(zone)).date() for time in found]
    assert days == [days[0] + timedelta(days=n) for n in range(366)]
    assert {text.split()[1] for text in local(found, zone)} == {"07:15"}
