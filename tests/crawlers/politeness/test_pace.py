"""Turns at hosts: distances, rest, recovery; read with a clock that the tests drive."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from archive.source import Source
from archive.web.http import Head
from crawlers.errors import HostResting, Stopped
from crawlers.politeness.pace import (
    PATIENCE,
    Lane,
    Pace,
    host_delays,
    retry_after,
)

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def head(status: int = 200, **fields: str) -> Head:
    named = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Head("1.1", status, "", named)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("Mon, 99 Foo 2026 00:00:00 GMT", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(head(429, Retry_After=said), NOW) == seconds


def test_a_retry_after_date_is_read_against_the_servers_own_clock() -> None:
    wrong = NOW + timedelta(days=400)
    said = format_datetime(wrong + timedelta(seconds=30), usegmt=True)
    answer = head(503, Retry_After=said, Date=format_datetime(wrong, usegmt=True))
    assert retry_after(answer, NOW) == 30.0


def test_the_slower_of_two_sources_decides_for_a_host_they_share() -> None:
    fast = Source(url="http://a.example/", feeds=("http://feeds.example/a",), delay=0.5)
    slow = Source(url="http://b.example/", feeds=("http://feeds.example/b",), delay=4)
    assert host_delays([fast, slow]) == {"a.example": 0.5, "b.example": 4, "feeds.example": 4}


def test_a_host_that_no_source_names_takes_the_delay_of_who_asks() -> None:
    lane = Lane(asked=100.0)
    assert lane.next_at(delay=3) == 103
    lane.delay = 1
    assert lane.next_at(delay=3) == 101


def test_a_crawl_delay_can_only_raise_the_distance() -> None:
    lane = Lane(delay=2, asked=100.0, crawl_delay=1)
    assert lane.next_at(0) == 102
    lane.crawl_delay = 10
    assert lane.next_at(0) == 110


def test_a_strained_host_gets_more_room_each_time_and_loses_it_gently() -> None:
    lane = Lane(delay=1, asked=0.0)
    extras = []
    for _ in range(12):
        lane.strained(0.0, None)
        extras.append(lane.extra)
    assert extras[:4] == [2, 4, 8, 16]
    assert extras[-1] == 300
    eased = [lane.extra]
    while lane.extra:
        lane.eased()
        eased.append(lane.extra)
    assert eased == sorted(eased, reverse=True)
    assert 20 < len(eased) < 40


def test_a_host_without_delay_gets_room_too() -> None:
    lane = Lane(delay=0)
    lane.strained(50.0, None)
    assert lane.next_at(0) == 51


def test_a_host_rests_as_long_as_it_asks_for_and_no_shorter_than_its_added_room() -> None:
    lane = Lane(delay=1)
    lane.strained(100.0, retry_after=30)
    assert lane.rests_until == 130
    lane.strained(100.0, retry_after=0)
    assert lane.rests_until == 130


def test_who_is_to_wait_longer_than_a_run_waits_is_told_so() -> None:
    async def ask() -> None:
        pace = Pace(clock=lambda: 1000.0)
        pace.answered("a.example", head(429, Retry_After=str(int(PATIENCE) + 1)))
        async with pace.turn("a.example", 0):
            pytest.fail("the host was asked")

    with pytest.raises(HostResting, match=r"a\.example asked for 301 s of rest"):
        asyncio.run(ask())


def test_one_at_a_time_in_order_and_other_hosts_meanwhile() -> None:
    done: list[str] = []

    async def one(pace: Pace, host: str, name: str, gate: asyncio.Event) -> None:
        async with pace.turn(host, 0):
            await gate.wait()
            done.append(name)

    async def all_of_them() -> None:
        pace, shut, free = Pace(), asyncio.Event(), asyncio.Event()
        free.set()
        first = asyncio.ensure_future(one(pace, "a.example", "a1", shut))
        second = asyncio.ensure_future(one(pace, "a.example", "a2", free))
        await one(pace, "b.example", "b1", free)
        assert done == ["b1"]
        shut.set()
        await asyncio.gather(first, second)

    asyncio.run(all_of_them())
    assert done == ["b1", "a1", "a2"]


def test_closing_lets_nobody_wait_and_nobody_in() -> None:
    async def ask() -> list[BaseException | None]:
        pace = Pace()
        pace.name({"a.example": 1000})
        async with pace.turn("a.example", 0):
            pass

        async def wait() -> None:
            async with pace.turn("a.example", 0):
                pytest.fail("the host was asked")

        waiting = [asyncio.ensure_future(wait()) for _ in range(3)]
        await asyncio.sleep(0)
        pace.close()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    assert [type(error) for error in asyncio.run(ask())] == [Stopped] * 3


def test_the_distance_counts_from_when_a_request_was_sent_not_from_when_its_turn_came() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.name({"a.example": 2.0})
    lane = pace.lane("a.example")
    lane.asked = 0.0
    now[0] = 5.0  # four of these it took to connect
    pace.answered("a.example", head(200), ago=1.0)
    assert lane.next_at(0) == 6.0
