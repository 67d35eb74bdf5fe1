"""All that is known of a URL into one answer; nothing is read for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.state.rows import Visit, now_text
from archive.tables.url_history import FoundArticle, UrlHistory
from archive.types import Row
from backissue.explanation.answer import answer, next_look
from backissue.explanation.facts import Facts
from backissue.explanation.rules import Cover

URL = "https://review.example/a"
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HEADLINE = {"article_id": "abc", "headline": "On ferries", "version": 2, "url": URL}
ARTICLE = FoundArticle(HEADLINE | {"completeness": "full", "evidence": None}, 2)


def visited(outcome: str, verdict: str | None = None, minutes: int = 0) -> Row:
    time = NOW - timedelta(days=1) + timedelta(minutes=minutes)
    known: dict[str, Any] = {"detail": None, "source": "review", "fetch_time": time}
    return known | {"outcome": outcome, "verdict": verdict, "article_id": None}


def facts(*visits: Row, **more: Any) -> Facts:
    return Facts(URL, (UrlHistory(URL, "example,review)/a", visits, ()),), **more)


def visit(outcome: str = "fetched", hours: float = 0.5) -> Visit:
    time = now_text(NOW - timedelta(hours=hours))
    return Visit("review", "example,review)/a", URL, outcome, time, time, None)


def test_an_article_comes_before_what_became_of_the_last_request() -> None:
    found = answer(facts(visited("error:http_500"), articles=(ARTICLE,)))
    assert (found.kind, found.next) == ("article", ("backissue show abc",))
    assert found.because == "it is version 2 of the article “On ferries” (abc)"


def test_a_later_page_names_the_article_that_it_is_part_of() -> None:
    first = replace(ARTICLE, newest=ARTICLE.newest | {"url": f"{URL}/first"})
    found = answer(facts(visited("fetched", "page_of"), articles=(first,)))
    assert (found.kind, f"its address is {URL}/first" in found.evidence) == ("page_of", True)


def test_what_it_repeats_and_what_was_put_aside_are_told() -> None:
    copy = replace(ARTICLE, duplicate_of="xyz", similarity=0.934)
    found = answer(facts(visited("fetched", "worse"), articles=(copy,)))
    assert "it repeats the article xyz (93% of its words)" in found.evidence
    assert "the newest capture of it: less of a known article" in found.evidence[-1]


def test_a_withdrawn_article_says_what_it_proved_to_be() -> None:
    found = answer(facts(articles=(replace(ARTICLE, withdrawn="list"),)))
    assert found.kind == "withdrawn"
    assert found.because.endswith("and was withdrawn: a list of other pages")


def test_a_wall_names_what_lets_a_reader_in() -> None:
    walled = replace(ARTICLE, newest=ARTICLE.newest | {"completeness": "paywall"})
    assert "`headers`" in answer(facts(articles=(walled,))).next[-1]


@pytest.mark.parametrize(
    ("outcome", "kind", "following"),
    [
        ("robots", "kept_out", "nothing: robots.txt is obeyed"),
        ("denied", "kept_out", "change `article` in sources/review.toml"),
        ("before_since", "kept_out", "change `since` in sources/review.toml"),
        ("budget", "kept_out", "the next run asks for it"),
        ("off_scope", "kept_out", f"it alone: backissue crawl {URL}"),
        ("error:http_404", "failed", "no run asks again"),
        ("error:timeout", "failed", "the next run asks again"),
        ("error:private_address", "failed", "crawl it with --allow-private"),
        ("redirected", "redirected", f"backissue crawl {URL}"),
    ],
)
def test_each_outcome_says_what_can_be_done(outcome: str, kind: str, following: str) -> None:
    found = answer(facts(visited(outcome)))
    assert (found.kind, found.next[0].startswith(following)) == (kind, True)


def test_a_request_counts_more_than_a_rule_by_which_another_source_did_not_ask() -> None:
    found = answer(facts(visited("fetched", "not_article:shell"), visited("off_scope", minutes=5)))
    assert found.because == "it is no article: a page without text, which only a script would fill"


def test_what_the_tables_lack_waits_for_its_run_or_for_publish() -> None:
    waiting = facts(unpublished=(visit(),))
    assert answer(waiting).next == ("backissue publish",)
    going = answer(replace(waiting, running=frozenset({"review"})))
    assert ("the run goes on" in going.because, "wait" in going.next[0]) == (True, True)


def test_of_several_sources_the_likeliest_speaks_first() -> None:
    covers = (Cover("b", "denied", "b keeps it out"), Cover("a", "not_announced", "a: nothing"))
    found = answer(facts(covers=covers))
    assert (found.kind, found.evidence) == ("not_announced", ("b keeps it out",))


def test_a_paused_source_is_resumed_and_a_run_is_waited_for() -> None:
    cover = Cover("a", "new", "a has not run", paused=True)
    assert answer(facts(covers=(cover,))).next == ("backissue resume a", "backissue crawl a")
    going = answer(facts(covers=(replace(cover, running=True),)))
    assert going.next == ("a run of a goes on: wait for its end",)


def test_nothing_known_is_said_plainly() -> None:
    assert answer(facts()).kind == "unknown"


def test_the_next_look_follows_from_the_age_of_the_page() -> None:
    cover = (Cover("review", "not_announced", ""),)
    soon = next_look(facts(covers=cover, known_visits=(visit(),)), NOW)
    assert soon == "not before 2026-11-24 06:30 UTC, or where a listing gives a newer date for it"
    due = next_look(facts(covers=cover, known_visits=(visit(hours=2),)), NOW)
    assert due is not None
    assert due.startswith("with the next run")
    assert next_look(facts(known_visits=(visit(),)), NOW) is None
