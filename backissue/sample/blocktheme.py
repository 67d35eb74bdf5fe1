"""Pieces into pages of Branchline: a WordPress block theme, with pages of lists, months, and a list of posts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from backissue.sample.markup import Form, render, template
from backissue.sample.pieces import Piece
from backissue.sample.shelf import Shelf

PER_PAGE = 2
_FORM = Form(
    figure='<figure class="wp-block-image size-large"><img loading="lazy" width="640" height="360" '
    'src="/wp-content/uploads/plate.png" alt="" /><figcaption class="wp-element-caption">{}</figcaption></figure>',
    pull='<figure class="wp-block-pullquote"><blockquote><p>{}</p></blockquote></figure>',
    insert='<div class="wp-block-group is-ad is-layout-constrained"><p class="has-small-font-size">'
    'Every Thursday, one station, by mail.</p><p><a href="/about/">Join the 1,900 who wait with us</a></p></div>',
    position=5,
)


@dataclass(frozen=True)
class Listing:
    """One page of a list: where it stands, its title, its pieces, and its neighbours."""

    path: str
    title: str
    pieces: tuple[Piece, ...]
    before: str | None
    after: str | None


def article(piece: Piece, shelf: Shelf) -> str:
    """The page of *piece*."""
    earlier, later = shelf.neighbours(piece)
    values = {
        "title": escape(piece.title),
        "url": piece.url,
        "summary": escape(piece.summary),
        "language": piece.language,
        "picture_url": f"http://{piece.magazine.host}{piece.picture_path}",
        "picture_path": piece.picture_path,
        "published": piece.date_published.isoformat(),
        "modified": piece.date_modified.isoformat(),
        "json_ld": _json_ld(piece),
    }
    main = template("block-article.html").substitute(
        values,
        published_words=f"{piece.date_published:%B} {piece.date_published.day}, {piece.date_published.year}",
        authors=escape(", ".join(piece.authors)),
        section=escape(piece.section),
        section_path=_section_path(shelf, piece.section),
        body=render(piece.layout, _FORM),
        keywords=", ".join(f"<span>{escape(word)}</span>" for word in piece.keywords),
        earlier=_neighbour("Earlier", earlier, "prev"),
        later=_neighbour("Later", later, "next"),
        cards="".join(_card(other) for other in shelf.related(piece)),
        comment_count=len(piece.comments),
        comments="".join(_comment(n, *one) for n, one in enumerate(piece.comments, 1)),
    )
    head = template("block-head.html").substitute(values)
    return _shell(shelf, piece.title, main, head, piece.language, "single single-post")


def listing(page: Listing, shelf: Shelf) -> str:
    """A page of a list."""
    links = [
        f'<a href="{path}" class="wp-block-query-pagination-{side}" rel="{rel}">{words}</a>'
        for path, side, rel, words in (
            (page.before, "previous", "prev", "Newer"),
            (page.after, "next", "next", "Older"),
        )
        if path
    ]
    main = template("block-listing.html").substitute(
        title=escape(page.title),
        cards="".join(_card(piece) for piece in page.pieces),
        pagination=" ".join(links),
    )
    return _shell(shelf, page.title, main, "", "en", "archive")


def listings(shelf: Shelf) -> Iterator[Listing]:
    """Every page of the home page's list, of each section's, and of each month's."""
    for path, title, pieces in [*shelf.listings(), *_months(shelf)]:
        parts = [pieces[at : at + PER_PAGE] for at in range(0, len(pieces), PER_PAGE)] or [()]
        paths = [path, *(f"{path}page/{number}/" for number in range(2, len(parts) + 1))]
        for number, part in enumerate(parts):
            before = paths[number - 1] if number else None
            after = paths[number + 1] if number + 1 < len(parts) else None
            yield Listing(paths[number], title, part, before, after)


def posts(shelf: Shelf) -> str:
    """WordPress's list of posts, as its REST interface gives it."""
    found = [
        {
            "link": piece.announced_url,
            "date_gmt": f"{piece.date_published:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{piece.date_touched:%Y-%m-%dT%H:%M:%S}",
            "title": {"rendered": escape(piece.title)},
        }
        for piece in shelf.open
    ]
    return json.dumps(found, ensure_ascii=False)


def about(shelf: Shelf) -> str:
    """The page about the magazine."""
    main = (
        '<main class="wp-block-group is-layout-flow" id="wp--skip-link--target"><div class="wp-block-group '
        'has-global-padding is-layout-constrained"><h1 class="wp-block-post-title">About us</h1><div '
        'class="entry-content wp-block-post-content is-layout-constrained"><p>Branchline writes about lines '
        "that are short, slow, closed or about to be. The stations in it are invented, and so are the delays."
        "</p></div></div></main>"
    )
    return _shell(shelf, "About us", main, "", "en", "page")


def _months(shelf: Shelf) -> list[tuple[str, str, tuple[Piece, ...]]]:
    """Path, title and pieces of each month in which something was published, newest first."""
    months: dict[str, list[Piece]] = {}
    for piece in shelf.open:
        months.setdefault(f"/{piece.date_published:%Y/%m}/", []).append(piece)
    return [
        (path, f"{found[0].date_published:%B %Y}", tuple(found)) for path, found in months.items()
    ]


def _shell(shelf: Shelf, title: str, main: str, head: str, language: str, body_class: str) -> str:
    return template("block-shell.html").substitute(
        language=language,
        title=escape(title),
        head=head,
        body_class=body_class,
        main=main,
        sections="".join(_section(shelf, name) for name in shelf.magazine.sections),
        newest="".join(
            f'<li><a class="wp-block-latest-posts__post-title" href="{piece.path}">{escape(piece.title)}</a></li>'
            for piece in shelf.standing[:3]
        ),
        months="".join(
            f'<li><a href="{path}">{words}</a></li>' for path, words, _ in _months(shelf)
        ),
    )


def _section(shelf: Shelf, name: str) -> str:
    return (
        '<li class="wp-block-navigation-item wp-block-navigation-link"><a class="wp-block-navigation-item__content" '
        f'href="{_section_path(shelf, name)}"><span class="wp-block-navigation-item__label">{name}</span></a></li>'
    )


def _section_path(shelf: Shelf, name: str) -> str:
    return shelf.magazine.section_path.format(section=name.lower())


def _card(piece: Piece) -> str:
    return (
        f'<li class="wp-block-post post type-post"><h3 class="wp-block-post-title has-medium-font-size"><a '
        f'href="{piece.path}">{escape(piece.title)}</a></h3><div class="wp-block-post-excerpt"><p '
        f'class="wp-block-post-excerpt__excerpt">{escape(piece.summary)}</p></div><div '
        f'class="wp-block-post-date"><time datetime="{piece.date_published.isoformat()}">'
        f"{piece.date_published:%B} {piece.date_published.day}, {piece.date_published.year}</time></div></li>"
    )


def _neighbour(words: str, piece: Piece | None, rel: str) -> str:
    if piece is None:
        return ""
    return f'{words}: <a href="{piece.path}" rel="{rel}">{escape(piece.title)}</a>'


def _comment(number: int, name: str, words: str) -> str:
    return (
        f'<li id="comment-{number}" class="comment"><div class="wp-block-comment-author-name">{escape(name)}</div>'
        f'<div class="wp-block-comment-content"><p>{escape(words)}</p></div></li>'
    )


def _json_ld(piece: Piece) -> str:
    graph: Iterable[dict[str, object]] = [
        {"@type": "WebPage", "@id": piece.url, "datePublished": piece.date_published.isoformat()},
        {
            "@type": "BlogPosting",
            "@id": f"{piece.url}#post",
            "headline": piece.title,
            "datePublished": piece.date_published.isoformat(),
            "dateModified": piece.date_modified.isoformat(),
            "inLanguage": piece.language,
            "author": [{"@type": "Person", "name": name} for name in piece.authors],
            "isPartOf": {"@id": piece.url},
            "keywords": list(piece.keywords),
        },
    ]
    return json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
