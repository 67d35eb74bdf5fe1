"""What `status` says of a source, from its runs and the dates of its articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import InvalidSource
from archive.source import Source
from archive.state.rows import Run, now_text
from backissue.run_results import AnnouncedPages
from backissue.source_health import SourceFacts, SourceState, rhythm_of, state_of
from crawlers.sources.folder import DeclaredSources
from crawlers.sources.next_run import History

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DECLARED = DeclaredSources({"review": Source(name="review", url="http://review.example/")})


def ran(state: str, hours_ago: float = 1, detail: str | None = None) -> Run:
    started = now_text(NOW - timedelta(hours=hours_ago))
    return Run(f"r{hours_ago}", "review", None, started, started, state, detail, 9, 9, 8, 1)


def seen(*runs: Run, declared: DeclaredSources = DECLARED, **known: object) -> SourceState:
    return state_of("review", declared, SourceFacts(History(runs), **known), NOW)  # type: ignore[arg-type]


def every(days: float, count: int, newest: datetime) -> tuple[datetime, ...]:
    return tuple(newest - n * days * DAY for n in range(count))


def test_a_source_that_never_ran_is_new() -> None:
    found = seen()
    assert (found.state, found.cause, found.last_run, found.next_run) == ("new", None, None, NOW)


def test_a_source_that_runs_well_is_ok_and_says_what_it_could_not_read() -> None:
    found = seen(ran("done", detail="http://review.example/feed: the server answered 404"))
    assert found.state == "ok"
    assert found.cause == "http://review.example/feed: the server answered 404"
    assert found.next_run == NOW


def test_a_source_that_cannot_be_read_is_failing_and_says_for_how_long() -> None:
    found = seen(ran("done", 3), ran("aborted", 2), ran("lost", 1.5), ran("aborted", 1, "no host"))
    assert (found.state, found.cause) == ("failing", "3 runs in a row: no host")


def test_an_interrupted_run_is_no_failure() -> None:
    assert seen(ran("interrupted")).state == "ok"


def test_a_source_that_is_crawled_is_running_even_if_paused() -> None:
    found = seen(ran("running"), crawling=True, paused=True)
    assert (found.state, found.next_run) == ("running", None)


def test_a_paused_source_has_no_next_run() -> None:
    found = seen(ran("aborted"), paused=True)
    assert (found.state, found.next_run) == ("paused", None)


def test_a_broken_file_is_said_first() -> None:
    error = InvalidSource(Path("/l/sources/review.toml"), "url", "expected an address")
    found = seen(ran("aborted"), declared=DeclaredSources({}, {"review": error}))
    assert found.state == "broken file"
    assert found.cause == "/l/sources/review.toml: url: expected an address"


def test_a_source_without_file_is_undeclared() -> None:
    found = seen(ran("done"), declared=DeclaredSources())
    assert (found.state, found.schedule, found.next_run) == ("undeclared", None, None)


def test_pages_that_were_crawled_by_hand_are_no_alarm() -> None:
    for run in (ran("done"), ran("aborted", detail="no host")):
        found = state_of("adhoc", DECLARED, SourceFacts(History((run,))), NOW)
        assert (found.state, found.cause, found.next_run) == ("by hand", None, None)


def test_a_daily_magazine_is_silent_after_five_days_and_a_monthly_one_is_not() -> None:
    daily = seen(ran("done"), dates=every(1, 40, NOW - 5 * DAY))
    assert daily.state == "silent"
    assert daily.cause == "nothing for 5 days; it used to have 7.0 a week"
    assert seen(ran("done"), dates=every(1, 40, NOW - 4 * DAY)).state == "ok"
    assert seen(ran("done"), dates=every(12, 9, NOW - 40 * DAY)).state == "ok"
    assert seen(ran("done"), dates=every(12, 9, NOW - 60 * DAY)).state == "silent"


def test_announced_pages_that_give_no_article_come_before_the_silence_that_follows() -> None:
    empty = AnnouncedPages(6, {"shell": 6}, "http://review.example/a?b=1&c")
    found = seen(ran("done"), dates=every(1, 40, NOW - 9 * DAY), announced=empty)
    assert (found.state, found.announced_pages, found.without_article) == ("no articles", 6, 6)
    assert found.cause == (
        "6 of 6 announced pages gave no article (shell); "
        "backissue why 'http://review.example/a?b=1&c'"
    )
    assert seen(ran("aborted"), announced=empty).state == "failing"
    assert seen(ran("done"), announced=AnnouncedPages(1, {"soft404": 1}, "x")).state == "ok"


def test_new_and_expected_articles_are_those_of_seven_days() -> None:
    found = seen(ran("done"), dates=every(0.5, 200, NOW))
    assert (found.new, found.expected, found.articles) == (14, 14.0, 200)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_articles_make_no_rhythm(count: int) -> None:
    found = seen(ran("done"), dates=every(1, count, NOW - 300 * DAY))
    assert (found.state, found.expected) == ("ok", None)


def test_articles_of_one_day_are_spread_over_a_week_at_least() -> None:
    rhythm = rhythm_of([NOW] * 8)
    assert rhythm is not None
    assert rhythm.per_day == 1
