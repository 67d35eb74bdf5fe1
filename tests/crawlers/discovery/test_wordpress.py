"""WordPress's list of posts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery import Announced, Listing
from crawlers.discovery.wordpress import following, is_posts_url, posts_url, read_posts

API = "https://review.example/wp-json/"
POST = {
    "link": "https://review.example/2024/05/harbour/",
    "date_gmt": "2024-05-17T08:30:00",
    "modified_gmt": "2024-05-18T09:00:00",
    "title": {"rendered": "The harbour &amp; its <em>keepers</em>"},
}


def test_posts_have_dates_in_utc_and_titles_without_markup() -> None:
    [post] = read_posts(json.dumps([POST, {"link": 7}, 3]).encode(), posts_url(API)).entries
    assert post.url == POST["link"]
    assert post.published == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert post.modified == datetime(2024, 5, 18, 9, tzinfo=UTC)
    assert post.title == "The harbour & its keepers"


@pytest.mark.parametrize("api", [API, API.rstrip("/"), "https://review.example/?rest_route=/"])
def test_full_pages_are_followed_and_a_short_one_is_the_last(api: str) -> None:
    first = posts_url(api)
    assert is_posts_url(first)
    full = [POST | {"link": f"https://review.example/{n}"} for n in range(100)]
    second = following(first, read_posts(json.dumps(full).encode(), first))
    assert second == posts_url(api, 2)
    assert following(second, read_posts(json.dumps(full[:99]).encode(), second)) is None


def test_the_page_after_the_last_is_an_empty_listing() -> None:
    answer = {"code": "rest_post_invalid_page_number", "message": "no such page"}
    listing = read_posts(json.dumps(answer).encode(), posts_url(API, 3))
    assert (listing.kind, listing.entries, listing.problem) == ("sitemap", (), None)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"code": "rest_forbidden"}', b"[[[[[["])
def test_other_answers_are_unreadable(content: bytes) -> None:
    assert read_posts(content, posts_url(API)).kind == "unreadable"


@given(st.recursive(st.none() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.sampled_from([*POST, "rendered"]), s)))  # fmt: skip
def test_any_json_is_read(data: object) -> None:
    read_posts(json.dumps(data).encode(), posts_url(API))


def test_the_page_behind_one_of_five_thousand_digits_is_none() -> None:
    entries = tuple(Announced(f"https://a.example/{n}") for n in range(100))
    url = f"https://a.example/wp-json/wp/v2/posts?page={'9' * 5000}"
    assert following(url, Listing("sitemap", entries)) is None


def test_a_number_of_five_thousand_digits_costs_no_list_of_posts() -> None:
    content = f'[{{"id": {"9" * 5000}, "link": "https://a.example/1"}}]'.encode()
    assert [entry.url for entry in read_posts(content, "https://a.example/").entries] == [
        "https://a.example/1"
    ]
