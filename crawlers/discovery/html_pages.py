"""A page into what it names: feeds, the site's list of posts, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote, urljoin

from lxml import etree

from archive.types import Seed
from archive.web.charset import Decoded, decoded
from crawlers.discovery.announced import (
    Announced,
    announced_title,
    announced_url,
    each_once,
)
from crawlers.discovery.xml_text import cut_behind

MAX_BYTES = 4 * 2**20
MOST_PARTS = 200  # of a link that are looked at: a title has some
MAX_TAGS = {"<": 150_000}  # an archive of decades has some ten thousands


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page that was parsed once for all that is asked of it; its tree is not changed."""

    tree: Any


Html = bytes | Decoded | ParsedPage
"""A page as bytes that declare their encoding themselves, as `declared_page` read it, or parsed."""

_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What libxml2 reads in an attribute and does not take back; browsers percent-encode it."""
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_BEFORE_MARK = re.compile(r"\s[|–—-]\s")

_FEED_TYPES = {
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
    *("application/feed+json", "application/x.atom+xml", "application/x-atom+xml"),
    *("application/xml", "text/xml", "text/rss+xml", "text/atom+xml"),
}
_QUERIES_IN_UTF8 = ("UTF-8", "UTF-16LE", "UTF-16BE", "x-user-defined", "replacement")
_CODECS = {
    "windows-874": "cp874",
    "ISO-8859-8-I": "iso8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
}
"""Encodings that Python writes under another name."""
# WordPress declares the feed of its comments beside that of its posts, under these in any language.
_OF_COMMENTS = re.compile(r"/comments/|[?&]feed=comments")


def alternates(html: Html, url: str) -> tuple[Seed, ...]:
    """The feeds that *html* declares by `<link rel="alternate">`, those of comments left out."""
    page = parse_page(html)
    if page is None:
        return ()
    base = link_base(page, url)
    links = (
        announced_url(link.get("href", ""), base)
        for link in page.iterfind(".//link[@href]")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
    )
    return tuple(
        dict.fromkeys(
            Seed("feed", link) for link in links if link and not _OF_COMMENTS.search(link)
        )
    )


def posts_api(html: Html, url: str) -> str | None:
    """Where a WordPress site says its own list of posts is (`<link rel="https://api.w.org/">`)."""
    page = parse_page(html)
    if page is None:
        return None
    found = page.find('.//link[@rel="https://api.w.org/"][@href]')
    return None if found is None else announced_url(found.get("href", ""), link_base(page, url))


def links(html: Html, url: str) -> tuple[Announced, ...]:
    """The http(s) addresses that *html* links to, each once, with the text of the link."""
    page = parse_page(html)
    if page is None:
        return ()
    base = link_base(page, url)
    found = (
        Announced(address, title=announced_title(words_of(link)))
        for link in page.iterfind(".//a[@href]")
        if (address := announced_url(link.get("href", ""), base))
    )
    return each_once(found)


def navigation(html: Html, url: str) -> tuple[Announced, ...]:
    """The addresses in the navigation of a page (`nav`, or else `header`), each once."""
    page = parse_page(html)
    if page is None:
        return ()
    base = link_base(page, url)
    for place in (".//nav//a[@href]", './/*[@role="navigation"]//a[@href]', ".//header//a[@href]"):
        found = (
            Announced(address, title=announced_title(words_of(link)))
            for link in page.iterfind(place)
            if (address := announced_url(link.get("href", ""), base))
        )
        if once := each_once(found):
            return once
    return ()


@dataclass(frozen=True, slots=True)
class FrontPageHead:
    """What the head of a front page says: the site's name, and what made the page."""

    title: str | None
    generator: str | None


def front_page_head(html: Html) -> FrontPageHead:
    """The name of a site as its front page says: `og:site_name`, else the title's first part."""
    page = parse_page(html)
    if page is None:
        return FrontPageHead(None, None)
    named = page.find('.//meta[@property="og:site_name"]')
    generator = page.find('.//meta[@name="generator"]')
    title = page.findtext(".//title") or ""
    said = (named.get("content") if named is not None else "") or _BEFORE_MARK.split(title)[0]
    made = None if generator is None else announced_title(generator.get("content") or "")
    return FrontPageHead(announced_title(said), made)


def declared_page(html: bytes, content_type: str | None) -> Decoded:
    """A page in the encoding that its header field, or the page itself, declares."""
    return decoded(html[:MAX_BYTES], content_type)


def parse_page(html: Html) -> Any:
    """The tree of a page, None where there is none to be made of *html*.

    Addresses in it have their queries in the page's own encoding, as browsers send them
    (https://url.spec.whatwg.org/#query-state).
    """
    if isinstance(html, ParsedPage):
        return html.tree
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False
    )
    page = html if isinstance(html, Decoded) else declared_page(html, None)
    text = cut_behind(page.text, MAX_TAGS)
    try:
        tree = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except (etree.LxmlError, ValueError):
        return None
    if tree is not None and page.charset not in _QUERIES_IN_UTF8:
        _encode_queries(tree, page.charset or "windows-1252")
    return tree


def _encode_queries(tree: Any, charset: str) -> None:
    for element in tree.iter("a", "area", "link", "img", "script", "source", "video"):
        for name in ("href", "src", "poster"):
            path, mark, query = (element.get(name) or "").partition("?")
            if not query.isascii():
                encoded = path + mark + _encoded_query(query, charset)
                element.set(name, _NO_XML.sub(_percent_encoded, encoded))


def _percent_encoded(found: re.Match[str]) -> str:
    return quote(found[0], errors="ignore")


def _encoded_query(query: str, charset: str) -> str:
    """*query* with its characters as percent-encoded bytes of *charset*; `#…` stays behind it."""
    query, mark, fragment = query.partition("#")
    codec = _CODECS.get(charset, charset)
    found = _FOREIGN.sub(lambda text: quote(text[0].encode(codec, "xmlcharrefreplace")), query)
    return found + mark + fragment


def words_of(element: Any) -> str:
    """The words of a link; broken markup may put half a page into each of its links."""
    return "".join(islice(element.itertext(), MOST_PARTS))


def link_base(page: Any, url: str) -> str:
    """What the links of *page*, which stands at *url*, are relative to."""
    declared = page.find(".//base[@href]")
    return url if declared is None else _joined_url(url, declared.get("href", ""))


def _joined_url(url: str, base: str) -> str:
    try:
        return urljoin(url, base.strip())
    except ValueError:
        return url
