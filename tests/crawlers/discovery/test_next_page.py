"""The page after a page of links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.next_page import is_page_of, next_page

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
        ("/", '<a href="/index4.html">»</a><a href="/index2.html">›</a>', "/index2.html"),
        ("/index2.html", '<a href="/">1</a><a href="/index3.html">3</a>', "/index3.html"),
        ("/tag/sea.html", '<a href="/tag/sea2.html">2</a>', "/tag/sea2.html"),
        ("/index-3.html", '<a rel="next" href="/index-2.html">Older</a>', "/index-2.html"),
        ("/", '<a href="/?query-3-page=2">2</a>', "/?query-3-page=2"),
        ("/2026/10/", '<a href="/2026/11/">November</a>', None),
        ("/top-10/", '<a href="/top-10/page/2/">2</a>', "/top-10/page/2/"),
        ("/blog/", '<link rel=next href="/about/"><a href="/blog/page/2/">2</a>', "/blog/page/2/"),
        ("/blog/", '<link rel=next href="/blog/2/"><a href="/blog/page/2/">2</a>', "/blog/2/"),
        ("/news/", '<a rel="next" href="javascript:void(0)">more</a>', None),
    ],
)  # fmt: skip
def test_the_following_page(here: str, markup: str, following: str | None) -> None:
    found = next_page(f"<html><body>{markup}</body></html>".encode(), SITE + here)
    assert found == (following and SITE + following)


def test_a_page_of_a_list_is_told_from_other_addresses() -> None:
    assert is_page_of(f"{SITE}/index-1.html", f"{SITE}/")
    assert is_page_of(f"{SITE}/news/page/4/", f"{SITE}/news/page/2/")
    assert not is_page_of(f"{SITE}/news/", f"{SITE}/news/page/2/")
    assert not is_page_of(f"{SITE}/essays/page/2/", f"{SITE}/news/")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_page_is_read(html: bytes, path: str) -> None:
    next_page(html, f"{SITE}/{path}")
