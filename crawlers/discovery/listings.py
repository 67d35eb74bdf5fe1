"""The body of a seed into its listing, read as what it was declared to be."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.discovery import Listing
from crawlers.discovery.feeds import read_feed
from crawlers.discovery.sitemaps import read_sitemap
from crawlers.discovery.wordpress import read_posts
from crawlers.discovery.xml_text import root_of, unpacked

_HEAD = 2**16  # bytes in which the first element stands

ONLY_A_FEED = "entries are all that was found, and no list of older ones"
_MAY_BE_CUT = 10  # entries: WordPress, Jekyll and others cut their feeds at ten or more


def only_a_feed(url: str, count: int) -> str | None:
    """The line on a feed that alone names a source's articles; None where it is hardly cut."""
    if count < _MAY_BE_CUT:
        return None
    return f"{url}: its {count} {ONLY_A_FEED}: set archives= or sections= in the source file"


# What an event loop reads itself takes some hundredths of a second at most: 20 µs a tag of a page,
# 15 µs one of a sitemap, and 100 µs one of a feed that is broken. Packed bytes may be any number.
_INLINE_BYTES = 512 * 2**10
_INLINE_TAGS = {"feed": 1_500, "sitemap": 4_000, "posts": 4_000}
_INLINE_PAGE_TAGS = 12_000
_PACKED = b"\x1f\x8b"


def is_large(kind: str, content: bytes) -> bool:
    """Whether reading *content* takes so long that it is done beside the event loop."""
    if content.startswith(_PACKED) or len(content) > _INLINE_BYTES:
        return True
    tags = content.count(b"<")
    if kind == "sitemap":
        tags = max(tags, content.count(b"\n"))  # it may be plain lines
    elif kind == "posts":
        tags = content.count(b",")
    return tags > _INLINE_TAGS.get(kind, _INLINE_PAGE_TAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTask:
    """A listing, and what it was declared to be."""

    kind: str
    content: bytes
    url: str
    content_type: str | None


def read_listing_of(task: ListingTask) -> ReadListing:
    """The listing of *task*, as `read_listing` has it."""
    return read_listing(task.kind, task.content, task.url, task.content_type)


@dataclass(frozen=True, slots=True)
class ReadListing:
    """What came of reading a listing: *is_page* says that it is a page of links instead."""

    listing: Listing
    is_page: bool = False


def read_listing(kind: str, content: bytes, url: str, content_type: str | None) -> ReadListing:
    """The listing in *content*, declared as a `feed`, `sitemap`, `posts`, `section` or `archive`.

    The last two are pages of links, unless a feed or a sitemap stands at their address.
    """
    if kind == "posts":
        return ReadListing(read_posts(content, url))
    if kind == "feed":
        return ReadListing(read_feed(content, url, content_type))
    if kind == "sitemap":
        return ReadListing(read_sitemap(content, url, content_type))
    if not _is_feed_or_sitemap(content):
        return ReadListing(Listing("unreadable"), is_page=True)
    feed = read_feed(content, url, content_type)
    return ReadListing(feed if feed.kind == "feed" else read_sitemap(content, url, content_type))


def _is_feed_or_sitemap(content: bytes) -> bool:
    """Whether the first element is that of a feed or a sitemap rather than of a web page."""
    head = unpacked(content[:_HEAD], _HEAD)[0].replace(b"\0", b"").decode("latin-1")
    root = root_of(head)
    return root is not None and root.name in ("rss", "feed", "rdf", "urlset", "sitemapindex")
