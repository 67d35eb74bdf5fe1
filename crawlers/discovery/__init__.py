"""What a magazine announces, from bytes: feeds, sitemaps and page heads into the URLs they name.

All of it is pure and never raises on what a server sent: broken input gives what could be read, and
one line that tells what was wrong with it.
"""

from __future__ import annotations

from crawlers.discovery.announced import Announced, Listing
from crawlers.discovery.feeds import read_feed
from crawlers.discovery.sitemaps import read_sitemap

__all__ = ["Announced", "Listing", "read_listing"]


def read_listing(kind: str, content: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the listing at *url* announces, read as the *kind* of seed it is.

    A section or an archive is a page: its links are for who knows the source's rules to choose.
    """
    if kind == "feed":
        return read_feed(content, url, content_type)
    if kind == "sitemap":
        return read_sitemap(content, url)
    return Listing("page")
