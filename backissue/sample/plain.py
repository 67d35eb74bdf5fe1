"""Pieces into pages of Understorey: hand-made semantic HTML with microdata and Open Graph, and no JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from backissue.sample.blocks import Block
from backissue.sample.markup import Form, inline, render, template
from backissue.sample.pieces import Piece
from backissue.sample.shelf import Shelf

_FORM = Form(
    figure='<figure><img src="/pictures/plate.png" alt="" loading="lazy"><figcaption>{}</figcaption></figure>',
    pull='<aside class="pull" aria-hidden="true"><p>{}</p></aside>',
    insert='<section class="sign-up" aria-label="Sign up"><h2>Four letters a year</h2><p>We write when '
    "an issue goes to press, and at no other time. Leave an address and we will send you the next "
    'letter.</p><form action="/letters" method="post"><input type="email" name="email" '
    'placeholder="you@somewhere"><button>Send me the letter</button></form></section>',
    position=4,
)
_LOCALES = {"en": "en_GB", "de": "de_DE"}


def article(piece: Piece, shelf: Shelf) -> str:
    """The page of *piece*."""
    body = [block for block in piece.layout if block.kind != "note"]
    values = {
        "title": escape(piece.title),
        "url": piece.url,
        "summary": escape(piece.summary),
        "authors": escape(", ".join(piece.authors)),
        "locale": _LOCALES[piece.language],
        "language": piece.language,
        "picture_url": f"http://{piece.magazine.host}{piece.picture_path}",
    }
    main = template("plain-article.html").substitute(
        values,
        section=escape(piece.section),
        section_path=f"/{piece.section.lower()}/",
        bylines=" and ".join(_byline(name) for name in piece.authors),
        published=piece.date_published.isoformat(),
        published_words=_day(piece.date_published),
        modified=_modified(piece),
        keywords=escape(", ".join(piece.keywords)),
        body=render(body, _FORM),
        notes=_notes(block for block in piece.layout if block.kind == "note"),
        cards="".join(_card(other) for other in shelf.related(piece)),
        comment_count=len(piece.comments),
        comments="".join(_letter(name, words) for name, words in piece.comments),
    )
    head = template("plain-head.html").substitute(values)
    return _shell(shelf, piece.title, main, head, piece.language)


def listing(title: str, pieces: Iterable[Piece], shelf: Shelf) -> str:
    """A page that lists *pieces*: home or a section."""
    private = (piece for piece in shelf.pieces if piece.forbidden)
    links = "".join(f'<a href="{piece.path}">{escape(piece.title)}</a>' for piece in private)
    is_home = title == shelf.magazine.title
    main = template("plain-listing.html").substitute(
        title=escape(title),
        cards="".join(_card(piece) for piece in pieces),
        aside=f'<p class="members">For members: {links}</p>' if is_home else "",
    )
    return _shell(shelf, title, main, "", "en")


def listings(shelf: Shelf) -> list[tuple[str, str, tuple[Piece, ...]]]:
    """Path, title and pieces of every listing: home, sections, and the part for members."""
    private = tuple(piece for piece in shelf.pieces if piece.forbidden)
    return [*shelf.listings(), ("/private/", "For members", private)]


def about(shelf: Shelf) -> str:
    """The page about the magazine."""
    main = (
        "<section><h1>About Understorey</h1><p>We print four issues a year about hedges, weather, "
        "seed and the things people make at kitchen tables. Everybody in these pages is invented, "
        "and so is the weather. Write to us at the address on the back cover.</p></section>"
    )
    return _shell(shelf, "About", main, "", "en")


def _shell(shelf: Shelf, title: str, main: str, head: str, language: str) -> str:
    links = (f'<a href="/{name.lower()}/">{name}</a>' for name in shelf.magazine.sections)
    return template("plain-shell.html").substitute(
        language=language, title=escape(title), head=head, sections=" ".join(links), main=main
    )


def _card(piece: Piece) -> str:
    return (
        f'<li class="card"><a href="{piece.path}"><img src="{piece.picture_path}" alt="" loading="lazy">'
        f'<h3>{escape(piece.title)}</h3></a><p>{escape(piece.summary)}</p><p class="small">'
        f'{escape(" and ".join(piece.authors))}, <time datetime="{piece.date_published:%Y-%m-%d}">'
        f"{_day(piece.date_published)}</time></p></li>"
    )


def _byline(name: str) -> str:
    return (
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(name)}</span></span>'
    )


def _modified(piece: Piece) -> str:
    if piece.date_modified == piece.date_published:
        return ""
    at = piece.date_modified
    return (
        f' · corrected <time itemprop="dateModified" datetime="{at.isoformat()}">{_day(at)}</time>'
    )


def _notes(notes: Iterable[Block]) -> str:
    items = [
        f'<li id="note-{number}">{inline(note.markup)} <a href="#ref-{number}" aria-label="Back">↩</a></li>'
        for number, note in enumerate(notes, 1)
    ]
    if not items:
        return ""
    return f'<section class="footnotes" role="doc-endnotes"><h2>Notes</h2><ol>{"".join(items)}</ol></section>'


def _letter(name: str, words: str) -> str:
    return f'<div class="reader"><p>{escape(words)}</p><p class="small">{escape(name)}</p></div>'


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
