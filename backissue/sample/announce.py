"""A shelf of pieces into what a magazine announces them with: RSS, Atom, sitemaps and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from backissue.sample.magazines import Magazine
from backissue.sample.pieces import Piece
from backissue.sample.shelf import Shelf

FEED_LENGTH = 10
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"

Entry = tuple[str, datetime | None]
"""An address in a sitemap, and when what stands there last changed."""


def newest(shelf: Shelf) -> list[Piece]:
    """What the feed lists: a piece that is announced again stands first again."""
    by_date = sorted(shelf.open, key=lambda piece: piece.date_announced, reverse=True)
    return by_date[:FEED_LENGTH]


def rss(shelf: Shelf, built: datetime) -> str:
    """RSS 2.0, as WordPress writes it."""
    magazine = shelf.magazine
    return (
        f'{_DECLARATION}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(magazine.title)}</title>\n"
        f'<atom:link href="{magazine.feed_url}" rel="self" type="application/rss+xml"/>\n'
        f"<link>{magazine.url}</link>\n<description>{escape(magazine.tagline)}</description>\n"
        f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n<language>en-GB</language>\n"
        f"{''.join(_item(piece) for piece in newest(shelf))}</channel>\n</rss>\n"
    )


def atom(shelf: Shelf, built: datetime) -> str:
    """Atom (RFC 4287)."""
    magazine = shelf.magazine
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{magazine.url}</id>\n<title>{escape(magazine.title)}</title>\n"
        f"<subtitle>{escape(magazine.tagline)}</subtitle>\n<updated>{built.isoformat()}</updated>\n"
        f'<link rel="self" href="{magazine.feed_url}"/>\n<link href="{magazine.url}"/>\n'
        f"{''.join(_entry(piece) for piece in newest(shelf))}</feed>\n"
    )


def sitemap(entries: Iterable[Entry]) -> str:
    """A sitemap of *entries*."""
    return _sitemap("urlset", "url", entries)


def sitemap_index(entries: Iterable[Entry]) -> str:
    """An index of the sitemaps *entries*."""
    return _sitemap("sitemapindex", "sitemap", entries)


def robots(magazine: Magazine) -> str:
    """What crawlers may fetch: all but what is private, and what WordPress keeps for itself."""
    closed = ("/private/",) if magazine.name == "understorey" else ("/wp-admin/", "/private/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return "\n".join([*lines, f"Sitemap: {magazine.sitemap_url}", ""])


def _item(piece: Piece) -> str:
    authors = ", ".join(piece.authors)
    categories = "".join(
        f"<category>{escape(name)}</category>" for name in (piece.section, *piece.keywords)
    )
    changed = piece.date_modified.isoformat()
    return (
        f"<item>\n<title>{escape(piece.title)}</title>\n<link>{piece.announced_url}</link>\n"
        f"<dc:creator>{escape(authors)}</dc:creator>\n"
        f"<pubDate>{format_datetime(piece.date_published)}</pubDate>\n"
        f"<atom:updated>{changed}</atom:updated>\n{categories}\n"
        f'<guid isPermaLink="false">{piece.magazine.url}?p={piece.slug}</guid>\n'
        f"<description>{escape(piece.summary)}</description>\n</item>\n"
    )


def _entry(piece: Piece) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in piece.authors)
    return (
        f"<entry>\n<id>tag:{piece.magazine.host},2026:{piece.slug}</id>\n"
        f"<title>{escape(piece.title)}</title>\n"
        f'<link rel="alternate" type="text/html" hreflang="{piece.language}" '
        f'href="{piece.announced_url}"/>\n{authors}\n'
        f"<published>{piece.date_published.isoformat()}</published>\n"
        f"<updated>{piece.date_announced.isoformat()}</updated>\n"
        f'<category term="{escape(piece.section)}"/>\n'
        f"<summary>{escape(piece.summary)}</summary>\n</entry>\n"
    )


def _sitemap(root: str, element: str, entries: Iterable[Entry]) -> str:
    lines = [
        f"<{element}><loc>{escape(url)}</loc>{_lastmod(changed)}</{element}>\n"
        for url, changed in entries
    ]
    return f'{_DECLARATION}<{root} xmlns="{_SITEMAPS}">\n{"".join(lines)}</{root}>\n'


def _lastmod(changed: datetime | None) -> str:
    return f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
