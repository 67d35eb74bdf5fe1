"""What is fetched now, and what waits."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from archive.source import ArticleRules, Source
from archive.state.rows import Visit, now_text
from crawlers.discovery import Announced
from crawlers.discovery.leads import refused_by_rules
from crawlers.frontier import AGES, is_due, look_again

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = "https://review.example/2026/10/tides/"


def visit(
    outcome: str = "fetched",
    *,
    ago: timedelta,
    unchanged: timedelta = timedelta(0),
    announced: datetime | None = None,
) -> Visit:
    fetched = NOW - ago
    return Visit(
        "review",
        "k",
        URL,
        outcome,
        now_text(fetched),
        now_text(fetched - unchanged),
        json.dumps({"feed": now_text(announced)}) if announced else None,
    )


def test_a_new_address_is_due() -> None:
    assert is_due(None, Announced(URL), "feed", NOW)


@pytest.mark.parametrize("outcome", ["error:timeout", "error:http_500", "robots"])
def test_what_failed_is_due_again(outcome: str) -> None:
    assert is_due(visit(outcome, ago=timedelta(minutes=1)), Announced(URL), "feed", NOW)


def test_what_was_fetched_lately_is_not_due() -> None:
    assert not is_due(visit(ago=timedelta(minutes=59)), Announced(URL), "feed", NOW)
    assert is_due(visit(ago=timedelta(minutes=61)), Announced(URL), "feed", NOW)


def test_what_did_not_change_for_long_waits_longer() -> None:
    ages = [visit(ago=timedelta(0), unchanged=age - timedelta(seconds=1)) for age in AGES]
    assert [look_again(one) for one in ages] == [NOW + age for age in AGES]
    old = visit(ago=timedelta(days=2), unchanged=timedelta(days=3))
    assert not is_due(old, Announced(URL), "feed", NOW)


def test_what_was_the_same_for_a_month_is_asked_for_no_more() -> None:
    said = NOW - timedelta(days=950)
    old = visit(ago=timedelta(days=900), unchanged=timedelta(days=31), announced=said)
    assert look_again(old) is None
    assert not is_due(old, Announced(URL, modified=said), "feed", NOW)
    assert is_due(old, Announced(URL, modified=NOW), "feed", NOW)


@pytest.mark.parametrize("outcome", ["error:http_404", "error:http_410", "error:http_403"])
def test_what_is_not_there_is_asked_for_less_and_less(outcome: str) -> None:
    gone = visit(outcome, ago=timedelta(minutes=59))
    assert not is_due(gone, Announced(URL), "feed", NOW)
    assert is_due(visit(outcome, ago=timedelta(minutes=61)), Announced(URL), "feed", NOW)
    long = visit(outcome, ago=timedelta(days=1), unchanged=timedelta(days=8))
    assert not is_due(long, Announced(URL), "feed", NOW)


def test_a_newer_announcement_makes_it_due_at_once() -> None:
    seen = NOW - timedelta(days=9)
    before = visit(ago=timedelta(minutes=5), announced=seen)
    assert not is_due(before, Announced(URL, modified=seen), "feed", NOW)
    assert is_due(before, Announced(URL, modified=seen + timedelta(days=1)), "feed", NOW)


def test_another_kind_of_listing_does_not_make_it_due_by_an_older_date() -> None:
    seen = NOW - timedelta(days=9)
    before = visit(ago=timedelta(minutes=5), announced=seen)
    later = Announced(URL, modified=seen + timedelta(days=1))
    assert not is_due(before, later, "sitemap", NOW)


def test_a_date_in_the_future_is_not_believed() -> None:
    before = visit(ago=timedelta(minutes=5))
    assert not is_due(before, Announced(URL, modified=NOW + timedelta(days=1)), "feed", NOW)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (Announced(URL), None),
        (Announced("https://news.review.example/x"), None),
        (Announced("https://elsewhere.example/x"), "off_scope"),
        (Announced("https://review.example/tag/tides/"), "denied"),
        (Announced(URL, published=datetime(2019, 12, 31, tzinfo=UTC)), "before_since"),
        (Announced(URL, published=datetime(2020, 1, 1, tzinfo=UTC)), None),
    ],
)
def test_the_rules_of_a_source_keep_out_what_they_say(
    found: Announced, outcome: str | None
) -> None:
    source = Source(
        url="https://review.example/", article=ArticleRules(deny=("/tag/",)), since=date(2020, 1, 1)
    )
    assert refused_by_rules(source, found) == outcome
