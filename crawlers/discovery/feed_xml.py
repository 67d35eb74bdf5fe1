"""RSS, RDF and Atom into their entries, some ten times faster than feedparser.

Only what announces an article is read, and no element is gone through twice: the cost grows with
the size of a feed alone. What this cannot read for certain (broken XML, a DTD, an unknown root) is
left to feedparser: None. Of what is too large for that, each entry is mended by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawlers.discovery.announced import (
    MAX_URL,
    Announced,
    announced_title,
    announced_url,
    announced_words,
    each_once,
)
from crawlers.discovery.listing_dates import read_date
from crawlers.discovery.xml_text import mended

MOST_ENTRIES = 100_000  # of a feed: twice as many as a sitemap may have

_ITEMS = ("{*}item", "{*}entry")
_MOST_LINKS = 20  # of an entry that are tried
_TEXTS = ("encoded", "content", "description", "summary")
_ROOTS = {"rss", "rdf", "feed"}
_OWNERS = {"channel", "feed"}  # what has a link of its own, beside entries and pictures
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s/>])")
_SPACE = re.compile(r"\sxmlns(?::[\w.-]{1,41})?\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')")
_MOST_SPACES = 60
_FIRST_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HEAD = 2**18  # characters in which a feed speaks of itself
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ORIGINAL = "origlink"  # of FeedBurner and its like: the entry's own link leads through them
_REGISTRY = "http://www.iana.org/assignments/relation/"
_MEDIA = "{http://search.yahoo.com/mrss/}"

_BaseOf = Callable[[Any], str]


def read_well_formed(text: str, url: str) -> tuple[Announced, ...] | None:
    """The entries of a feed, each URL once; None where this reading is not certain."""
    try:
        root = etree.fromstring(text.encode(), _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    if _feed_tag(root).lower() not in _ROOTS or root.getroottree().docinfo.doctype:
        return None
    if next(root.iter(etree.Entity), None) is not None:
        return None
    return _entries(root, _bases(text, url), url)


def read_broken(text: str, url: str) -> tuple[Announced, ...]:
    """The entries that can be read of a feed that is no XML: each by itself, so that a slip in one
    costs no other."""
    starts = [found.start() for found in islice(_ENTRY.finditer(text), MOST_ENTRIES)]
    spaces = "".join(islice(_SPACE.findall(text[: starts[0]] if starts else ""), _MOST_SPACES))
    parser, base_of = _parser(recover=True), _bases(None, url)
    found = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        fragment = f"<rss{spaces}>{text[start:end]}"
        try:
            root = etree.fromstring(fragment.encode("utf-8", "replace"), parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        item = None if root is None else next(root.iter(*_ITEMS), None)
        if item is not None and (entry := _xml_entry(item, base_of, url)):
            found.append(entry)
    return each_once(found)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        huge_tree=False,
    )


def _entries(root: Any, base_of: _BaseOf, url: str) -> tuple[Announced, ...]:
    """The entries below *root*. One that stands in another is taken out once it is read: what is
    in it is none of the other's, and would be read once more for each entry around it."""
    found = []
    for item in reversed(list(islice(root.iter(*_ITEMS), MOST_ENTRIES))):
        if entry := _xml_entry(item, base_of, url):
            found.append(entry)
        if next(item.iterancestors(*_ITEMS), None) is not None:
            item.getparent().remove(item)
    return each_once(reversed(found))


def home_of(text: str, url: str) -> str | None:
    """The address of the magazine whose feed *text* is: what stands before the first entry counts.

    A link that names the feed itself is none.
    """
    first = _FIRST_ENTRY.search(text)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        head = mended(text[: first.start() if first else _HEAD][:_HEAD])
        root = etree.fromstring(head.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    named = (link for link in root.iter("{*}link") if _feed_tag(link.getparent()) in _OWNERS)
    found = (_home(link, url) for link in named)
    return next((home for home in found if home and home != url), None)


def _home(link: Any, url: str) -> str | None:
    if not _is_alternate(link) or _is_no_page(link):
        return None
    return announced_url(link.get("href") or _text_of_element(link), _bases(None, url)(link))


def _xml_entry(item: Any, base_of: _BaseOf, url: str) -> Announced | None:
    children = [child for child in item if isinstance(child.tag, str)]
    tried = islice(_links(children, base_of, url), _MOST_LINKS)
    link = next((link for link in tried if link), None)
    if link is None:
        return None
    texts: dict[str, str] = {}
    for child in children:
        if not child.tag.startswith(_MEDIA):
            texts.setdefault(_feed_tag(child).lower(), _text_of_element(child))
    published = _first_date(texts, "pubdate", "published", "issued")
    modified = _first_date(texts, "updated", "modified", "date")
    if published is None and _feed_tag(item) == "item":  # dc:date, the only one of RSS 1.0
        published, modified = modified, None
    words = announced_words(map(texts.get, _TEXTS))
    return Announced(link, published, modified, announced_title(texts.get("title", "")), words)


def _links(children: list[Any], base_of: _BaseOf, url: str) -> Iterator[str | None]:
    """The candidates for an entry's address, the best first."""
    originals = (child for child in children if _feed_tag(child).lower() == _ORIGINAL)
    yield from (announced_url(_text_of_element(child), url) for child in originals)
    links = [child for child in children if _feed_tag(child).lower() == "link"]
    for link in sorted(links, key=_is_no_page):
        if link.get("href") and _is_alternate(link):
            yield announced_url(link.get("href"), base_of(link))
        elif _text_of_element(link):
            yield announced_url(_text_of_element(link), base_of(link))
    for guid in children:
        name, text = _feed_tag(guid).lower(), _text_of_element(guid)
        permanent = name == "id" or guid.get("isPermaLink", "true").lower() != "false"
        if name in ("guid", "id") and permanent and text.startswith("http"):
            yield announced_url(text, url)


def _is_alternate(link: Any) -> bool:
    """Whether a link leads to what the entry, or the feed, is of (RFC 4287, 4.2.7.2)."""
    relation = (link.get("rel") or "alternate").strip().lower()
    return relation.removeprefix(_REGISTRY) == "alternate"


def _is_no_page(link: Any) -> bool:
    return "html" not in (link.get("type") or "text/html").lower()


def _bases(text: str | None, url: str) -> _BaseOf:
    """What gives the address that an element's own is relative to, in the feed *text* at *url*."""
    if text is not None and "xml:base" not in text:
        return lambda _: url
    known: dict[Any, str] = {}

    def base_of(element: Any) -> str:
        """Each `xml:base` above it counts, from the outside in; no element is asked twice."""
        way = []
        while element is not None and element not in known:
            way.append(element)
            element = element.getparent()
        base = url if element is None else known[element]
        for one in reversed(way):
            base = known[one] = _joined(base, one.get(_XML_BASE))
        return base

    return base_of


def _joined(base: str, relative: str | None) -> str:
    try:
        return urljoin(base, relative)[:MAX_URL] if relative else base
    except ValueError:
        return base


def _first_date(texts: dict[str, str], *names: str) -> Any:
    return next((date for name in names if (date := read_date(texts.get(name)))), None)


def _text_of_element(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _feed_tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
