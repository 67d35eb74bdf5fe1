"""A date beside the heading dates the page: also where it is the link to the page itself."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from pipelines.extract import Context, Page, read_tree

URL = "https://review.example/2026/10/the-hedge/"
TEXT = "<p>A hedge keeps cows on one side and wheat on the other, for a few hundred years.</p>" * 4


@pytest.mark.parametrize(
    ("date", "is_own"),
    [
        ("<p>2026-10-02</p>", True),
        ("<a href='/2026/10/the-hedge/'><time datetime='2026-10-02'>2026-10-02</time></a>", True),
        (
            "<div class=article-meta><a href='/2026/10/the-hedge/'>2026-10-02</a>"
            "<div><a href='/categories/travel/'>Travel</a></div></div>",
            True,
        ),
        ("<a href='#top'>2 October 2026</a>", True),
        ("<a href='/2026/10/another/'>2026-10-02</a>", False),
        ("<a href='/2026/10/the-hedge/'>To the top of the page</a>", False),
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_a_date_beside_the_heading(date: str, is_own: bool, above: bool) -> None:
    heading = "<h1>The Hedge</h1>"
    first, second = (date, heading) if above else (heading, date)
    html = f"<html><body><article>{first}{second}<div>{TEXT}</div></article></body></html>"
    page = Page(URL, html.encode())
    read = read_tree(page, document_fromstring(html), Context(outlined=True))
    assert read.outline.own_date == is_own
