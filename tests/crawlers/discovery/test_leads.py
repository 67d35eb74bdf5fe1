"""Pages of links into the articles and lists that they lead to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.source import Source
from crawlers.discovery.leads import Leads, declares_article, leads
from crawlers.discovery.url_shapes import Shapes

SITE = "http://review.example"
NAV = "<nav><a href=/ueber-uns/>Über uns</a><a href=/texte/>Texte</a></nav>"
EXCERPT = "The first lines of the piece, which go on for a while and then stop."


def found(body: str, path: str = "/", **fields: object) -> Leads:
    source = Source.model_validate({"url": f"{SITE}/", **fields})
    html = f"<html><body>{body}</body></html>".encode()
    return leads(source, html, f"{SITE}{path}", Shapes.learn([]))


def articles(body: str, **fields: object) -> list[str]:
    return [one.entry.url.removeprefix(SITE) for one in found(body, **fields).articles]


def lists(body: str, **fields: object) -> list[tuple[str, str, bool]]:
    return [(one.url.removeprefix(SITE), one.sort, one.late) for one in found(body, **fields).lists]


def each(item: Callable[[int], str], count: int = 4) -> str:
    return "".join(item(number) for number in range(1, count + 1))


ITEMS: dict[str, Callable[[int], str]] = {
    "a list with dates": lambda n: (
        f"<li><span>0{n}.10.2024</span> <a href=/s{n}/>Titel {n}</a></li>"
    ),
    "headings with a date": lambda n: (
        f"<div class=post-{n}><h2><a href=/s{n}/>标题{n}</a></h2><span>2024年5月{n}日</span></div>"
    ),
    "a link over an article": lambda n: (
        f"<article class=entry><h2>Post {n}</h2><p>{EXCERPT}</p><a class=over href=/s{n}/></a></article>"
    ),
    "cards": lambda n: (
        f"<article><a href=/s{n}/><img></a><a href=/s{n}/><h2>Card {n}</h2></a>"
        f"<a href=/von/ada/>Ada</a><time datetime=2024-05-0{n}>May</time></article>"
    ),
    "teasers": lambda n: f"<li><h3><a href=/s{n}/>Piece {n}</a></h3><p>{EXCERPT}</p></li>",
    "bookmarks": lambda n: (
        f"<div><a rel=bookmark href=/s{n}/>Piece {n}</a> <i>2024-05-0{n}</i></div>"
    ),
    "terms": lambda n: f"<dt>Fri {n} May 2024</dt><dd><a href=/s{n}/>Piece {n}</a></dd>",
    "lines": lambda n: f"2024-05-0{n} <a href=/s{n}/>Piece {n}</a><br>",
    "a table": lambda n: (
        f"<table><tr><td>{n} May 2024<td><a href=/s{n}/>Piece {n}</a><td><a href=/von/x/>X</a></table>"
    ),
}


@pytest.mark.parametrize("name", ITEMS)
def test_items_of_a_list_are_articles_whatever_their_addresses(name: str) -> None:
    assert articles(f"{NAV}<main>{each(ITEMS[name])}</main>") == ["/s1/", "/s2/", "/s3/", "/s4/"]


def test_the_heading_gives_the_title() -> None:
    (first, *_) = found(each(ITEMS["cards"])).articles
    assert first.entry.title == "Card 1"
    assert first.reason == "judged an article: the heading of an item of a list"


def test_what_the_items_share_is_a_list_for_the_end() -> None:
    body = each(lambda n: f"{ITEMS['teasers'](n)[:-5]}<a href=/w/{n % 2}/>x</a></li>")
    assert lists(body) == [("/w/1/", "taxonomy", True), ("/w/0/", "taxonomy", True)]


def test_the_rest_of_a_list_is_as_most_of_it() -> None:
    slugs = [f"the-piece-that-is-number-{n}" for n in range(5)]
    body = "".join(f"<li><a href=/{slug}/>x</a></li>" for slug in [*slugs, "short"])
    assert articles(f"<ul class=all>{body}</ul>")[-1] == "/short/"
    assert articles(f"<footer>{body}</footer>") == []


def test_the_navigation_names_sections_and_no_articles() -> None:
    body = f"{NAV}<nav><a href=/a-long-word-for-a-service/>x</a></nav>"
    assert lists(body) == [("/ueber-uns/", "section", False), ("/texte/", "section", False)]
    assert articles(body) == []


def test_a_heading_above_a_list_names_a_section() -> None:
    body = f"<section><h2><a href=/politik/>Politik</a></h2><ul>{each(ITEMS['teasers'])}</ul></section>"
    assert lists(body) == [("/politik/", "section", False)]


@pytest.mark.parametrize(
    ("link", "sort", "late"),
    [
        ("/2025/03/", "date", False),
        ("/2025/", "date", False),
        ("/archive/2025/03.html", "date", False),
        ("/?m=202503", "date", False),
        ("/2025/03/04/", "day", True),
        ("/archives.html", "name", False),
        ("/blog/", "name", False),
        ("/tag/sea/", "taxonomy", True),
        ("/author/ada.html", "taxonomy", True),
        ("/category/sea/", "category", True),
        ("/?cat=7", "category", True),
    ],
)
def test_lists_have_a_sort_and_their_time(link: str, sort: str, late: bool) -> None:
    assert lists(f'<p><a href="{link}">x</a>') == [(link, sort, late)]


@pytest.mark.parametrize("link", ["/", "/page/2/", "/index2.html", "/?page=2", "/feed/", "/?s=x"])
def test_some_links_lead_nowhere_new(link: str) -> None:
    assert found(f'<a href="{link}">x</a>') == Leads()


def test_an_address_with_a_query_is_the_same_article() -> None:
    body = each(lambda n: f"{ITEMS['teasers'](n)}<a href=/s{n}/?replytocom=4>reply</a>")
    assert articles(body) == ["/s1/", "/s2/", "/s3/", "/s4/"]


def test_the_rules_of_a_source_hold() -> None:
    body = f"{NAV}<a href=/2019/>x</a><a href=/2021/>x</a>{each(ITEMS['headings with a date'])}"
    assert articles(body, article={"allow": ["s[12]/"]}) == ["/s1/", "/s2/"]
    assert articles(body, article={"deny": ["s[12]/"]}) == ["/s3/", "/s4/"]
    assert [
        url for url, *_ in lists(body, since=date(2020, 6, 1), article={"deny": ["texte"]})
    ] == [
        "/ueber-uns/",
        "/2021/",
    ]
    assert articles(each(ITEMS["cards"]), since=date(2024, 5, 3)) == ["/s3/", "/s4/"]


def test_an_article_declares_its_date() -> None:
    assert declares_article(b'<meta property="article:published_time" content="2024-05-01">')
    data = b'<script type="application/ld+json">{"@type": "%s"}</script>'
    assert declares_article(data % b"NewsArticle")
    assert not declares_article(data % b"CollectionPage")
    assert not declares_article(b"<p>")


@given(st.binary(max_size=300))
def test_any_page_is_read(html: bytes) -> None:
    leads(Source(url=SITE), html, SITE, Shapes.learn([]))
