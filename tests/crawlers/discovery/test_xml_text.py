"""XML as servers send it: packed, in any charset, with references that XML has not."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawlers.discovery.xml_text import mended, root_of, unpacked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<?xml version='1.0'?>\n<rss version='2.0'>", "rss"),
        ("<?xml version='1.0'><feed>", "feed"),
        ("\n<!-- made by <html> tools --><urlset>", "urlset"),
        ("<s:sitemapindex xmlns:s='x'><s:sitemap>", "sitemapindex"),
        ("<urlset><url><html:link href='/de/'/></url></urlset>", "urlset"),
        ("<rss><channel><title><![CDATA[What <html> was]]></title>", "rss"),
        ("<rdf:RDF><channel>", "rdf"),
        ("<br />\n<b>Notice</b>: x in y.php<br />\n<?xml version='1.0'?><rss>", "rss"),
        ("<!DOCTYPE  HTML PUBLIC '-//W3C//DTD'><p>no feed: <rss>", "html"),
        ("<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'x'><rss>", "rss"),
        ("<?xml version='1.0'?><html xmlns='x'><body><feed>", "html"),
        ("<head><title>A page</title></head>", "head"),
        ("<opml><head/><body/></opml>", "opml"),
        ("<!-- <rss> is not closed", "rss"),
        ("<heading><feedback><rssi>", None),
        ("no markup", None),
    ],
)
def test_the_first_element_that_tells_what_a_text_is(text: str, name: str | None) -> None:
    root = root_of(text)
    assert (root and root.name) == name
    if root:
        assert root.is_page == (name in ("html", "head"))
        assert text[root.start] == "<"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("?a=1&b=2&amp;c=3", "?a=1&amp;b=2&amp;c=3"),
        ("?a=1&lang=en&copy=2&sect=3", "?a=1&amp;lang=en&amp;copy=2&amp;sect=3"),
        ("fish & chips &", "fish &amp; chips &amp;"),
        ("caf&eacute; &ldquo;x&rdquo;&nbsp;&AMP;&LT;b", "café “x”\xa0&amp;&lt;b"),
        ("&nothing; &#233;&#xE9; &lt;p&gt;", "&amp;nothing; &#233;&#xE9; &lt;p&gt;"),
        ("&#xd800;&#99999999999;&#0;&#x1f;&#9;", "\ufffd\ufffd&#9;"),
        ("a\x03b\x1cc\x0bd\te\n", "abcd\te\n"),
        ("<![CDATA[a & b &eacute; \x02]]>&c", "<![CDATA[a & b &eacute; ]]>&amp;c"),
        ("<!ENTITY mine 'x'> &mine; &eacute;", "<!ENTITY mine 'x'> &mine; é"),
    ],
)
def test_references_are_mended(text: str, result: str) -> None:
    assert mended(text) == result
    assert mended(result) == result


@given(
    st.lists(st.sampled_from(["&", "#", "x", ";", "amp", "lang", "1", "=", "\x01", "\ufffe", " "]))
)
def test_what_is_mended_is_well_formed(pieces: list[str]) -> None:
    etree.fromstring(f"<a b='{mended(''.join(pieces))}'>{mended(''.join(pieces))}</a>")


def test_what_is_packed_is_unpacked_up_to_twice() -> None:
    assert unpacked(b"<rss>", 9) == (b"<rss>", None)
    assert unpacked(gzip.compress(b"<rss>"), 9) == (b"<rss>", None)
    assert unpacked(gzip.compress(gzip.compress(b"<rss>")), 90) == (b"<rss>", None)
    assert unpacked(gzip.compress(b"<rss>" * 9), 9) == (b"<rss><rss", "too_large")
    assert unpacked(b"\x1f\x8b nothing", 9) == (b"", "bad_encoding")
