"""An edition of the magazines into everything that can be fetched from them: path by path, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from backissue.sample import announce, blocktheme, plain, tagdiv
from backissue.sample.magazines import BRANCHLINE, EDITION_TIMES, MAGAZINES, TIDELINE, UNDERSTOREY
from backissue.sample.picture import picture
from backissue.sample.pieces import Piece, load_pieces
from backissue.sample.resource import Resource
from backissue.sample.shelf import Shelf

_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_CHANGED = EDITION_TIMES[0]  # of what no edition alters


Entries = Iterator[tuple[str, Resource]]


@dataclass(frozen=True)
class Edition:
    """What the magazines have out: their pieces, and per host every path with its resource."""

    pieces: tuple[Piece, ...]
    resources: dict[str, dict[str, Resource]]


def build_edition(number: int, today: date) -> Edition:
    """Edition *number* (1 or 2) with *today* in the header of its pages."""
    at = EDITION_TIMES[number - 1]
    tideline, understorey, branchline = (
        Shelf(magazine, load_pieces(magazine, number), today) for magazine in MAGAZINES
    )
    return Edition(
        pieces=tideline.pieces + understorey.pieces + branchline.pieces,
        resources={
            TIDELINE.host: dict(_tideline(tideline, at)),
            UNDERSTOREY.host: dict(_understorey(understorey, at)),
            BRANCHLINE.host: dict(_branchline(branchline, at)),
        },
    )


def _tideline(shelf: Shelf, at: datetime) -> Entries:
    yield from _common(shelf)
    yield "/wp-content/themes/Newspaper/style.css", _style("tideline.css")
    yield "/wp-content/uploads/plate.png", _png("tideline plate")
    for piece in shelf.pieces:
        html = tagdiv.article(piece, shelf)
        yield piece.path, _page(html, piece.date_touched)
    listings = tagdiv.listings(shelf)
    for path, title, pieces in listings:
        yield path, _page(tagdiv.listing(title, pieces, shelf), _newest(pieces))
    yield "/about/", _page(tagdiv.about(shelf), _CHANGED)
    yield "/feed/", _text(announce.rss(shelf, at), "application/rss+xml; charset=UTF-8", at)
    yield from _wp_sitemaps(shelf, [path for path, _, _ in listings[1:]])


def _understorey(shelf: Shelf, at: datetime) -> Entries:
    yield from _common(shelf)
    yield "/style.css", _style("understorey.css")
    yield "/pictures/plate.png", _png("understorey plate")
    for piece in shelf.pieces:
        html = plain.article(piece, shelf)
        yield piece.path, _page(html, piece.date_touched, chunked=True)
    listings = plain.listings(shelf)
    for path, title, pieces in listings:
        yield path, _page(plain.listing(title, pieces, shelf), _newest(pieces), chunked=True)
    yield "/about", _page(plain.about(shelf), _CHANGED, chunked=True)
    yield "/atom.xml", _text(announce.atom(shelf, at), "application/atom+xml; charset=utf-8", at)
    others: list[announce.Entry] = [
        (f"{shelf.magazine.url[:-1]}{path}", None) for path, _, _ in listings
    ]
    sitemap = announce.sitemap(_announced(shelf) + others)
    yield "/sitemap.xml", _text(sitemap, _XML, at)


def _branchline(shelf: Shelf, at: datetime) -> Entries:
    yield from _common(shelf)
    yield "/wp-content/themes/halt/style.css", _style("branchline.css")
    yield "/wp-content/uploads/plate.png", _png("branchline plate")
    for piece in shelf.pieces:
        yield piece.path, _page(blocktheme.article(piece, shelf), piece.date_touched)
    for page in blocktheme.listings(shelf):
        yield page.path, _page(blocktheme.listing(page, shelf), _newest(page.pieces))
    yield "/about/", _page(blocktheme.about(shelf), _CHANGED)
    yield "/feed/", _text(announce.rss(shelf, at), "application/rss+xml; charset=UTF-8", at)
    yield "/sitemap.xml", _text(announce.sitemap(_announced(shelf)), _XML, _newest(shelf.pieces))
    kind = "application/json; charset=UTF-8"
    yield "/wp-json/", _text('{"name": "Branchline", "namespaces": ["wp/v2"]}', kind, _CHANGED)
    yield "/wp-json/wp/v2/posts", _text(blocktheme.posts(shelf), kind, at)


def _common(shelf: Shelf) -> Entries:
    """Robots, pictures, and the old addresses of pieces that were moved."""
    yield (
        "/robots.txt",
        _text(announce.robots(shelf.magazine), "text/plain; charset=utf-8", _CHANGED),
    )
    yield "/favicon.png", _png(shelf.magazine.name)
    for piece in shelf.pieces:
        yield piece.picture_path, _png(piece.slug)
        if piece.announced_path:
            moved = Resource(b"", _HTML, piece.date_published, location=piece.path)
            yield piece.announced_path, moved


def _wp_sitemaps(shelf: Shelf, listings: list[str]) -> Entries:
    """The index that WordPress writes, and the sitemaps it lists."""
    home = shelf.magazine.url[:-1]
    posts = _announced(shelf)
    taxonomies: list[announce.Entry] = [(f"{home}{path}", None) for path in listings]
    about: list[announce.Entry] = [(f"{home}/about/", _CHANGED)]
    newest = max(changed for _, changed in posts if changed)
    parts = {
        "/wp-sitemap-posts-post-1.xml": (posts, newest),
        "/wp-sitemap-posts-page-1.xml": (about, _CHANGED),
        "/wp-sitemap-taxonomies-category-1.xml": (taxonomies, newest),
    }
    for path, (entries, changed) in parts.items():
        yield path, _text(announce.sitemap(entries), _XML, changed)
    index = announce.sitemap_index(
        (f"{home}{path}", changed) for path, (_, changed) in parts.items()
    )
    yield "/wp-sitemap.xml", _text(index, _XML, newest)


def _announced(shelf: Shelf) -> list[announce.Entry]:
    return [(piece.announced_url, piece.date_touched) for piece in shelf.pieces]


def _newest(pieces: tuple[Piece, ...]) -> datetime:
    return max((piece.date_touched for piece in pieces), default=_CHANGED)


def _page(html: str, changed: datetime, *, chunked: bool = False) -> Resource:
    return Resource(html.encode(), _HTML, changed, chunked=chunked)


def _text(text: str, content_type: str, changed: datetime) -> Resource:
    return Resource(text.encode(), content_type, changed)


def _png(name: str) -> Resource:
    return Resource(picture(name), "image/png", _CHANGED)


def _style(name: str) -> Resource:
    css = (files("backissue.sample") / "styles" / name).read_bytes()
    return Resource(css, "text/css; charset=utf-8", _CHANGED)
