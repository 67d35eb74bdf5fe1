from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.discovery.announced import Announced
from crawlers.discovery.sitemaps import MAX_BYTES, MAX_TAGS, MOST_ENTRIES, read_sitemap

URL = "https://review.example/sitemap.xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
DAY = datetime(2024, 5, 17, tzinfo=UTC)


def sitemap(entries: str, root: str = "urlset") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{NAMESPACE}">{entries}</{root}>'.encode()


def urls(content: bytes) -> list[str]:
    return [entry.url for entry in read_sitemap(content, URL).entries]


def test_a_sitemap() -> None:
    listing = read_sitemap(
        sitemap(
            "<url><loc>\n https://review.example/?a=1&amp;b=2#x </loc><lastmod>2024-05-17</lastmod></url>"
            "<url><loc>/relative</loc><lastmod>2024-02-31</lastmod></url>"
            "<url><loc>/relative</loc></url><url><loc>ftp://x.example/</loc></url><url/>"
        ),
        URL,
    )
    assert listing.kind == "sitemap"
    assert listing.problem is None
    assert listing.entries == (
        Announced("https://review.example/?a=1&b=2", modified=DAY),
        Announced("https://review.example/relative"),
    )


def test_an_index_names_its_sitemaps() -> None:
    listing = read_sitemap(
        sitemap(
            "<sitemap><loc>https://review.example/1.xml.gz</loc><lastmod>2024-05-17</lastmod></sitemap>"
            "<sitemap><loc>/2.xml</loc></sitemap>",
            "sitemapindex",
        ),
        URL,
    )
    assert listing.kind == "sitemap_index"
    assert listing.entries == ()
    assert listing.children == (
        Announced("https://review.example/1.xml.gz", modified=DAY),
        Announced("https://review.example/2.xml"),
    )


def test_news_have_a_date_and_a_title_and_images_do_not_disturb() -> None:
    listing = read_sitemap(
        sitemap(
            '<url xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
            ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
            "<image:image><image:loc>/a.jpg</image:loc><image:title>Picture</image:title></image:image>"
            "<loc>/1</loc><news:news><news:publication><news:name>R</news:name></news:publication>"
            "<news:publication_date>2024-05-17T02:00:00+02:00</news:publication_date>"
            "<news:title>One &amp; &lt;b&gt;two&lt;/b&gt;</news:title></news:news></url>"
        ),
        URL,
    )
    assert listing.entries == (Announced("https://review.example/1", DAY, None, "One & two"),)


@pytest.mark.parametrize(
    "root", ['<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">', "<urlset>"]
)
def test_the_namespace_does_not_matter(root: str) -> None:
    assert urls(f"{root}<url><loc>/1</loc></url></urlset>".encode()) == ["https://review.example/1"]


def test_undeclared_prefixes_are_read() -> None:
    content = b"<urlset><url><loc>/1</loc><news:news><news:title>One</news:title></news:news></url></urlset>"
    listing = read_sitemap(content, URL)
    assert listing.problem is None
    assert listing.entries == (Announced("https://review.example/1", title="One"),)


def test_gzip_is_known_by_its_bytes() -> None:
    assert urls(gzip.compress(sitemap("<url><loc>/1</loc></url>"))) == ["https://review.example/1"]


def test_cut_and_broken_gzip() -> None:
    content = gzip.compress(sitemap("".join(f"<url><loc>/{n}</loc></url>" for n in range(5000))))
    listing = read_sitemap(content[: len(content) // 2], URL)
    assert 1000 < len(listing.entries) < 5000
    assert listing.problem == f"truncated XML: {len(listing.entries):,} entries read"
    assert read_sitemap(b"\x1f\x8b garbage", URL).problem == "is broken gzip"


def test_a_gzip_bomb_is_read_as_far_as_the_bound() -> None:
    bomb = gzip.compress(sitemap("<url><loc>/1</loc></url>" + " " * (MAX_BYTES + 1000)))
    listing = read_sitemap(bomb, URL)
    assert [entry.url for entry in listing.entries] == ["https://review.example/1"]
    assert listing.problem == "larger than 50 MiB: 1 entry read"


def test_plain_text() -> None:
    listing = read_sitemap(
        b"\xef\xbb\xbfhttps://a.example/1\r\n\r\n https://a.example/2 \nnonsense\n", URL
    )
    assert listing.kind == "sitemap"
    assert [entry.url for entry in listing.entries] == [
        "https://a.example/1",
        "https://a.example/2",
    ]


def test_a_feed_may_serve_as_sitemap() -> None:
    listing = read_sitemap(
        b"<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>", URL
    )
    assert listing.kind == "feed"
    assert [entry.url for entry in listing.entries] == ["https://review.example/1"]


@pytest.mark.parametrize("before", [b"\n\n  ", b"<br />\n<b>Notice</b>: x\n", "\ufeff".encode()])
def test_what_stands_before_the_declaration_does_not_matter(before: bytes) -> None:
    assert urls(before + sitemap("<url><loc>/1</loc></url>")) == ["https://review.example/1"]


def test_utf_16() -> None:
    text = sitemap("<url><loc>/é</loc></url>").decode().replace("UTF-8", "UTF-16")
    assert urls(text.encode("utf-16")) == ["https://review.example/é"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is HTML, not a sitemap"),
        (b"Not found", "is no sitemap"),
        (b"<opml version='2.0'><body/></opml>", "is XML, but no sitemap"),
        (b"<error><code>404</code></error>", "is XML, but no sitemap"),
        (b"<", "is no sitemap"),
    ],
)
def test_what_is_no_sitemap_is_said(content: bytes, problem: str) -> None:
    listing = read_sitemap(content, URL)
    assert (listing.kind, listing.entries, listing.problem) == ("unreadable", (), problem)


def test_a_cut_sitemap_gives_what_was_read() -> None:
    content = sitemap("".join(f"<url><loc>/{n}</loc></url>" for n in range(20)))
    listing = read_sitemap(content[: content.index(b"/12<")], URL)
    assert len(listing.entries) == 12
    assert listing.problem == "truncated XML: 12 entries read"


def test_malformed_xml_is_read_on() -> None:
    listing = read_sitemap(sitemap("<url><loc>/1?a&b</loc></url><url><loc>/2</loc></url>"), URL)
    assert listing.entries[-1].url == "https://review.example/2"
    assert listing.problem is not None
    assert listing.problem.startswith("malformed XML (line 1: ")
    assert listing.problem.endswith("): 2 entries read")


def test_half_a_character_costs_its_entry_only() -> None:
    entries = "<url><loc>https://a.example/&#xd800;</loc></url><url><loc>/2</loc></url>"
    assert urls(sitemap(entries)) == ["https://review.example/2"]


def test_entities_are_neither_fetched_nor_multiplied(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("https://secret.example/")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    dtd = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{tmp_path}/secret">{laughs}]>'
    entries = "<url><loc>/1</loc></url><url><loc>&x;</loc></url><url><loc>https://a.example/&l11;</loc></url>"
    listing = read_sitemap(sitemap(entries).replace(b"<urlset", dtd.encode() + b"<urlset"), URL)
    assert "secret" not in repr(listing)
    assert len(repr(listing)) < 1000


@pytest.mark.timeout(30)
def test_fifty_thousand_entries_are_read_fast() -> None:
    entry = "<url><loc>https://review.example/2024/{0}</loc><lastmod>2024-05-17T00:00:00Z</lastmod></url>\n"
    content = sitemap("".join(entry.format(number) for number in range(50_000)))
    start = time.process_time()
    listing = read_sitemap(content, URL)
    assert time.process_time() - start < 10
    assert len(listing.entries) == 50_000
    assert listing.entries[-1] == Announced("https://review.example/2024/49999", modified=DAY)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("<loc>/index.php?option=com_content&view=article&id=5&lang=en</loc>", "/index.php?option=com_content&view=article&id=5&lang=en"),
        ("<loc>/2024/hay-&-rope/</loc>", "/2024/hay-&-rope/"),
        ("<loc>/caf&eacute;-on-the-quay/</loc>", "/café-on-the-quay/"),
        ("<loc>/?a=1&amp;b=2&copy=3</loc>", "/?a=1&b=2&copy=3"),
        ("<loc><![CDATA[\n /?a=1&b=2 \n]]></loc>", "/?a=1&b=2"),
        ("<loc>/2024/\n    on-rope/</loc>", "/2024/on-rope/"),
        ("<loc>\ufeff \xa0/on-rope/\u200b\r\n</loc>", "/on-rope/"),
        ("<loc>/on-\x02rope/</loc>", "/on-rope/"),
    ],
)  # fmt: skip
def test_an_address_is_whole_however_it_is_written(entry: str, url: str) -> None:
    assert urls(sitemap(f"<url>{entry}</url>")) == [f"https://review.example{url}"]
    index = read_sitemap(sitemap(f"<sitemap>{entry}</sitemap>", "sitemapindex"), URL)
    assert [child.url for child in index.children] == [f"https://review.example{url}"]


@pytest.mark.parametrize(
    ("codec", "head", "content_type"),
    [
        ("cp1251", "<?xml version='1.0' encoding='windows-1251'?>", None),
        ("cp1251", "", "text/xml; charset=windows-1251"),
        ("utf-8", "<?xml version='1.0' encoding='windows-1251'?>", "text/xml; charset=windows-1251"),
        ("utf-16", "<?xml version='1.0' encoding='utf-16'?>", None),
        ("utf-8-sig", "", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("odd", ["&amp;", "&"])
def test_other_charsets(codec: str, head: str, content_type: str | None, odd: str) -> None:
    text = f"{head}<urlset><url><loc>/сад?a=1{odd}b=2</loc></url></urlset>"
    listing = read_sitemap(text.encode(codec), URL, content_type)
    assert [entry.url for entry in listing.entries] == ["https://review.example/сад?a=1&b=2"]


@pytest.mark.parametrize(
    ("root", "inside"),
    [
        ('xmlns:html="http://www.w3.org/1999/xhtml"', '<html:link rel="alternate" href="/de/"/>'),
        ('xmlns:n="x"', "<n:news><n:title><![CDATA[What <html> was]]></n:title></n:news>"),
        ("", "<!-- <html><head> -->"),
        ('xmlns:head="x"', "<head:body/>"),
    ],
)
def test_what_speaks_of_html_inside_makes_no_page_of_it(root: str, inside: str) -> None:
    for before in ("", "<!-- made by <html> tools -->", "<?xml-stylesheet href='s.xsl'?>"):
        content = f"{before}<urlset {root}><url><loc>/1</loc>{inside}</url></urlset>"
        assert urls(content.encode()) == ["https://review.example/1"]


PIECES = st.sampled_from(
    [
        b"<urlset>",
        b"</urlset>",
        b"<sitemapindex>",
        b"<url>",
        b"</url>",
        b"<loc>",
        b"</loc>",
        b"<sitemap>",
        b"https://a.example/",
        b"http://[",
        b"&amp;",
        b"&x;",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<lastmod>",
        b"<news:news>",
        b"<news:title>",
        b"\xff",
        b"\0",
        b"<?xml version='1.0'?>",
        b"<!DOCTYPE x [",
        b"\x1f\x8b",
        b"2024",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_nothing_raises_and_only_web_addresses_come_out(content: bytes) -> None:
    for body in (
        content,
        sitemap("<url><loc>/1</loc></url>")[:-9] + content,
        gzip.compress(content),
    ):
        listing = read_sitemap(body, URL)
        for entry in (*listing.entries, *listing.children):
            assert urlsplit(entry.url).scheme in ("http", "https")
            assert entry.url.split() == [entry.url]


def test_a_flood_of_entries_is_read_as_far_as_the_bound() -> None:
    content = sitemap("".join(f"<url><loc>/{n}</loc></url>" for n in range(MOST_ENTRIES + 10)))
    listing = read_sitemap(content, URL)
    assert len(listing.entries) == MOST_ENTRIES
    assert listing.problem == f"too large a sitemap: {MOST_ENTRIES:,} entries read"


def test_a_flood_of_tags_is_read_as_far_as_the_bound() -> None:
    content = sitemap("<url><loc>/1</loc></url>" + "<a/>" * MAX_TAGS + "<url><loc>/2</loc></url>")
    listing = read_sitemap(content, URL)
    assert [entry.url for entry in listing.entries] == ["https://review.example/1"]
    assert listing.problem == "too large a sitemap: 1 entry read"


def test_half_a_character_in_a_namespace_costs_its_element_only() -> None:
    content = sitemap('<url xmlns="&#xd800;"><loc>/1</loc></url><url><loc>/2</loc></url>')
    assert urls(content) == ["https://review.example/2"]
    listing = read_sitemap(b'<sitemapindex xmlns="&#xd800;"><sitemap/></sitemapindex>', URL)
    assert (listing.kind, listing.problem) == ("unreadable", "is no sitemap")
