from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Seed
from crawlers.discovery.html_pages import alternates, declared_page, links, navigation
from crawlers.requisites.pages import page_requisites

PAGE = "https://review.example/en/"


def test_declared_feeds_come_in_their_order_and_once() -> None:
    html = b"""<!doctype html><html><head>
    <link rel="stylesheet" href="/style.css">
    <link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml" title="Posts" href="feed/">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" href="/?feed=comments-rss2">
    <LINK REL="Alternate Feed" TYPE="Application/Atom+XML; charset=utf-8" HREF=" /atom.xml ">
    <link rel="alternate" type="application/feed+json" href="//feeds.example/feed.json">
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
    <link rel="alternate" type="text/xml+oembed" href="/oembed">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="alternate" type="application/rss+xml">
    <!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->
    <link rel="alternate" type="application/rss+xml" href="/en/feed/#again">
    </head><body></body></html>"""
    assert alternates(html, PAGE) == (
        Seed("feed", "https://review.example/en/feed/"),
        Seed("feed", "https://review.example/atom.xml"),
        Seed("feed", "https://feeds.example/feed.json"),
    )


@pytest.mark.parametrize(
    ("base", "feed"),
    [
        ("https://b.example/x/", "https://b.example/x/feed"),
        ("/x/", "https://review.example/x/feed"),
        ("http://[", "https://review.example/en/feed"),
    ],
)
def test_the_page_s_base_counts(base: str, feed: str) -> None:
    html = f'<base href="{base}"><link rel=alternate type=application/rss+xml href=feed>'
    assert alternates(html.encode(), PAGE) == (Seed("feed", feed),)


@pytest.mark.parametrize(
    "html", [b"", b" ", b"plain", b"\0\0", b"<!-- -->", b"<?xml?>", b"\x89PNG\r\n"]
)
def test_what_is_no_page_declares_nothing(html: bytes) -> None:
    assert alternates(html, PAGE) == ()


PIECES = st.sampled_from(
    [
        b"<link ",
        b"rel=alternate ",
        b"type=application/rss+xml ",
        b"href='",
        b"'>",
        b"<base href=",
        b"http://[",
        b"https://a.example/",
        b"<html>",
        b"<head>",
        b"<!--",
        b"\xff",
        b"\0",
        b"&amp;",
        b"&#xd800;",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_nothing_raises_and_only_web_addresses_come_out(html: bytes) -> None:
    for seed in alternates(html, PAGE):
        assert urlsplit(seed.url).scheme in ("http", "https")


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("<meta charset=utf-8>", "utf-8"),
        ("<meta charset=iso-8859-1>", "iso-8859-1"),
        ("<meta charset=windows-1251>", "windows-1251"),
        ("<meta charset=shift_jis>", "shift_jis"),
    ],
)
def test_addresses_are_read_in_the_encoding_of_the_page(head: str, encoding: str) -> None:
    name = {"windows-1251": "сыр", "shift_jis": "港"}.get(encoding, "Käse")
    html = f"<html><head>{head}</head><body><img src='/{name}.jpg'><a href='/{name}'>x</a></body>"
    path = quote(name)
    (picture,) = page_requisites(html.encode(encoding), PAGE)
    assert picture.url == f"https://review.example/{path}.jpg"
    (link,) = links(html.encode(encoding), PAGE)
    assert link.url in (f"https://review.example/{path}", f"https://review.example/{name}")


@pytest.mark.parametrize(
    ("content_type", "head", "codec"),
    [
        ("text/html; charset=windows-1251", "", "cp1251"),
        ('text/html;charset="KOI8-R"', "", "koi8-r"),
        ("text/html; charset=windows-1251", "<meta charset=utf-8>", "cp1251"),
        ("text/html", '<meta http-equiv=content-type content="text/html; charset=koi8-r">', "koi8-r"),
        ("text/html; charset=windows-1251", "", "utf-8-sig"),
        ("text/html; charset=ISO-8859-1", "", "utf-16"),
        (None, "<meta charset=windows-1251>", "cp1251"),
    ],
)  # fmt: skip
def test_a_page_s_mark_its_header_and_its_head_say_in_this_order_how_links_are_read(
    content_type: str | None, head: str, codec: str
) -> None:
    page = f"<html><head>{head}</head><body><nav><a href=/сад/>Сад</a></nav><img src=/я.png></body>"
    html = declared_page(page.encode(codec), content_type)
    (link,) = links(html, PAGE)
    assert (link.url, link.title) == ("https://review.example/сад/", "Сад")
    assert navigation(html, PAGE) == (link,)
    (picture,) = page_requisites(html, PAGE)
    assert picture.url == f"https://review.example/{quote('я')}.png"


@pytest.mark.parametrize(
    ("charset", "query", "sent"),
    [
        ("windows-1251", "tag=сад", "tag=%F1%E0%E4"),
        ("iso-8859-1", "q=caf\xe9&page=2", "q=caf%E9&page=2"),
        ("shift_jis", "k=港&n=1", "k=%8D%60&n=1"),
        ("gb2312", "k=港", "k=%B8%DB"),
        ("euc-kr", "k=항구", "k=%C7%D7%B1%B8"),
        ("utf-8", "q=caf\xe9", "q=caf\xe9"),
        ("utf-16le", "q=caf\xe9", "q=caf\xe9"),
        ("iso-8859-1", "q=caf%C3%A9", "q=caf%C3%A9"),
        ("iso-8859-1", "q=\u2603", "q=%26%239731%3B"),
    ],
)
def test_the_query_of_a_link_is_in_the_page_s_encoding(charset: str, query: str, sent: str) -> None:
    page = f'<html><body><a href="/\xe9t\xe9?{query}#x">a</a></body>'
    html = declared_page(page.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}")
    assert [link.url for link in links(html, PAGE)] == [f"https://review.example/\xe9t\xe9?{sent}"]


def test_a_page_that_says_nothing_has_its_queries_as_browsers_guess() -> None:
    (link,) = links(b'<html><body><a href="/a?q=caf\xe9">a</a></body>', PAGE)
    assert link.url == "https://review.example/a?q=caf%E9"


def test_a_control_character_in_a_link_costs_no_other_link() -> None:
    html = b'<meta charset=koi8-r><a href="/a\x1f?\xc1">one</a> <a href="/b?\xc1">two</a>'
    found = [one.url for one in links(html, "https://review.example/")]
    assert found == ["https://review.example/a%1F?%C1", "https://review.example/b?%C1"]
