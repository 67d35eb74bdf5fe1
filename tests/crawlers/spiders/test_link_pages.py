from __future__ import annotations

from collections import Counter

from archive.source import Source
from crawlers.discovery.html_pages import MAX_TAGS, links, parse_page
from crawlers.discovery.page_links import page_links
from crawlers.discovery.url_shapes import Shapes
from crawlers.spiders.link_pages import LinkPageTask, PageOfLinks, ReadLinkPage, read_link_page

FRONT = "https://review.example/"
PAGE = (
    '<html><head><link rel="alternate" type="application/rss+xml" href="/feed/">'
    '<link rel="https://api.w.org/" href="/wp-json/">'
    '<meta property="article:published_time" content="2025-01-01"></head><body>'
    '<article><h2><a href="/the-tide/">The tide</a></h2><time datetime="2025-01-01">1 January'
    '</time></article><a rel="next" href="/page/2/">older</a></body></html>'
)


def task(content: bytes) -> LinkPageTask:
    return LinkPageTask(
        source=Source(url=FRONT),
        url=FRONT,
        content=content,
        content_type="text/html",
        shapes=Shapes(Counter()),
    )


def test_a_page_says_the_same_bit_by_bit_and_at_once() -> None:
    page = PageOfLinks(task(PAGE.encode()))
    asked = ReadLinkPage(page.leads, page.following, page.is_article, page.feeds, page.posts)
    assert asked == read_link_page(task(PAGE.encode()))
    assert [lead.entry.url for lead in asked.leads.articles] == [f"{FRONT}the-tide/"]
    assert (asked.following, asked.is_article) == (f"{FRONT}page/2/", True)
    assert [seed.url for seed in asked.feeds] == [f"{FRONT}feed/"]
    assert asked.posts == f"{FRONT}wp-json/"


def test_of_a_page_so_many_tags_are_read_and_no_more() -> None:
    page = parse_page(b"<html><body>" + b"<p>" * 2 * MAX_TAGS["<"])
    assert sum(1 for _ in page.iter()) <= MAX_TAGS["<"] + 1
    assert links(b"<p>" * 2 * MAX_TAGS["<"] + b'<a href="/late">late</a>', FRONT) == ()


def test_links_that_stand_deep_are_read_as_far_as_their_way_is_bounded() -> None:
    """What each link costs grows with its depth: a flood of deep ones ends, of flat ones does not."""
    flat = "".join(f'<p><a href="/{n}">{n}</a></p>' for n in range(4_000))
    deep = "<div>" * 200 + flat
    assert len(page_links(flat.encode(), FRONT)) == 4_000
    assert 1_000 < len(page_links(deep.encode(), FRONT)) < 2_000
