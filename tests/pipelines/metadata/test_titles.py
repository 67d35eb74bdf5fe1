"""The headline is the article's, whole and without its site; another title is kept beside it."""

from __future__ import annotations

import pytest

from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.fields import Context, metadata_of
from pipelines.page.html import Page, parse_html

_URL = "https://www.estuary-review.example/ports/2026/slow-ferry"
_SITE = "<meta property='og:site_name' content='The Estuary Review'>"
_PROSE = (
    "<p>"
    + "The last ferry of the season tied up on a Sunday, and nobody on the quay seemed to notice. "
    * 2
    + "</p>"
)


def _titles(head: str, body: str, url: str = _URL) -> tuple[str | None, str | None]:
    tree = parse_html(f"<html><head>{head}</head><body>{body}{_PROSE * 3}</body></html>")
    assert tree is not None
    fields = metadata_of(Page(url, b""), declarations_of(tree, url), Context()).fields
    return fields.get("headline"), fields.get("alternative_headline")


@pytest.mark.parametrize(
    "title",
    [
        "A Slow Ferry to Holm | The Estuary Review",
        "A Slow Ferry to Holm : The Estuary Review",
        "A Slow Ferry to HolmㅣThe Estuary Review",
        "A Slow Ferry to Holm · The Estuary Review",
        "A Slow Ferry to Holm » The Estuary Review",
        "A Slow Ferry to Holm « The Estuary Review",
        "A Slow Ferry to Holm — Estuary Review",
        "A Slow Ferry to Holm ~ the estuary review",
        "A Slow Ferry to Holm -Ports | The Estuary Review",
        "A Slow Ferry to Holm - Ports - The Estuary Review",
        "A Slow Ferry to Holm | estuary-review.example",
        "The Estuary Review: A Slow Ferry to Holm",
        "The Estuary Review | A Slow Ferry to Holm",
        "Estuary Review » A Slow Ferry to Holm",
        "A Slow Ferry to Holm | TER",
        "A Slow Ferry to Holm ❘ The Estuary Review",
        "A Slow Ferry to Holm (The Estuary Review)",
        "The Estuary Review | Ports | A Slow Ferry to Holm",
        "[Ports] A Slow Ferry to Holm » The Estuary Review",
    ],
)
def test_the_name_of_the_site_is_cut_off(title: str) -> None:
    assert _titles(f"{_SITE}<title>{title}</title>", "") == ("A Slow Ferry to Holm", None)


@pytest.mark.parametrize(
    ("title", "site", "headline"),
    [
        ("慢船_港口日报", "港口日报", "慢船"),
        ("慢船——记一艘渡轮-港口日报", "港口日报", "慢船——记一艘渡轮"),
        ("遅い船｜港新聞", "港新聞", "遅い船"),
        ("느린 배ㅣ항구신문", "항구신문", "느린 배"),
        ("Медленный паром :: Портовая газета", "Портовая газета", "Медленный паром"),
        ("عبّارة بطيئة | جريدة الميناء", "جريدة الميناء", "عبّارة بطيئة"),
    ],
)
def test_in_other_scripts(title: str, site: str, headline: str) -> None:
    head = f"<meta property='og:site_name' content='{site}'><title>{title}</title>"
    assert _titles(head, "") == (headline, None)


@pytest.mark.parametrize(
    "title",
    [
        "Ferries: a slow way to Holm",
        "Slow boats – and slower harbours",
        "Holm - Kiel by night",
        "The Estuary at Night: A Review",
        "What is a ferry | and what is none",
    ],
)
def test_no_part_of_a_title_is_cut_off(title: str) -> None:
    assert _titles(f"{_SITE}<title>{title}</title>", "")[0] == title


@pytest.mark.parametrize(
    "masthead",
    [
        "<header><h1><a href='/'>Harbours and Tides</a></h1></header>",
        "<header><h1>Harbours and Tides</h1></header>",
        "<div id='top'><h1>The Estuary Review</h1></div>",
        "<div><h1>Harbours and Tides</h1></div><h2>A Slow Ferry to Holm</h2>",
        "<div class='brand'><h1>Harbours and Tides</h1></div><article><p>It sails.</p></article>",
    ],
)
def test_a_masthead_is_no_headline(masthead: str) -> None:
    head = (
        f"{_SITE}<title>A Slow Ferry to Holm</title>"
        "<meta property='og:title' content='A Slow Ferry to Holm'>"
    )
    assert _titles(head, masthead) == ("A Slow Ferry to Holm", None)


def test_of_several_main_headings_it_is_that_which_the_page_declares() -> None:
    body = "<h1>Harbours</h1><article><h1>A Slow Ferry</h1></article><h1>Most read</h1>"
    assert _titles("<title>A Slow Ferry</title>", body)[0] == "A Slow Ferry"


@pytest.mark.parametrize(
    ("heading", "headline"),
    [
        ("The 19<sup>th</sup> Pier", "The 19th Pier"),
        ("A room of 100 m<sup>2</sup>", "A room of 100 m²"),
        ("A pier<sup><a href='#n1'>1</a></sup> of wood", "A pier of wood"),
        ("<ruby>港<rt>みなと</rt></ruby>の朝", "港の朝"),
        ("<ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>の朝", "港の朝"),
        ("<img src='t.png' alt='T'>he slow pier", "The slow pier"),
        ("Slow pier <img src='b.png' alt='🚢' class='emoji'>", "Slow pier 🚢"),
        ("<img src='a.png' alt='The slow pier'>", "The slow pier"),
        ("<span>The slow</span><br>pier", "The slow pier"),
    ],
)
def test_what_a_heading_shows(heading: str, headline: str) -> None:
    assert _titles("<title>x</title>", f"<article><h1>{heading}</h1></article>")[0] == headline


@pytest.mark.parametrize(
    "heading",
    [
        "A Slow Ferry <small>How a boat became a barn</small>",
        "A Slow Ferry<span class='sub'>How a boat became a barn</span>",
        "<time>5 March</time> A Slow Ferry",
    ],
)
def test_a_subtitle_is_no_part_of_it(heading: str) -> None:
    assert _titles("<title>A Slow Ferry</title>", f"<h1>{heading}</h1>")[0] == "A Slow Ferry"


@pytest.mark.parametrize(
    ("head", "heading", "alternative"),
    [
        ("<meta property='og:title' content='How boats become barns'>", "A slow ferry", "How boats become barns"),
        ("<title>How a slow ferry became a barn | The Estuary Review</title>", "A slow ferry", "How a slow ferry became a barn"),
        ("<meta property='og:title' content='A SLOW FERRY!'>", "A slow ferry", None),
        ("<meta property='og:title' content='A slow ferry | The Estuary Review'>", "A slow ferry", None),
        ("<meta property='og:title' content='A slow ferry - Ports'>", "A slow ferry", None),
        ("<meta property='og:title' content='“A slow ferry”'>", "A slow ferry", None),
        ("<meta property='og:title' content='Boats &amp; barns'>", "Boats and barns", None),
        ("<meta property='og:title' content='The Estuary Review'>", "A slow ferry", None),
        ("<meta property='og:title' content='A slow…'>", "A slow ferry", None),
    ],
)  # fmt: skip
def test_another_title_is_kept_where_it_says_something_else(
    head: str, heading: str, alternative: str | None
) -> None:
    found = _titles(_SITE + head, f"<article><h1>{heading}</h1></article>")
    titles = [title for title in found if title]
    assert heading in titles
    assert [title for title in titles if title != heading] == [alternative] * bool(alternative)


def test_broken_letters_are_mended_where_the_page_shows_the_right_ones() -> None:
    broken = "<meta property='og:title' content='The captainâ\x80\x99s café'>"
    assert _titles(broken, "<h1>The captain’s café</h1>")[0] == "The captain’s café"
    broken = "<meta property='og:title' content='CafÃ© Holm'>"
    assert _titles(broken, "<p>In the Café it is warm.</p>")[0] == "Café Holm"
    assert _titles(broken, "<p>In the house it is warm.</p>")[0] == "CafÃ© Holm"


def test_a_title_that_is_cut_off_is_found_whole() -> None:
    whole = "What a ferry carries in the winter months when nobody travels, and what it leaves behind at the quay"
    script = f'{{"@type": "Article", "headline": "{whole[:92]}"}}'
    head = f'<script type="application/ld+json">{script}</script><title>{whole}</title>'
    assert _titles(head, "") == (whole, None)


def test_a_page_whose_summary_repeats_its_title_has_a_headline() -> None:
    head = "<title>A slow ferry</title><meta name='description' content='A slow ferry'>"
    assert _titles(head, "<h1>A slow ferry</h1>") == ("A slow ferry", None)


@pytest.mark.parametrize(
    "top",
    [
        "<hgroup><h1><a href='https://quay.example/'>The Estuary Papers</a></h1></hgroup>",
        "<h1 class='top'><a href='/'>The Estuary Papers</a></h1>",
        "<div class='site-title'><a rel='home' href='/en/'>The Estuary Papers</a></div>",
        "<a class='navbar-brand' href='../../'>The Estuary Papers</a>",
    ],
)
@pytest.mark.parametrize(
    "title",
    ["The Estuary Papers - A Slow Ferry to Holm", "A Slow Ferry to Holm – The Estuary Papers"],
)
def test_the_name_at_the_top_of_the_page_is_that_of_the_site(top: str, title: str) -> None:
    body = f"<header>{top}</header><article><h2>A Slow Ferry to Holm</h2>"
    found = _titles(f"<title>{title}</title>", body, "https://quay.example/2026/slow-ferry")
    assert found == ("A Slow Ferry to Holm", None)
