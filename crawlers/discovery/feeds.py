"""RSS, RDF, Atom and JSON feeds, as the server sent them, into the entries that they announce.

What is well-formed, or made so by `xml_text.mended`, is read by `feed_xml`; feedparser reads what
is broken and short, for a tag costs it 50 to 150 µs. It gets a stream (it would open a file that
plain bytes name), decoded and without a prologue (white space or a DTD there costs it quadratic
time). What is broken and long is read entry by entry.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.sax import SAXException

import feedparser
from lxml import etree

from archive.web.charset import decode_xml
from crawlers.discovery.announced import (
    Announced,
    Listing,
    announced_title,
    announced_url,
    announced_words,
    each_once,
    read_json,
)
from crawlers.discovery.feed_xml import home_of, read_broken, read_well_formed
from crawlers.discovery.listing_dates import read_date
from crawlers.discovery.xml_text import cut_behind, mended, root_of, unpacked, with_prefixes

MAX_BYTES = 32 * 2**20
MAX_MARKUP = {"<": 500_000, "&": 1_000_000}  # what is read: fifty thousand entries have fewer
MAX_BROKEN_BYTES = 2**20  # what feedparser gets to see
MAX_BROKEN_MARKUP = {"<": 8_000, "&": 40_000}

_ROOTS = ("rss", "rdf", "feed", "channel")
_ODD = "references, prefixes or characters that XML has not"
_NEEDED = {
    *("rss", "rdf", "channel", "feed", "item", "entry", "title", "link", "guid", "id", "origlink"),
    *("pubdate", "published", "issued", "date", "updated", "modified"),
}


def read_feed(content: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the feed at *url* announces; what can be read of it where it is broken or cut."""
    content, problem = unpacked(content, MAX_BYTES + 1)
    text = decode_xml(content[:MAX_BYTES], content_type or "").lstrip("\ufeff \t\r\n")
    if not text:
        return Listing("unreadable", problem="is broken gzip" if problem else "is empty")
    if text.startswith("{"):
        return _read_json(text, url)
    root = root_of(text)
    if root is None or root.name not in _ROOTS:
        what = (
            "is HTML, not a feed" if root and root.is_page else "is no RSS, RDF, Atom or JSON feed"
        )
        return Listing("unreadable", problem=what)
    text = text[root.start :]
    found = _read_xml(text, url, cut=len(content) > MAX_BYTES)
    return replace(found, home=home_of(text, url))


def _read_xml(text: str, url: str, cut: bool) -> Listing:
    bounded = cut_behind(text, MAX_MARKUP)
    cut = cut or len(bounded) < len(text)
    text = bounded
    if not cut and (entries := read_well_formed(text, url)) is not None:
        return Listing("feed", entries)
    clean = with_prefixes(mended(text))
    if not cut and clean != text and (entries := read_well_formed(clean, url)) is not None:
        return Listing("feed", entries, problem=_counted(f"malformed XML ({_ODD})", len(entries)))
    if len(text) > MAX_BROKEN_BYTES or cut_behind(text, MAX_BROKEN_MARKUP) != text:
        entries = read_broken(clean, url)
        what = "too large a feed" if cut else "malformed XML"
        return Listing("feed", entries, problem=_counted(what, len(entries)))
    return _read_xml_feed(mended(text), url, cut)


def _read_xml_feed(text: str, url: str, cut: bool) -> Listing:
    parsed = _parse_feed(text, url)
    if broken := parsed is None:
        parsed = _parse_feed(_mended(text), url)
    if parsed is None:
        return Listing("unreadable", problem="is beyond repair")
    is_rss = str(parsed.get("version")).startswith("rss")
    entries = each_once(
        announced for entry in parsed["entries"] for announced in _feed_entry(entry, url, is_rss)
    )
    return Listing("feed", entries, problem=_problem(parsed, len(entries), cut, broken))


def _parse_feed(text: str, url: str) -> dict[str, Any] | None:
    """feedparser's reading of *text*, None where it stumbles, as over a stray `</gml:pos>`."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        parsed: dict[str, Any] = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return parsed


def _mended(text: str) -> str:
    """*text* as well-formed XML of nothing but the elements that are needed here."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return ""
    for element in list(root.iterdescendants()):
        if _tag_name(element.tag) not in _NEEDED:
            element.getparent().remove(element)
    return str(etree.tostring(root, encoding="unicode"))


def _tag_name(tag: Any) -> str:
    """The name of an element without namespace and prefix; that of an entity is empty."""
    return re.split("[}:]", tag)[-1].lower() if isinstance(tag, str) else ""


def _problem(parsed: dict[str, Any], count: int, cut: bool, broken: bool) -> str | None:
    error = parsed.get("bozo_exception")
    if cut:
        what = "too large a feed"
    elif broken:
        what = "malformed XML"
    elif not isinstance(error, SAXException):
        return None
    elif re.search("no element found|unclosed", error.getMessage()):
        what = "truncated XML"
    else:
        what = f"malformed XML ({error.getMessage()})"
    return _counted(what, count)


def _counted(what: str, count: int) -> str:
    return f"{what}: {count:,} {'entry' if count == 1 else 'entries'} read"


def _feed_entry(entry: Any, url: str, is_rss: bool) -> Iterator[Announced]:
    # dict.get, because feedparser's own answers `updated` with `published`, and warns of it.
    links = (dict.get(entry, "feedburner_origlink"), dict.get(entry, "link"))
    found = next(filter(None, (announced_url(link, url) for link in links if link)), None)
    if found is None:
        return
    published = read_date(dict.get(entry, "published"))
    modified = read_date(dict.get(entry, "updated"))
    if is_rss and published is None:  # dc:date, RSS 1.0's date of publication, comes as `updated`
        published, modified = modified, None
    contents = (one.get("value") for one in dict.get(entry, "content") or ())
    words = announced_words((*contents, dict.get(entry, "summary")))
    yield Announced(
        found, published, modified, announced_title(dict.get(entry, "title") or ""), words
    )


def _read_json(text: str, url: str) -> Listing:
    try:
        feed = read_json(text)
    except ValueError:
        return Listing("unreadable", problem="is broken JSON")
    items = feed.get("items")
    if not isinstance(items, list):
        return Listing("unreadable", problem="is JSON, but no feed")
    home = feed.get("home_page_url")
    entries = each_once(e for item in items for e in _announced_json(item, url))
    named = announced_url(home, url) if isinstance(home, str) else None
    return Listing("feed", entries, home=named)


def _announced_json(item: Any, url: str) -> Iterator[Announced]:
    if not isinstance(item, dict):
        return
    texts = {key: value for key, value in item.items() if isinstance(value, str)}
    links = [texts.get(key, "") for key in ("url", "external_url")]
    if texts.get("id", "").startswith("http"):  # an id may be any text
        links.append(texts["id"])
    found = next(filter(None, (announced_url(link, url) for link in links)), None)
    if found is not None:
        published, modified = map(read_date, map(texts.get, ("date_published", "date_modified")))
        words = announced_words(map(texts.get, ("content_html", "content_text", "summary")))
        yield Announced(found, published, modified, announced_title(texts.get("title", "")), words)
