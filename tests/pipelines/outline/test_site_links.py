"""The key of a link is the one that the tables have, by whichever way it is found."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.surt import url_surtkey
from pipelines.outline.site_links import SiteLinks

PAGES = (
    "https://review.example/2026/tides/",
    "http://127.0.0.1:8201/a.html",
    "http://www.b.example/",
)
PARTS = st.sampled_from(
    ["a", "tides", "index.html", "B", "x.y", "..", ".", "", "%C3%A9", "é", "a-b"]
)
TAILS = st.sampled_from(["", "/", "?p=2", "?utm_source=x", "#top", ";jsessionid=12"])


@given(
    page=st.sampled_from(PAGES), parts=st.lists(PARTS, max_size=4), tail=TAILS, whole=st.booleans()
)
def test_a_key_is_that_of_the_address(page: str, parts: list[str], tail: str, whole: bool) -> None:
    href = "/" + "/".join(parts) + tail
    if href.startswith("//"):
        return
    href = urljoin(page, "/") + href[1:] if whole else href
    own, wanted = url_surtkey(page), url_surtkey(urljoin(page, href.partition("#")[0]))
    found = SiteLinks(own, page).key_of(href)
    assert found == (wanted if wanted != own else None)


@pytest.mark.parametrize(
    "href",
    ["", "#top", "https://other.example/a", "mailto:a@b.example", "javascript:void(0)", "//c/"],
)
def test_what_is_no_other_page_of_the_site_has_no_key(href: str) -> None:
    page = "https://review.example/a"
    assert SiteLinks(url_surtkey(page), page).key_of(href) is None


def test_a_link_is_relative_to_its_page() -> None:
    page = "https://review.example/2026/tides/"
    assert SiteLinks(url_surtkey(page), page).key_of("../moon") == "example,review)/2026/moon"


@pytest.mark.parametrize("page", ["http://[::1/x", "http://℀.example/a", ""])
def test_a_page_at_an_odd_address_leads_nowhere_and_raises_nothing(page: str) -> None:
    assert SiteLinks("", page).key_of("[") is None
