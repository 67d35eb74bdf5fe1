"""The page after a page of links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.next_page import next_page

SITE = "https://review.example"


@pytest.mark.parametrize(
    ("here", "markup", "following"),
    [
        ("/news/", '<link rel="next" href="/news/page/2/">', "/news/page/2/"),
        ("/news/", '<a rel="nofollow next" href="?paged=2">older</a>', "/news/?paged=2"),
        ("/news/", '<a href="/news/page/2/">2</a><a href="/news/page/3/">3</a>', "/news/page/2/"),
        ("/news/page/2/", '<a href="/news/page/3/">3</a>', "/news/page/3/"),
        ("/news/page/3/", '<a href="/news/page/2/">2</a><a href="/news/">1</a>', None),
        ("/news?page=4", '<a href="/news?page=5">5</a>', "/news?page=5"),
        ("/news?tag=sea&page=4", '<a href="/news?page=5">5</a>', None),
        ("/news/", '<a href="/news/Seite/2">weiter</a>', "/news/Seite/2"),
        ("/news/", '<button class="load-more" data-next-url="/news/?paged=2">more</button>', "/news/?paged=2"),
        ("/news/", '<a class="btn loadMore-posts" href="/news/page/2/">more</a>', "/news/page/2/"),
        ("/news/", '<a class="more-posts" href="#">more</a>', None),
        ("/news/", '<a href="/news/the-long-way-home/">The long way home</a>', None),
        ("/news/", '<base href="https://review.example/x/"><a rel=next href="2/">2</a>', "/x/2/"),
        ("/news/", '<a rel="next" href="javascript:void(0)">more</a>', None),
    ],
)  # fmt: skip
def test_the_following_page(here: str, markup: str, following: str | None) -> None:
    found = next_page(f"<html><body>{markup}</body></html>".encode(), SITE + here)
    assert found == (following and SITE + following)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_page_is_read(html: bytes, path: str) -> None:
    next_page(html, f"{SITE}/{path}")
