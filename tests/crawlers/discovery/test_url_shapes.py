"""Addresses into what they seem to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.url_shapes import Shapes, shape_of

SITE = "https://review.example"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/2024/05/the-long-way-home/", "/Y/M/slug/"),
        ("/2024/05/17/harbour.html", "/Y/M/D/word.html"),
        ("/essays/12345", "/word/number"),
        ("/?p=12", "/?p"),
        ("/story.php?id=7&lang=de", "/word.php?id&lang"),
        ("/kultur/der-lange-weg-nach-hause-4711.html", "/word/slug.html"),
    ],
)
def test_a_shape_keeps_what_pages_of_a_kind_share(path: str, shape: str) -> None:
    assert shape_of(SITE + path) == shape


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "listing"),
        ("/tag/harbours/", "listing"),
        ("/2024/05/", "listing"),
        ("/politics/page/2/", "listing"),
        ("/politics/?paged=3", "listing"),
        ("/index2.html", "listing"),
        ("/archives.html", "listing"),
        ("/blog/archive/2026/10.html", "listing"),
        ("/?m=202610", "listing"),
        ("/?tag=sea", "listing"),
        ("/?s=sea", "other"),
        ("/2024/05/harbour/feed/", "listing"),
        ("/about/", "other"),
        ("/wp-content/uploads/2024/05/a-photo-of-the-old-harbour.jpg", "other"),
        ("/2024/05/harbour/", "article"),
        ("/politics/the-long-way/", "unknown"),
        ("/politics/the-very-long-way-home/", "article"),
        ("/politics/", "unknown"),
    ],
)
def test_without_knowing_the_site_words_dates_and_slugs_decide(path: str, kind: str) -> None:
    assert Shapes.learn([]).judge(SITE + path).kind == kind


def test_what_a_site_calls_its_articles_is_learned() -> None:
    site = Shapes.learn(f"{SITE}/essays/{number}" for number in (17, 231, 4012))
    assert site.judge(f"{SITE}/essays/555").kind == "article"
    assert "3 articles" in site.judge(f"{SITE}/essays/555").reason
    assert site.judge(f"{SITE}/essays/").kind == "unknown"
    assert Shapes.learn([]).judge(f"{SITE}/essays/555").kind == "unknown"


def test_a_tag_stays_a_listing_whatever_was_learned() -> None:
    site = Shapes.learn(f"{SITE}/news/a-story-of-the-harbour-{n}/" for n in range(9))
    assert site.judge(f"{SITE}/tag/a-story-of-the-harbour-1/").kind == "listing"


def test_what_all_articles_share_tells_them_from_other_folders() -> None:
    site = Shapes.learn(f"{SITE}/posts/a-tale-{n}/" for n in range(3))
    site = site.with_more(f"{SITE}/posts/{name}/" for name in ("tides", "bells", "ropes"))
    assert site.judge(f"{SITE}/posts/quays/").kind == "article"
    assert site.judge(f"{SITE}/people/ada/").kind == "unknown"
    assert site.count(f"{SITE}/posts/two-tales/") == 0  # no number, no long slug
    assert site.count(f"{SITE}/posts/tale-2/") == 3


def test_a_word_for_lists_that_all_articles_have_is_none() -> None:
    site = Shapes.learn(f"{SITE}/archives/{number}" for number in (17, 231, 4012))
    assert site.judge(f"{SITE}/archives/555").kind == "article"
    assert site.judge(f"{SITE}/archives/2026/10").kind == "listing"
    assert Shapes.learn([]).judge(f"{SITE}/archives/555").kind == "listing"
    assert Shapes.learn([]).judge(f"{SITE}/archive/2026/10/a-tale/").kind == "article"


@given(st.text(max_size=60))
def test_any_path_is_judged(path: str) -> None:
    assert Shapes.learn([]).judge(f"{SITE}/{path}").reason
