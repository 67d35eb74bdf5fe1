"""What a page says of itself becomes fields, each with the place that its value comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from archive.types import Discovery
from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.fields import Context, metadata_of
from pipelines.page.html import Page, parse_html

_URL = "https://estuary.example/ports/a"


def _fields(html: str, context: Context | None = None, **page: Any) -> dict[str, Any]:
    tree = parse_html(html)
    assert tree is not None
    found = metadata_of(Page(_URL, b"", **page), declarations_of(tree, _URL), context or Context())
    assert {name for name, value in found.fields.items() if value is not None} >= {
        name for name in found.evidence if "from" in found.evidence[name]
    }
    return found.fields


@pytest.mark.parametrize(
    "html",
    [
        "<title>The Slow Ferry | The Estuary</title><meta property='og:site_name' content='The Estuary'>",
        "<title>The Slow Ferry - Essays - Elsewhere</title><h1>The Slow Ferry</h1>",
        "<meta property='og:title' content='The Slow Ferry &amp;#8211; The Estuary'><h1>The Slow Ferry</h1>",
        "<title>The Estuary</title><meta property='og:site_name' content='The Estuary'><h1>The Slow Ferry</h1>",
        '<script type="application/ld+json">{"@type": "Article", "headline": "The Slow Ferry"}</script><h1>Essays</h1>',
    ],
)
def test_the_headline_comes_without_the_sites_name(html: str) -> None:
    assert _fields(html)["headline"] == "The Slow Ferry"


@pytest.mark.parametrize(
    ("heading", "headline"),
    [
        ("What the slow ferry carries", "What the slow ferry carries"),
        ("What the s<b>low</b> ferry<br>carries", "What the slow ferry carries"),
        ("Essays", "Slow Ferry 2026: 7 Things It Carries"),
        ("A page about something else", "Slow Ferry 2026: 7 Things It Carries"),
        ("Ferry</h1><h1>Slow", "Slow Ferry 2026: 7 Things It Carries"),
    ],
    ids=["in other words", "in pieces", "one word", "of another thing", "two headings"],
)
def test_the_heading_that_readers_see_goes_before_a_title_for_machines(
    heading: str, headline: str
) -> None:
    machine = "<meta property='og:title' content='Slow Ferry 2026: 7 Things It Carries'>"
    assert _fields(f"{machine}<h1>{heading}</h1>")["headline"] == headline


def test_a_main_heading_that_names_a_part_of_the_site_is_no_headline() -> None:
    """Here a lower heading says what the page's `title` says."""
    html = "<title>The Slow Ferry</title><h1>Harbours and Ports</h1><h2>The Slow Ferry</h2>"
    assert _fields(html)["headline"] == "The Slow Ferry"


def test_the_sites_name_above_the_heading_does_not_take_its_place() -> None:
    html = "<title>The Estuary of Holm</title><h2>The Estuary of Holm</h2><h1>Slow boats</h1>"
    assert _fields(html)["headline"] == "Slow boats"


def test_a_summary_is_no_headline() -> None:
    html = (
        '<script type="application/ld+json">{"@type": "Article", "headline": "It sails at noon.", '
        '"description": "It sails at noon."}</script><h1>The Slow Ferry</h1>'
    )
    assert _fields(html)["headline"] == "The Slow Ferry"


def test_a_silent_page_takes_what_was_announced() -> None:
    announced = datetime(2026, 3, 4, 8, tzinfo=UTC)
    discovery = Discovery(source="estuary", by="feed", announced=announced, title="The Slow Ferry")
    found = _fields("<p>x</p>", Context(discovery, "The Estuary"))
    assert found["headline"] == "The Slow Ferry"
    assert found["date_published"] == found["date_announced"] == announced
    assert found["publisher"] == found["is_part_of"] == "The Estuary"


def test_an_issue_of_a_magazine_is_named() -> None:
    html = (
        '<script type="application/ld+json">{"@type": "Article", "isPartOf": '
        '{"@type": "PublicationIssue", "issueNumber": 12, "name": "Spring"}}</script>'
    )
    found = _fields(html)
    assert (found["issue_number"], found["is_part_of"]) == ("12", "Spring")


def test_addresses_are_joined() -> None:
    found = _fields(
        "<base href='/essays/'><link rel='canonical' href='../a#top'>"
        "<meta property='og:image' content='pictures/a.png'>"
        "<a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>CC BY</a>"
    )
    assert found["canonical_url"] == "https://estuary.example/a#top"
    assert found["image_url"] == "https://estuary.example/essays/pictures/a.png"
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("html", "licence"),
    [
        ("<footer>{0}</footer>", "https://creativecommons.org/licenses/by-nc/4.0/"),
        ("<p>{0} and {0}</p>", "https://creativecommons.org/licenses/by-nc/4.0/"),
        ("<figure><figcaption>By A. B., {0}</figcaption></figure>", None),
        ("<p>{0}</p><p>{1}</p>", None),
        ("<p><a href='https://creativecommons.org/about/'>Creative Commons</a></p>", None),
    ],
    ids=["once", "twice", "of a picture", "two", "no licence"],
)
def test_a_link_to_one_licence_of_creative_commons_is_that_of_the_page(
    html: str, licence: str | None
) -> None:
    links = [
        f"<a href='https://creativecommons.org/licenses/{name}/4.0/'>CC</a>"
        for name in ("by-nc", "by")
    ]
    assert _fields(f"<h1>T</h1>{html.format(*links)}").get("license") == licence


def test_an_address_that_is_none_is_left_out() -> None:
    found = _fields(
        "<link rel='canonical' href='http://['><meta property='og:image' content='data:x'>"
    )
    assert "canonical_url" not in found
    assert "image_url" not in found


def test_rights_come_from_headers_and_markup() -> None:
    html = (
        "<meta name='robots' content='noarchive'><meta name='tdm-reservation' content='1'>"
        '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": "False"}</script>'
    )
    found = _fields(html, robots="noindex")
    assert found["robots_meta"] == "noindex, noarchive"
    assert found["tdm_reservation"] is True
    assert found["is_accessible_for_free"] is False
    assert _fields(html, tdm_reservation=False)["tdm_reservation"] is False


def test_keywords_are_split_and_stand_once() -> None:
    found = _fields("<meta name='keywords' content='Ports, rail; PORTS, '>")
    assert found["keywords"] == ("Ports", "rail")
    found = _fields(
        "<link rel='tag' href='/t/ports'><p><a rel='tag' href='/t/ports'>Ports</a>"
        "<a rel='tag' href='/t/rail'>Rail</a><a rel='next tag' href='/t/cranes'>Cranes</a>"
    )
    assert found["keywords"] == ("Ports", "Rail")
