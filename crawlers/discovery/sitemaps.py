"""Sitemaps (XML, an index of them, plain text, any of it gzip'd) into the URLs that they announce.

Read as a stream in bounded memory: no entity is expanded, nothing is fetched, a cut file gives what
stands before the cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

from lxml import etree

from archive.web.charset import decode_xml
from crawlers.discovery.announced import (
    Announced,
    Listing,
    announced_title,
    announced_url,
    each_once,
)
from crawlers.discovery.feeds import read_feed
from crawlers.discovery.listing_dates import read_date
from crawlers.discovery.xml_text import mended, root_of, unpacked

MAX_BYTES = 50 * 2**20  # what the protocol allows, unpacked
MAX_TAGS = 2_000_000  # fifty thousand addresses, each with those of twenty languages
MOST_ENTRIES = 100_000  # twice as many as the protocol allows

_HEAD = 2**16
_XML = re.compile(rb"<(?:\?xml|[\w:]*urlset|[\w:]*sitemapindex)", re.IGNORECASE)
_ODD = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)|[\x01-\x08\x0b\x0c\x0e-\x1f]"
)
_ENCODING = re.compile(r"(?<=<\?xml)([^>]*?)\sencoding\s*=\s*(?:\"[^\">]*\"|'[^'>]*')")
_TOO_LARGE = "too large a sitemap"
_ENDED_EARLY = {"ERR_TAG_NOT_FINISHED", "ERR_DOCUMENT_END", "ERR_GT_REQUIRED"}


def read_sitemap(content: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the sitemap at *url* announces. It may be a feed, as the protocol allows."""
    content, problem = _unpack(content)
    head = content[:_HEAD].replace(b"\0", b"").decode("latin-1")  # UTF-16 shows its ASCII
    if not head.strip():
        return Listing("unreadable", problem=problem or "is empty")
    root = root_of(head)
    if root and root.name in ("rss", "rdf", "feed"):
        return read_feed(content, url, content_type)
    if root and root.is_page:
        return Listing("unreadable", problem="is HTML, not a sitemap")
    content, odd = _readable(content, content_type or "")
    if content.count(b"<") > MAX_TAGS:
        content, problem = content[: _end_of_tags(content)], problem or _TOO_LARGE
    listing = _read_xml_sitemap(content, url) if "<" in head else _read_text(content, url)
    count = len(listing.entries) + len(listing.children)
    return replace(listing, problem=_counted(problem or odd, count) or listing.problem)


def _unpack(content: bytes) -> tuple[bytes, str | None]:
    content, problem = unpacked(content, MAX_BYTES)
    if problem == "bad_encoding":
        return b"", "is broken gzip"
    if problem or len(content) > MAX_BYTES:
        problem = f"larger than {MAX_BYTES // 2**20} MiB"
    return content[:MAX_BYTES], problem


def _readable(content: bytes, content_type: str) -> tuple[bytes, str | None]:
    """*content* in UTF-8, with references that are XML; and what was wrong with it.

    Most sitemaps are ASCII without a slip: they are read as they are, without a copy.
    """
    odd = _ODD.search(content)
    if odd is None and content.isascii() and b"\0" not in content:
        return content, None
    text = decode_xml(content, content_type)
    clean = mended(text)
    problem = None
    if odd and clean != text:
        line = 1 + content.count(b"\n", 0, odd.start())
        problem = f"malformed XML (line {line}: a reference or a character that XML has not)"
    return _ENCODING.sub(r"\1", clean.lstrip("\ufeff"), count=1).encode("utf-8", "replace"), problem


def _end_of_tags(content: bytes) -> int:
    """Where the last tag ends that is read."""
    return next(islice(re.finditer(b"<", content), MAX_TAGS, None)).start()


def _counted(what: str | None, count: int) -> str | None:
    return f"{what}: {count:,} {'entry' if count == 1 else 'entries'} read" if what else None


def _read_text(content: bytes, url: str) -> Listing:
    lines = content.decode("utf-8-sig", "replace").splitlines()
    named = (line for line in lines if line.strip().lower().startswith("http"))
    urls = [announced_url(line, url) for line in islice(named, MOST_ENTRIES)]
    entries = each_once(Announced(found) for found in urls if found)
    if not entries:
        return Listing("unreadable", problem="is no sitemap")
    return Listing("sitemap", entries)


def _read_xml_sitemap(content: bytes, url: str) -> Listing:
    start = _XML.search(content, 0, _HEAD)  # blank lines and warnings of PHP may stand before it
    stream = _stream(content[start.start() if start else 0 :])
    found = list(islice(_sitemap_records(stream, url), MOST_ENTRIES))
    if len(found) < MOST_ENTRIES:
        root = _sitemap_tag(stream.root) if stream.root is not None else ""
    else:  # nothing was read to its end, and so many entries are of a sitemap
        root = "sitemapindex" if found[0][0] == "sitemap" else "urlset"
    entries = each_once(record for name, record in found if name == "url")
    children = each_once(record for name, record in found if name == "sitemap")
    if root not in ("urlset", "sitemapindex"):
        return Listing("unreadable", problem="is XML, but no sitemap" if root else "is no sitemap")
    trouble = _TOO_LARGE if len(found) == MOST_ENTRIES else _trouble(stream.error_log)
    problem = _counted(trouble, len(entries) + len(children))
    return Listing(
        "sitemap_index" if root == "sitemapindex" else "sitemap", entries, children, problem
    )


def _stream(content: bytes) -> Any:
    return etree.iterparse(
        BytesIO(content),
        tag=("{*}url", "{*}sitemap"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _sitemap_records(stream: Any, url: str) -> Iterator[tuple[str, Announced]]:
    try:
        for _, element in stream:
            record = _sitemap_entry(element, url)
            if record is not None:
                yield _sitemap_tag(element), record
            element.clear()
            while element.getprevious() is not None:  # else an empty husk of each stays in memory
                del element.getparent()[0]
    except (etree.LxmlError, SyntaxError):  # beyond recovery: what came before it stands
        return


def _text_of_tag(element: Any) -> str:
    try:
        return element.text or "" if len(element) == 0 else ""
    except UnicodeDecodeError:  # `&#xd800;`, which libxml2 lets pass
        return ""


def _sitemap_entry(element: Any, url: str) -> Announced | None:
    texts = {_sitemap_tag(child): _text_of_tag(child) for child in element}
    found = announced_url(texts.get("loc", ""), url)
    if found is None:
        return None
    published, title = _news(element)
    return Announced(found, published, read_date(texts.get("lastmod")), title)


def _news(element: Any) -> tuple[datetime | None, str | None]:
    """Date and title of the news extension, which has both in an element of its own."""
    for child in element:
        if _sitemap_tag(child) != "news":
            continue
        texts = {_sitemap_tag(part): _text_of_tag(part) for part in child}
        return read_date(texts.get("publication_date")), announced_title(texts.get("title", ""))
    return None, None


def _trouble(log: Any) -> str | None:
    for entry in log:
        if entry.type_name in _ENDED_EARLY:
            return "truncated XML"
        if entry.level_name != "WARNING" and not entry.type_name.startswith("NS_"):
            return f"malformed XML (line {entry.line}: {' '.join(entry.message.split())[:100]})"
    return None


def _sitemap_tag(element: Any) -> str:
    """An element's name without its namespace; empty for an entity, which has none, and where the
    namespace is half a character, which libxml2 lets pass."""
    try:
        tag = element.tag
    except UnicodeDecodeError:
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
