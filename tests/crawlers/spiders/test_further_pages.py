"""Which pages are parsed for a next page: those whose markup has an address that may be of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.html_pages import declared_page, parse_page
from crawlers.spiders.further_pages import further_page, may_lead_on
from pipelines.metadata.links import following_page

SITE = "https://review.example"
NUMBERS = ("2", "02", "3", "4", "12", "all", "full", "ALL", "")
PARTS = (
    "",
    "/",
    "?page=",
    "?p=",
    "/page/",
    "/p",
    "?a=1&amp;pg=",
    "&#x3F;page&#x3D;",
    "?view=",
    "x",
)
QUOTES = ('"', "'", "")


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/essay/2">2</a>',
        "<a href=/essay/2/#text>2</a>",
        "<a HREF='?page=2'>2</a>",
        '<a href = "/essay?a=1&amp;page=2">2</a>',
        '<a href="/essay&#x3F;page&#x3D;2">2</a>',
        '<a href="/essay?view=all">whole</a>',
        '<link rel="next" href="/essay/page/2">',
    ],
)
def test_a_page_that_may_have_a_next_one_is_parsed(markup: str) -> None:
    assert may_lead_on(markup.encode(), f"{SITE}/essay")


@pytest.mark.parametrize(
    "markup",
    ["", "<p>2</p>", '<a href="/essay/12">12</a>', '<a href="/2026/05/">May</a> page=2 /all'],
)
def test_a_page_without_such_an_address_is_not(markup: str) -> None:
    assert not may_lead_on(markup.encode(), f"{SITE}/essay")


def test_a_page_in_utf_16_is_read() -> None:
    markup = '<a href="/essay/2">2</a>'.encode("utf-16")
    assert further_page(markup, f"{SITE}/essay", "text/html") == f"{SITE}/essay/2"


@given(
    st.sampled_from(("/essay", "/essay/", "/essay/2", "/essay?page=3", "/2026/05/")),
    st.lists(
        st.tuples(
            st.sampled_from(QUOTES), st.sampled_from(("", "/essay", "essay", f"{SITE}/essay")),
            st.sampled_from(PARTS), st.sampled_from(NUMBERS), st.sampled_from(("", "/", "#x", " ")),
        ),
        max_size=4,
    ),
)  # fmt: skip
def test_it_finds_what_the_parsed_page_has(
    here: str, links: list[tuple[str, str, str, str, str]]
) -> None:
    markup = " ".join(
        f"<a href={quote}{''.join(rest)}{quote}>link</a>" for quote, *rest in links
    ).encode()
    tree = parse_page(declared_page(markup, None))
    wanted = None if tree is None else following_page(tree, SITE + here)
    assert further_page(markup, SITE + here) == wanted
