from __future__ import annotations

import feedparser
import pytest
from lxml import etree

from backissue.sample.announce import FEED_LENGTH, newest
from backissue.sample.magazines import MAGAZINES, TIDELINE, TODAY, UNDERSTOREY, Magazine
from backissue.sample.pieces import load_pieces
from backissue.sample.shelf import Shelf
from backissue.sample.site import build_edition

RESOURCES = {number: build_edition(number, TODAY).resources for number in (1, 2)}
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def shelf_of(magazine: Magazine, edition: int) -> Shelf:
    return Shelf(magazine, load_pieces(magazine, edition), TODAY)


def feed_of(magazine: Magazine, edition: int = 1) -> feedparser.FeedParserDict:
    return feedparser.parse(RESOURCES[edition][magazine.host][magazine.feed_path].body)


def locations(host: str, path: str, edition: int = 1) -> dict[str, str | None]:
    tree = etree.fromstring(RESOURCES[edition][host][path].body)
    return {
        entry.findtext("s:loc", namespaces=NAMES): entry.findtext("s:lastmod", namespaces=NAMES)
        for entry in tree
    }


@pytest.mark.parametrize("magazine", MAGAZINES, ids=lambda magazine: magazine.name)
@pytest.mark.parametrize("edition", [1, 2])
def test_a_feed_lists_the_newest_pieces(magazine: Magazine, edition: int) -> None:
    feed, shelf = feed_of(magazine, edition), shelf_of(magazine, edition)
    assert not feed.bozo
    assert feed.feed.title == magazine.title
    expected = newest(shelf)
    assert [entry.link for entry in feed.entries] == [piece.announced_url for piece in expected]
    assert [entry.title for entry in feed.entries] == [piece.title for piece in expected]
    assert len(feed.entries) == min(FEED_LENGTH, len(shelf.open))
    published = [piece.date_published.utctimetuple()[:6] for piece in expected]
    assert [tuple(entry.published_parsed)[:6] for entry in feed.entries] == published
    changed = [
        (piece.date_announced if magazine is UNDERSTOREY else piece.date_modified).utctimetuple()[
            :6
        ]
        for piece in expected
    ]
    assert [tuple(entry.updated_parsed)[:6] for entry in feed.entries] == changed


def test_the_longer_magazine_has_pieces_that_only_the_sitemap_knows() -> None:
    shelf = shelf_of(TIDELINE, 1)
    assert len(shelf.open) == 11
    assert shelf.pieces[-1] not in newest(shelf)


def test_the_second_edition_puts_what_it_announces_first() -> None:
    assert feed_of(UNDERSTOREY, 2).entries[0].title == "The Wood That Was a Car Park"
    assert feed_of(UNDERSTOREY, 2).entries[1].title == "Bread for a Cold Kitchen"
    assert feed_of(TIDELINE, 2).entries[0].title == "A Village Votes to Move Its Road"
    assert feed_of(TIDELINE, 2).entries[1].title == "The Night the Dredger Found a Street"


def test_the_wordpress_index_leads_to_every_piece() -> None:
    index = locations(TIDELINE.host, TIDELINE.sitemap_path)
    assert all(index.values())
    listed: dict[str, str | None] = {}
    for url in index:
        listed |= locations(TIDELINE.host, url.removeprefix("http://tideline.example"))
    for piece in shelf_of(TIDELINE, 1).pieces:
        assert listed[piece.announced_url] == piece.date_touched.isoformat()


def test_the_plain_sitemap_lists_even_the_forbidden_piece() -> None:
    listed = locations(UNDERSTOREY.host, UNDERSTOREY.sitemap_path)
    pieces = shelf_of(UNDERSTOREY, 1).pieces
    assert {piece.announced_url for piece in pieces} <= listed.keys()
    assert any(piece.forbidden for piece in pieces)


@pytest.mark.parametrize("magazine", MAGAZINES, ids=lambda magazine: magazine.name)
def test_robots_names_the_sitemap_and_closes_the_private_part(magazine: Magazine) -> None:
    lines = RESOURCES[1][magazine.host]["/robots.txt"].body.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /private/" in lines
    assert f"Sitemap: {magazine.sitemap_url}" in lines
    assert not any(line.startswith("Crawl-delay") for line in lines)
