"""Why a declared source has not asked for a URL that was never seen."""

from __future__ import annotations

from datetime import date

import pytest

from archive.library import Library
from archive.source import ArticleRules, Source
from archive.state.host_notes import RobotsNote, put_robots
from archive.state.rows import Run, now_text
from backissue.explanation.rules import Cover, covers

URL = "https://review.example/2019/05/a-long-walk-home/"
FEED = ("https://review.example/feed/",)


def declared(**fields: object) -> Source:
    return Source(url="https://review.example/", name="review", **fields)  # type: ignore[arg-type]


def cover(library: Library, source: Source, url: str = URL) -> Cover:
    (found,) = covers(library, library.state, [source], url)
    return found


@pytest.fixture
def ran(library: Library) -> Library:
    """A library in which the source has run."""
    library.state.put_runs([Run("r1", "review", None, now_text(), now_text(), "done", None)])
    return library


def test_a_source_of_another_domain_does_not_cover_it(library: Library) -> None:
    elsewhere = Source(url="https://other.example/", name="other")
    assert list(covers(library, library.state, [elsewhere], URL)) == []


def test_a_source_that_never_ran_says_so(library: Library) -> None:
    assert cover(library, declared()).reason == "new"


def test_a_declared_place_is_no_article(ran: Library) -> None:
    found = cover(ran, declared(feeds=FEED), "http://www.review.example/feed/")
    assert (found.reason, "a feed of review" in found.words) == ("seed", True)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (ArticleRules(deny=("/tag/", "/2019/")), "`article.deny` of review keeps it out: /2019/"),
        (ArticleRules(allow=("/essays/",)), "nothing in `article.allow` of review matches it"),
    ],
)
def test_the_rule_that_keeps_it_out_is_named(ran: Library, rules: ArticleRules, words: str) -> None:
    found = cover(ran, declared(article=rules))
    assert (found.reason, found.words) == ("denied", words)


def test_a_date_in_the_address_may_be_too_early(ran: Library) -> None:
    assert cover(ran, declared(since=date(2020, 1, 1))).reason == "before_since"
    assert cover(ran, declared(since=date(2019, 5, 1), feeds=FEED)).reason == "not_announced"


def test_what_robots_txt_said_counts_while_it_is_obeyed(ran: Library) -> None:
    content = b"User-agent: *\nDisallow: /2019/\n"
    put_robots(ran.state, RobotsNote("https://review.example", 200, content, now_text()))
    assert cover(ran, declared()).reason == "robots"
    assert cover(ran, declared(), URL.replace("2019", "2020")).reason == "not_announced"


def test_a_link_that_does_not_look_like_an_article_is_not_followed(ran: Library) -> None:
    found = cover(ran, declared(sections=("/essays/",)), "https://review.example/tag/walks/")
    assert (found.reason, "/tag/ in its path" in found.words) == ("shape", True)
    assert cover(ran, declared(feeds=FEED), "https://review.example/x").reason == "not_announced"


def test_a_pause_and_a_run_that_goes_on_are_told(library: Library) -> None:
    library.state.pause(["review"])
    library.state.put_runs([Run("r1", "review", None, now_text(), None, "running", None)])
    found = cover(library, declared(feeds=FEED))
    assert (found.paused, found.running) == (True, True)
