"""What a reader, or an extractor, meets on the pages of the two themes."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from backissue.sample import Piece
from backissue.sample.magazines import BRANCHLINE, TIDELINE, TODAY, UNDERSTOREY
from backissue.sample.site import build_edition

EDITION = build_edition(2, TODAY)
IDS = [piece.slug[:24] for piece in EDITION.pieces]
TIDELINE_PIECES = [piece for piece in EDITION.pieces if piece.magazine is TIDELINE]
DEAD = {
    "http://tideline.example/press-kit/",
    "http://understorey.example/back-issues",
    "http://branchline.example/timetable-club/",
}


def page_of(piece: Piece) -> str:
    return EDITION.resources[piece.magazine.host][piece.path].body.decode()


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def texts_of(tree: html.HtmlElement) -> list[str]:
    """The text of each element that can be a block, without the marks of notes."""
    body = tree.xpath(
        '//*[contains(@class, "td-post-content") or contains(@class, "entry-content") or @itemprop="articleBody" or @role="doc-endnotes"]'
    )
    for part in body:
        for mark in part.xpath('.//sup | .//a[@aria-label="Back"]'):
            mark.drop_tree()
    elements = [e for part in body for e in part.xpath(".//p | .//h2 | .//li | .//pre")]
    rows = [e for part in body for e in part.xpath(".//tr")]
    return [words_of(e) for e in elements] + [" | ".join(map(words_of, row)) for row in rows]


@pytest.mark.parametrize("piece", EDITION.pieces, ids=IDS)
def test_a_page_holds_each_block_of_the_true_text(piece: Piece) -> None:
    tree = html.document_fromstring(page_of(piece))
    texts = texts_of(tree)
    missing = [b.text for b in piece.blocks if " ".join(b.text.split()) not in texts]
    assert missing == []
    assert [words_of(title) for title in tree.xpath("//h1")] == [piece.title]


@pytest.mark.parametrize("piece", EDITION.pieces, ids=IDS)
def test_a_page_is_well_formed(piece: Piece) -> None:
    page = page_of(piece)
    assert "$" not in page.replace("US$", "")
    for tag in ("div", "article", "section", "ul", "ol", "li", "p", "blockquote", "figure", "form"):
        assert page.count(f"<{tag}>") + page.count(f"<{tag} ") == page.count(f"</{tag}>"), tag
    ids = html.document_fromstring(page).xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("piece", TIDELINE_PIECES, ids=lambda piece: piece.slug[:24])
def test_the_tagdiv_pages_bury_the_article_in_clutter(piece: Piece) -> None:
    text = words_of(html.document_fromstring(page_of(piece)).body)
    for phrase in (
        "Monday, June 22, 2026",
        "Top 5 This Week",
        "Popular Articles",
        "Related Posts",
        "LEAVE A REPLY",
        "Please enter your comment!",
        "Please enter your name here",
        "- Advertisement -",
        "Get the Friday letter",
        piece.comments[0][1],
    ):
        assert phrase in text
        assert phrase not in piece.true_text


def test_a_tagdiv_page_has_the_structure_of_the_theme() -> None:
    tree = html.document_fromstring(page_of(TIDELINE_PIECES[0]))
    classes = {name for value in tree.xpath("//@class") for name in value.split()}
    assert {
        "td-post-content",
        "tagdiv-type",
        "td_block_wrap",
        "tdb_single_content",
        "td-module-title",
        "tdb-template",
        "tdb_breadcrumbs",
        "tdb_single_next_prev",
        "tdb_single_author_box",
        "comment-respond",
        "td_pull_quote",
        "td-a-rec",
    } <= classes


@pytest.mark.parametrize("piece", TIDELINE_PIECES, ids=lambda piece: piece.slug[:24])
def test_a_tagdiv_page_describes_itself(piece: Piece) -> None:
    tree = html.document_fromstring(page_of(piece))
    (graph,) = map(json.loads, tree.xpath('//script[@type="application/ld+json"]/text()'))
    news = next(node for node in graph["@graph"] if node["@type"] == "NewsArticle")
    assert news["headline"] == piece.title
    assert [author["name"] for author in news["author"]] == list(piece.authors)
    assert news["datePublished"] == piece.date_published.isoformat()
    assert news["dateModified"] == piece.date_modified.isoformat()
    assert tree.xpath('//link[@rel="canonical"]/@href') == [piece.url]
    assert tree.xpath('//meta[@property="article:tag"]/@content') == list(piece.keywords)
    assert tree.get("lang") == piece.language


def test_the_plain_pages_have_their_own_ways() -> None:
    piece = next(p for p in EDITION.pieces if p.slug == "the-hedge-is-a-slow-machine")
    page = page_of(piece)
    tree = html.document_fromstring(page)
    assert "ld+json" not in page
    assert "More from this issue" in page
    assert len(tree.xpath('//*[@role="doc-endnotes"]//li')) == 2
    assert len(tree.xpath('//*[@class="cookie-notice"]')) == 1
    assert len(tree.xpath('//*[@itemprop="articleBody"]//*[@class="sign-up"]')) == 1
    assert len(tree.xpath('//details//*[@class="reader"]')) == len(piece.comments)
    assert tree.xpath('//*[@itemprop="author"]//*[@itemprop="name"]/text()') == list(piece.authors)
    assert tree.xpath('//*[@itemprop="datePublished"]/@datetime') == [
        piece.date_published.isoformat()
    ]


def test_the_forbidden_piece_is_linked_from_the_home_page_and_stands_in_no_feed() -> None:
    (piece,) = (piece for piece in EDITION.pieces if piece.forbidden)
    resources = EDITION.resources[UNDERSTOREY.host]
    assert f'href="{piece.path}"'.encode() in resources["/"].body
    assert piece.path.encode() not in resources["/atom.xml"].body


def test_the_day_in_the_header_is_the_one_handed_in() -> None:
    path = TIDELINE_PIECES[-1].path
    page = build_edition(1, date(2027, 1, 1)).resources[TIDELINE.host][path].body
    assert b"Friday, January 1, 2027" in page


def test_every_link_leads_somewhere_but_for_one_on_each_site() -> None:
    found = set()
    for host, resources in EDITION.resources.items():
        for path, resource in resources.items():
            if resource.content_type.startswith("text/html") and resource.body:
                tree = html.document_fromstring(resource.body)
                links = tree.xpath("//a/@href | //link/@href | //img/@src | //script/@src")
                found |= {urljoin(f"http://{host}{path}", link) for link in links}
    pages = {url for url in found if url.startswith("http")}
    assert {urlsplit(url).netloc for url in pages} == {
        TIDELINE.host,
        UNDERSTOREY.host,
        BRANCHLINE.host,
    }
    dead = {
        url for url in pages if urlsplit(url).path not in EDITION.resources[urlsplit(url).netloc]
    }
    assert dead == DEAD
