"""What a magazine announces, from bytes: feeds, sitemaps and page heads into the URLs they name.

All of it is pure and never raises on what a server sent: broken input gives what could be read, and
one line that tells what was wrong with it.
"""

from __future__ import annotations

from crawlers.discovery.announced import Announced, Listing

__all__ = ["Announced", "Listing"]
