from __future__ import annotations

import gzip
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.discovery import feed_xml, feeds
from crawlers.discovery.announced import Announced
from crawlers.discovery.feeds import MAX_BYTES, read_feed

FEED = "https://review.example/blog/feed"


def rss(items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>R</title>{items}</channel></rss>'.encode()


def urls(content: bytes, content_type: str | None = None) -> list[str]:
    return [entry.url for entry in read_feed(content, FEED, content_type).entries]


def titles(content: bytes, content_type: str | None = None) -> list[str | None]:
    return [entry.title for entry in read_feed(content, FEED, content_type).entries]


def day(number: int) -> datetime:
    return datetime(2024, 5, number, tzinfo=UTC)


def test_rss_2() -> None:
    item = (
        "<item><title>One &amp;amp; <![CDATA[<i>two</i>]]></title><link>\n /2024/one \n</link>"
        "<guid>https://review.example/?p=1</guid><pubDate>Fri, 17 May 2024 00:00:00 GMT</pubDate>"
        '<enclosure url="https://cdn.example/one.mp3" type="audio/mpeg" length="1"/></item>'
    )
    listing = read_feed(rss(item), FEED, "application/rss+xml")
    assert listing.kind == "feed"
    assert listing.problem is None
    assert listing.entries == (
        Announced("https://review.example/2024/one", day(17), None, "One & two"),
    )


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("<description>Four words of it.</description>", 4),
        (
            "<description>Three words only.</description><content:encoded><![CDATA[<p>Two"
            "<b>lines</b></p><p>of it, &amp; more.</p>]]></content:encoded>",
            5,
        ),
        ("<description><![CDATA[<img src='/a.jpg'>]]></description>", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("slip", ["", "<x>&nbsp;</x>"], ids=["well-formed", "broken"])
def test_the_words_of_the_longest_text_are_counted(item: str, words: int | None, slip: str) -> None:
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    feed = f"{head}<item><link>https://a.example/1</link>{slip}{item}</item></channel></rss>"
    (entry,) = read_feed(feed.encode(), FEED).entries
    assert entry.words == words


def test_rss_0_91_with_its_dtd() -> None:
    head = (
        '<?xml version="1.0"?>\n<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"\n'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">\n'
    )
    assert urls(rss("<item><link>http://a.example/1</link></item>", head)) == ["http://a.example/1"]


def test_rdf_takes_the_dublin_core_date_as_publication() -> None:
    content = b"""<?xml version="1.0"?>
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://review.example/"><link>https://review.example/</link></channel>
    <item rdf:about="https://review.example/1"><title>One</title><link>https://review.example/1</link>
      <dc:date>2024-05-17</dc:date></item></rdf:RDF>"""
    assert read_feed(content, FEED).entries == (
        Announced("https://review.example/1", day(17), None, "One"),
    )


def test_atom_with_a_base_of_its_own() -> None:
    content = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/">
    <link rel="self" href="atom.xml"/>
    <entry><title type="html">A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title>
      <link rel="enclosure" href="a.mp3"/><link rel="alternate" href="a"/><id>tag:b.example,2024:1</id>
      <published>2024-05-17T00:00:00Z</published><updated>2024-05-18T02:00:00+02:00</updated></entry>
    <entry><title>No link</title><id>tag:b.example,2024:2</id><updated>2024-05-18</updated></entry>
    </feed>"""
    assert read_feed(content, FEED).entries == (
        Announced("https://b.example/x/a", day(17), day(18), "A & B"),
    )


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "../one#top",
                "title": "One",
                "date_published": "2024-05-17T02:00:00+02:00",
            },
            {
                "id": "https://review.example/two",
                "date_modified": "2024-05-18",
                "title": 5,
                "content_text": "Two words",
                "summary": "One",
            },
            {"id": "3", "url": "javascript:alert(1)", "external_url": "https://x.example/three"},
            {"id": "4"},
            {"url": "https://x.example/a\nb"},
            {"url": "https://x.example/a\0b"},
            "no item",
        ],
    }
    listing = read_feed(json.dumps(feed).encode("utf-8-sig"), FEED, "application/feed+json")
    assert listing.entries == (
        Announced("https://review.example/one", day(17), None, "One"),
        Announced("https://review.example/two", None, day(18), None, 2),
        Announced("https://x.example/three"),
        Announced("https://x.example/ab"),
    )


def test_the_original_link_goes_before_the_feed_burner_s() -> None:
    content = rss(
        '<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        "<link>http://feedproxy.example/~r/1</link>"
        "<feedburner:origLink>https://review.example/1</feedburner:origLink></item>"
    )
    assert urls(content) == ["https://review.example/1"]


def test_a_guid_is_a_link_only_where_it_says_so() -> None:
    content = rss(
        '<item><guid isPermaLink="true">https://review.example/1</guid></item>'
        '<item><guid isPermaLink="false">https://review.example/2</guid></item>'
        "<item><guid>https://review.example/3</guid></item>"
    )
    assert urls(content) == ["https://review.example/1", "https://review.example/3"]


def test_urls_are_cleaned_and_come_once() -> None:
    links = (
        "https://review.example/?a=1&amp;amp;b=2#comments",
        "https://review.example/?a=1&amp;b=2",
        "https://review.example/with space",
        "//cdn.example/x",
        "?p=7",
        "mailto:editor@review.example",
        "javascript:void(0)",
        "file:///etc/passwd",
        "https://me:secret@review.example/",
        "http://[broken/",
        "https://review.example/" + "x" * 9000,
        "",
    )
    assert urls(rss("".join(f"<item><link>{link}</link></item>" for link in links))) == [
        "https://review.example/?a=1&b=2",
        "https://review.example/with%20space",
        "https://cdn.example/x",
        "https://review.example/blog/feed?p=7",
    ]


def test_dates_do_not_depend_on_clock_or_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = ("2024-02-31", "20", "--05-17", "20240517", "Fri, 17 May 2024 00:00:00")
    content = rss(
        "".join(f"<item><link>/{d[:3]}{len(d)}</link><pubDate>{d}</pubDate></item>" for d in dates)
    )
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        found = [entry.published for entry in read_feed(content, FEED).entries]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == [None, None, None, day(17), day(17)]


@pytest.mark.parametrize(
    "declared", [None, "text/xml", "text/xml; charset=iso-8859-1", "text/html"]
)
def test_utf_8_is_utf_8_whatever_is_declared(declared: str | None) -> None:
    head = '<?xml version="1.0" encoding="windows-1251"?>'
    assert titles(rss("<item><link>/1</link><title>Größe</title></item>", head), declared) == [
        "Größe"
    ]


@pytest.mark.parametrize(
    ("codec", "head", "content_type"),
    [
        ("cp1251", '<?xml version="1.0" encoding="windows-1251"?>', None),
        ("cp1251", '<?xml version="1.0" encoding="utf-8"?>', "text/xml; charset=windows-1251"),
        ("koi8-r", "<?xml version='1.0' encoding='KOI8-R'?>", "text/xml; charset=iso-8859-1"),
        ("cp932", '<?xml version="1.0" encoding="x-sjis"?>', None),
        ("utf-16", '<?xml version="1.0" encoding="utf-16"?>', None),
        ("utf-16-le", '<?xml version="1.0"?>', None),
        ("iso2022_jp", '<?xml version="1.0" encoding="iso-2022-jp"?>', None),
    ],
)
def test_other_charsets(codec: str, head: str, content_type: str | None) -> None:
    title = "日本語" if codec == "iso2022_jp" else "Журнал"
    text = rss(f"<item><link>/1</link><title>{title}</title></item>", head).decode()
    assert titles(text.encode(codec), content_type) == [title]


@pytest.mark.parametrize("charset", ["zlib_codec", "idna", "rot13", "nonsense", "utf-16"])
def test_a_charset_that_is_none_falls_back(charset: str) -> None:
    text = rss(
        "<item><link>/1</link><title>Größe</title></item>",
        f'<?xml version="1.0" encoding="{charset}"?>',
    )
    assert titles(text.decode().encode("cp1252")) == ["Größe"]


def test_one_bad_byte_does_not_spoil_the_others() -> None:
    content = rss("<item><link>/1</link><title>Größe überall schön früh äußerst X</title></item>")
    assert titles(content.replace(b"X", b"\xff")) == ["Größe überall schön früh äußerst \ufffd"]


def test_html_entities_and_bare_ampersands() -> None:
    item = (
        "<item><title>Caf&eacute; &amp; more</title><link>https://a.example/?x=1&y=2</link></item>"
    )
    listing = read_feed(rss(item), FEED)
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://a.example/?x=1&y=2", "Café & more")
    ]
    assert listing.problem is not None
    assert listing.problem.startswith("malformed XML (")
    assert listing.problem.endswith("): 1 entry read")


@pytest.mark.parametrize("slip", ["&#xd800;", "&#99999999999;", "</gml:pos>", "</textInput>"])
def test_one_slip_does_not_cost_the_feed(slip: str) -> None:
    content = rss(
        f"<item><link>/1</link><title>One{slip}</title></item><item><link>/2</link></item>"
    )
    assert urls(content) == ["https://review.example/1", "https://review.example/2"]
    if slip.startswith("</"):
        problem = read_feed(content, FEED).problem
        assert problem is not None
        assert problem.startswith("malformed XML")


def test_a_cut_feed_gives_what_was_read() -> None:
    content = rss("".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(20)))
    listing = read_feed(content[: content.index(b"<title>12")], FEED)
    assert len(listing.entries) == 12
    assert listing.problem == "truncated XML: 12 entries read"


def test_what_stands_before_the_feed_does_not_matter() -> None:
    warning = b"\xef\xbb\xbf\n\n<br />\n<b>Warning</b>: Undefined variable in x.php\n"
    assert urls(warning + rss("<item><link>/1</link></item>")) == ["https://review.example/1"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (
            b"<!DOCTYPE html><html><body><item><link>/x</link></item></body></html>",
            "is HTML, not a feed",
        ),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html/>', "is HTML, not a feed"),
        (b"Not found", "is no RSS, RDF, Atom or JSON feed"),
        (
            b"<urlset><url><loc>https://a.example/</loc></url></urlset>",
            "is no RSS, RDF, Atom or JSON feed",
        ),
        (b'{"items": [', "is broken JSON"),
        (b'{"a":' * 100_000, "is broken JSON"),
        (b'{"error": "none"}', "is JSON, but no feed"),
    ],
)
def test_what_is_no_feed_is_said(content: bytes, problem: str) -> None:
    listing = read_feed(content, FEED, "text/html")
    assert (listing.kind, listing.entries, listing.problem) == ("unreadable", (), problem)


def test_an_empty_feed_is_a_feed() -> None:
    assert read_feed(rss(""), FEED).kind == "feed"


def test_a_body_that_is_a_file_s_name_opens_no_file(tmp_path: Path) -> None:
    path = tmp_path / "secret.xml"
    path.write_bytes(rss("<item><link>/secret</link></item>"))
    assert read_feed(os.fsencode(path), FEED).entries == ()


def test_entities_are_neither_fetched_nor_multiplied(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("https://secret.example/")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">\n' for n in range(12))
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">\n{laughs}]>\n'
    item = "<item><link>&x;</link><title>&l11;</title></item><item><link>/1</link></item>"
    listing = read_feed(rss(item, head), FEED)
    assert "https://review.example/1" in [entry.url for entry in listing.entries]
    assert "secret" not in repr(listing)
    assert len(repr(listing)) < 2000


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?>" + b"\n" * MAX_BYTES + b"<rss>",
        b"<?xml version='1.0'?>" + b"\n<!ENTITY " * 300_000 + b"<rss>",
        b"<rss><channel>" + b"<item>" * 500_000,
        b"<rss><channel><item><title>" + b"&" * MAX_BYTES,
        b"<rss><channel><item><title>" + b"<![CDATA[" * 400_000,
    ],
    ids=["white space", "entities", "nesting", "ampersands", "sections"],
)
@pytest.mark.timeout(60)
def test_hostile_feeds_take_seconds_at_most(content: bytes) -> None:
    read_feed(content, FEED)


def test_a_feed_that_is_too_large_is_read_as_far_as_the_bound() -> None:
    content = rss("<item><link>/1</link></item>" + "x" * MAX_BYTES + "<item><link>/2</link></item>")
    listing = read_feed(content, FEED)
    assert [entry.url for entry in listing.entries] == ["https://review.example/1"]
    assert listing.problem == "too large a feed: 1 entry read"


def test_a_feed_of_fifty_thousand_entries_is_read_whole() -> None:
    items = (f"<item><title>{n}</title><link>/{n}</link><p>&amp;</p></item>" for n in range(50_000))
    listing = read_feed(rss("".join(items)), FEED)
    assert len(listing.entries) == 50_000
    assert listing.problem is None


def _element(name: str, values: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(values).map(lambda value: f"<{name}>{value}</{name}>")


DATES = ["2024-05-17", "2024-05-18T02:00:00+02:00", "Fri, 17 May 2024 10:00:00 GMT", "soon", ""]
LINKS = ["/1", "https://a.example/2", "//b.example/3"]
RSS_PARTS = st.one_of(
    _element("title", ["One", "A &amp;amp; B", "<![CDATA[<b>x</b>]]>", ""]),
    _element("link", LINKS),
    _element("guid", ["https://a.example/g", ""]),
    _element("pubDate", DATES),
    _element("dc:date", DATES),
)
ATOM_PARTS = st.one_of(
    _element("title", ["One", "A &amp;amp; B", ""]),
    st.sampled_from(
        [
            f'<link href="{link}" rel="{rel}"/>'
            for link in LINKS[:-1]
            for rel in ("alternate", "self")
        ]
    ),
    _element("id", ["tag:a.example,2024:1", "https://a.example/i"]),
    _element("published", DATES),
    _element("updated", DATES),
)
SPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@given(
    st.one_of(
        st.lists(
            st.lists(
                RSS_PARTS, max_size=5, unique_by=lambda part: part[1:].split(">")[0].split()[0]
            )
        ).map(
            lambda items: (
                f'<rss version="2.0" {SPACES}><channel>'
                + "".join(f"<item>{''.join(parts)}</item>" for parts in items)
                + "</channel></rss>"
            )
        ),
        st.lists(
            st.lists(
                ATOM_PARTS, max_size=5, unique_by=lambda part: part[1:].split(">")[0].split()[0]
            )
        ).map(
            lambda items: (
                '<feed xmlns="http://www.w3.org/2005/Atom">'
                + "".join(f"<entry>{''.join(parts)}</entry>" for parts in items)
                + "</feed>"
            )
        ),
    )
)
@settings(max_examples=60, deadline=None)
def test_the_fast_reading_is_feedparser_s(feed: str) -> None:
    fast = read_feed(feed.encode(), FEED)
    slow = read_feed(feed.replace("<", "<?x&nbsp;?><", 1).encode() + b"<!-- & -->&", FEED)
    assert fast.entries == slow.entries


PIECES = st.sampled_from(
    [
        b"<rss>",
        b"<item>",
        b"</item>",
        b"<link>",
        b"</link>",
        b"<link href='x'/>",
        b"<entry>",
        b"<guid>",
        b"https://a.example/",
        b"http://[",
        b"&amp;",
        b"&x;",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<pubDate>",
        b"<title>",
        b"\xff",
        b"\0",
        b"<?xml",
        b"<dc:date>",
        b"<feed xml:base='http://[x'>",
        b"<base href='//['>",
        b"2024",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_nothing_raises_and_only_web_addresses_come_out(content: bytes) -> None:
    for body in (content, b"<rss version='2.0'><channel>" + content):
        for entry in read_feed(body, FEED, "text/xml").entries:
            assert urlsplit(entry.url).scheme in ("http", "https")
            assert urlsplit(entry.url).hostname
            assert entry.url.split() == [entry.url]


JSON = (
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.just([]) | st.just({"a": []})
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["url", "id", "title", "date_published"]), JSON) | JSON
    )
)
def test_no_json_raises(items: list[object]) -> None:
    assert read_feed(json.dumps({"items": items}).encode(), FEED).kind == "feed"


@pytest.mark.parametrize(
    "item",
    [
        "<link>/read?id=4&lang=en&copy=2</link>",
        "<link>/read?id=4&lang=en&copy=2</link></strong>",
        "<link>/read?id=4&amp;lang=en&amp;copy=2</link></strong>",
        "<link><![CDATA[ /read?id=4&lang=en&copy=2 ]]></link><title>Caf&eacute;</title>",
        "<guid>https://review.example/read?id=4&lang=en&copy=2</guid>",
        "<link>\n   /read?id=4&amp;lang=en\n   &amp;copy=2\n</link>",
        "<link>/read?id=4&#10;&amp;lang=en&#9;&amp;copy=2</link>",
        "<title>A\x03\x1cB</title><link>/read?id=4&amp;lang=en&amp;copy=2</link>",
        "<title>A&#3;B</title><link>/read?\x0bid=4&amp;lang=en&amp;copy=2</link>",
    ],
)
def test_an_address_is_whole_however_it_is_written(item: str) -> None:
    assert urls(rss(f"<item>{item}</item>")) == ["https://review.example/read?id=4&lang=en&copy=2"]


@pytest.mark.parametrize(
    "item",
    [
        "<atom:link rel='alternate' href='/1'/>",
        "<link>/1</link><dc:date>2024-05-17</dc:date><x:y z:w='1'/>",
        "<link>/1</link><description>a:b =1 &lt;c:d></description><media:content url='/2.jpg'/>",
    ],
)
def test_prefixes_that_nobody_declares_are_read(item: str) -> None:
    listing = read_feed(rss(f"<item>{item}</item><item><link>/2</link></item>"), FEED)
    assert [entry.url for entry in listing.entries] == [
        "https://review.example/1",
        "https://review.example/2",
    ]


@pytest.mark.parametrize(
    "links",
    [
        "<link rel='alternate' type='application/json' href='/1.json'/><link rel='alternate' type='text/html' href='/1'/>",
        "<link rel='self' href='/1.xml'/><link rel='enclosure' href='/1.mp3'/><link rel='related' href='/2'/><link href='/1'/>",
        "<link rel='replies' type='text/html' href='/1/comments'/><link rel='Alternate' type='application/xhtml+xml' href='/1'/>",
        "<link rel='edit' href='/edit/1'/><link rel='http://www.iana.org/assignments/relation/alternate' href='/1'/>",
        "<link rel='' href='/1'/><link rel='alternate' type='application/pdf' href='/1.pdf'/>",
        "<source><link href='https://other.example/'/></source><link href='/1'/>",
    ],
)
def test_the_link_of_an_atom_entry_is_that_of_its_page(links: str) -> None:
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{links}<id>urn:1</id></entry></feed>"
    assert urls(feed.encode()) == ["https://review.example/1"]


def test_an_ampersand_in_an_atom_link_is_itself() -> None:
    feed = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/a?x=1&reg=2'/></entry></feed>"
    assert urls(feed) == ["https://review.example/a?x=1&reg=2"]


def test_a_packed_feed_is_unpacked_whatever_its_header_says() -> None:
    content = rss("<item><link>/1</link></item>")
    assert urls(gzip.compress(content)) == ["https://review.example/1"]
    json_feed = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/1"}]}'
    assert urls(gzip.compress(json_feed)) == ["https://review.example/1"]
    assert read_feed(b"\x1f\x8b nothing", FEED).problem == "is broken gzip"


def test_a_title_that_speaks_of_html_makes_no_page_of_a_feed() -> None:
    content = b"<!-- <html> --><rss><channel><title>&lt;html&gt;</title><item><link>/1</link>"
    item = b"<title><![CDATA[<html><body>]]></title></item></channel></rss>"
    assert urls(content + item) == ["https://review.example/1"]


@pytest.mark.parametrize(
    ("outer", "inner", "link", "url"),
    [
        ("https://a.example/x/", "2024/", "on-ink", "https://a.example/x/2024/on-ink"),
        ("/x/", "../y/", "on-ink", "https://review.example/y/on-ink"),
        ("/x/", "", "on-ink", "https://review.example/x/on-ink"),
        ("/x/", "https://b.example/", "on-ink", "https://b.example/on-ink"),
        ("/x/", "2024/", "/on-ink", "https://review.example/on-ink"),
        ("/x/feed.xml", "?p=1", "on-ink", "https://review.example/x/on-ink"),
    ],
)
@pytest.mark.parametrize("slip", ["", "&nbsp;", "</b>"])
def test_the_base_of_an_entry_is_relative_to_that_of_the_feed(
    outer: str, inner: str, link: str, url: str, slip: str
) -> None:
    feed = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{outer}"><entry xml:base="{inner}">'
        f'<link href="{link}"/><title>On{slip}ink</title></entry></feed>'
    )
    assert urls(feed.encode()) == [url]


@pytest.mark.parametrize("depth", [10, 200])
def test_items_in_items_cost_no_more_than_their_size(
    depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = "<link>http://a.example/1</link>" * 5_000
    content = rss("<item>" * depth + links + "<title>In</title>" + "</item>" * depth)
    gathered = 0
    read = feed_xml._text_of_element

    def counted(element: Any) -> str:
        nonlocal gathered
        gathered += len(text := read(element))
        return text

    monkeypatch.setattr(feed_xml, "_text_of_element", counted)
    (entry,) = read_feed(content, FEED).entries
    assert (entry.url, entry.title) == ("http://a.example/1", "In")
    assert gathered < 2 * len(content)


def test_an_item_in_another_is_an_entry_of_its_own() -> None:
    inner = "<item><title>In</title><link>/in</link></item>"
    content = rss(f"<item><title>Out</title>{inner}<link>/out</link></item>")
    assert [(entry.url, entry.title) for entry in read_feed(content, FEED).entries] == [
        ("https://review.example/out", "Out"),
        ("https://review.example/in", "In"),
    ]


def test_each_base_counts_once_however_deep_it_stands() -> None:
    content = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/"><entry>'
        '<link xml:base="y/" href="a"/></entry><entry xml:base="z/"><link href="b"/></entry></feed>'
    )
    assert urls(content.encode()) == ["https://b.example/x/y/a", "https://b.example/x/z/b"]


def test_a_long_broken_feed_is_read_entry_by_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser would take seconds for it, in which no source is crawled."""
    shown = []
    monkeypatch.setattr(feeds, "_parse_feed", lambda *given: shown.append(given))
    items = (
        f"<item><title>A &nosuch; {n}</title><atom:link href='/{n}'/><x></item>"
        for n in range(5_000)
    )
    listing = read_feed(rss("".join(items)), FEED)
    assert [entry.url for entry in listing.entries] == [
        f"https://review.example/{n}" for n in range(5_000)
    ]
    assert listing.problem == "malformed XML: 5,000 entries read"
    assert shown == []


def test_a_flood_of_empty_items_is_read_as_far_as_the_bound() -> None:
    listing = read_feed(rss("<item><link>/1</link></item>" + "<item/>" * 600_000), FEED)
    assert [entry.url for entry in listing.entries] == ["https://review.example/1"]
    assert listing.problem == "too large a feed: 1 entry read"


@pytest.mark.parametrize(
    "content",
    [
        b'{"items": [{"id": %s, "url": "/1"}]}' % (b"9" * 5_000),
        b'{"version": %s, "items": [{"url": "/1"}]}' % (b"9" * 5_000),
    ],
)
def test_a_number_of_five_thousand_digits_costs_no_json_feed(content: bytes) -> None:
    assert urls(content) == ["https://review.example/1"]


def test_json_of_millions_of_values_is_no_feed() -> None:
    listing = read_feed(b'{"items": [' + b"[]," * 1_100_000 + b"1]}", FEED)
    assert listing.problem == "is broken JSON"
