"""Pieces into pages of The Tideline Review, in the structure that tagDiv's Newspaper theme gives to WordPress pages."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from html import escape
from typing import Any

from backissue.sample.markup import Form, render, slugify, template
from backissue.sample.pieces import Piece
from backissue.sample.shelf import Shelf

_FORM = Form(
    figure='<figure class="wp-block-image size-large"><img src="/wp-content/uploads/plate.png" alt="">'
    '<figcaption class="wp-element-caption">{}</figcaption></figure>',
    pull='<blockquote class="td_pull_quote td_pull_center"><p>{}</p></blockquote>',
    insert='<div class="td-a-rec td-a-rec-id-content_inline td_block_template_2">'
    '<span class="td-adspot-title">- Advertisement -</span><div class="td-all-devices">'
    '<a href="/about/">Rope, twine and net, cut to length while you wait. Open on Sundays.</a>'
    "</div></div>",
    position=4,
)
_LOCALES = {"en": "en_GB", "es": "es_ES", "ar": "ar"}


def article(piece: Piece, shelf: Shelf) -> str:
    """The page of *piece*."""
    values = _values(piece)
    main = template("tagdiv-article.html").substitute(
        values,
        body=render(piece.layout, _FORM),
        author_links=", ".join(_author(name, "tdb-author-name") for name in piece.authors),
        author_box="".join(_author_box(name, shelf) for name in piece.authors),
        tags="".join(f'<li><a href="{_tag(k)}">{escape(k)}</a></li>' for k in piece.keywords),
        share=_share(piece),
        neighbours=_neighbours(piece, shelf),
        related="".join(_module(p, dated=True) for p in shelf.related(piece)),
        popular=_popular(shelf),
        comments="".join(_comments(piece)),
        comment_count=len(piece.comments),
    )
    head = template("tagdiv-head.html").substitute(values)
    body_class = f"wp-singular post-template-default single single-post postid-{values['number']}"
    return _shell(shelf, piece.title, main, head, body_class, piece.language)


def listing(title: str, pieces: Iterable[Piece], shelf: Shelf) -> str:
    """A page that lists *pieces*: home, a section, a tag or an author."""
    main = template("tagdiv-listing.html").substitute(
        title=escape(title),
        modules="".join(_module(piece, dated=True, excerpt=True) for piece in pieces),
        popular=_popular(shelf),
    )
    return _shell(shelf, title, main, "", "archive category", "en")


def listings(shelf: Shelf) -> list[tuple[str, str, tuple[Piece, ...]]]:
    """Path, title and pieces of every listing: home, sections, tags and authors."""
    found = shelf.listings()
    for keyword in sorted({keyword for piece in shelf.open for keyword in piece.keywords}):
        tagged = tuple(piece for piece in shelf.open if keyword in piece.keywords)
        found.append((_tag(keyword), keyword, tagged))
    for name in sorted({name for piece in shelf.open for name in piece.authors}):
        own = tuple(piece for piece in shelf.open if name in piece.authors)
        found.append((f"/author/{slugify(name)}/", name, own))
    return found


def about(shelf: Shelf) -> str:
    """The page about the magazine."""
    main = (
        '<div class="td-page-content tagdiv-type"><h1>About</h1><p>The Tideline Review appears on '
        "the web whenever something has washed up that is worth a walk. Its writers, its ports and "
        "its readers are invented; the pages stand here so that a crawler has something to read "
        'without troubling anyone.</p><p>Pictures for the press lie in our <a href="/press-kit/">'
        "press kit</a>.</p></div>"
    )
    return _shell(shelf, "About", main, "", "page", "en")


def _shell(shelf: Shelf, title: str, main: str, head: str, body_class: str, language: str) -> str:
    return template("tagdiv-shell.html").substitute(
        language=language,
        title=escape(title),
        head=head,
        body_class=body_class,
        today=f"{shelf.today:%A}, {_day(shelf.today)}",
        menu=_menu(shelf),
        mobile_menu="".join(_menu_item(section) for section in shelf.magazine.sections),
        top_five="".join(_module(piece) for piece in shelf.standing[1::2][:5]),
        main=main,
    )


def _values(piece: Piece) -> dict[str, Any]:
    """What both the head and the article of a page say of *piece*."""
    return {
        "title": escape(piece.title),
        "summary": escape(piece.summary),
        "url": piece.url,
        "path": piece.path,
        "number": _number(piece),
        "language": piece.language,
        "direction": "rtl" if piece.language == "ar" else "ltr",
        "locale": _LOCALES[piece.language],
        "published": piece.date_published.isoformat(),
        "published_words": _day(piece.date_published),
        "modified": piece.date_modified.isoformat(),
        "section": escape(piece.section),
        "section_path": f"/category/{piece.section.lower()}/",
        "authors": escape(", ".join(piece.authors)),
        "tag_metas": "\n".join(
            f'<meta property="article:tag" content="{escape(k)}">' for k in piece.keywords
        ),
        "picture_path": piece.picture_path,
        "picture_url": f"http://{piece.magazine.host}{piece.picture_path}",
        "minutes": _minutes(piece),
        "readers": f"{piece.readers:,}",
        "json_ld": _json_ld(piece),
    }


def _json_ld(piece: Piece) -> str:
    """The graph that Yoast's plugin writes into a page."""
    home = piece.magazine.url
    page: dict[str, Any] = {
        "@type": "WebPage",
        "@id": piece.url,
        "url": piece.url,
        "name": f"{piece.title} - {piece.magazine.title}",
        "isPartOf": {"@id": f"{home}#website"},
        "datePublished": piece.date_published.isoformat(),
        "dateModified": piece.date_modified.isoformat(),
        "inLanguage": piece.language,
    }
    news: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": f"{piece.url}#article",
        "isPartOf": {"@id": piece.url},
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "headline": piece.title,
        "description": piece.summary,
        "datePublished": piece.date_published.isoformat(),
        "dateModified": piece.date_modified.isoformat(),
        "mainEntityOfPage": {"@id": piece.url},
        "commentCount": len(piece.comments),
        "publisher": {"@id": f"{home}#organization"},
        "image": {"@type": "ImageObject", "url": f"{home[:-1]}{piece.picture_path}"},
        "keywords": list(piece.keywords),
        "articleSection": [piece.section],
        "inLanguage": piece.language,
    }
    name = piece.magazine.title
    site = {"@type": "WebSite", "@id": f"{home}#website", "url": home, "name": name}
    publisher = {"@type": "Organization", "@id": f"{home}#organization", "url": home, "name": name}
    graph = {"@context": "https://schema.org", "@graph": [news, page, site, publisher]}
    # a title may hold "</script>": the slash is escaped, which JSON allows
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _module(piece: Piece, *, dated: bool = False, excerpt: bool = False) -> str:
    title = escape(piece.title)
    summary = f'<div class="td-excerpt">{escape(piece.summary)}</div>'
    meta = (
        f'<div class="td-editor-date"><span class="td-author-date"><span class="td-post-author-name">'
        f"{escape(', '.join(piece.authors))}</span> <span>-</span> <span class="
        f'"td-post-date"><time class="entry-date updated td-module-date" datetime="'
        f'{piece.date_published.isoformat()}">{_day(piece.date_published)}</time></span></span></div>'
    )
    return (
        '<div class="td_module_flex td_module_flex_1 td_module_wrap td-animation-stack td-cpt-post">'
        '<div class="td-module-container td-category-pos-above"><div class="td-image-container">'
        f'<div class="td-module-thumb"><a href="{piece.path}" rel="bookmark" class="td-image-wrap" '
        f'title="{title}"><img class="entry-thumb" src="{piece.picture_path}" alt=""></a></div></div>'
        f'<div class="td-module-meta-info"><a href="/category/{piece.section.lower()}/" '
        f'class="td-post-category">{escape(piece.section)}</a><h3 class="entry-title td-module-title">'
        f'<a href="{piece.path}" rel="bookmark" title="{title}">{title}</a></h3>'
        f"{meta if dated else ''}"
        f"{summary if excerpt else ''}</div></div></div>"
    )


def _popular(shelf: Shelf) -> str:
    most_read = sorted(shelf.standing, key=lambda piece: piece.slug)
    return "".join(_module(piece, dated=True) for piece in most_read[:4])


def _menu(shelf: Shelf) -> str:
    """The mega menu: under each section, its newest pieces."""
    items = []
    for section in shelf.magazine.sections:
        newest = [piece for piece in shelf.standing if piece.section == section][:3]
        modules = "".join(
            f'<div class="td_module_mega_menu td_module_wrap"><h3 class="entry-title td-module-title">'
            f'<a href="{piece.path}">{escape(piece.title)}</a></h3></div>'
            for piece in newest
        )
        inner = f'<ul class="sub-menu"><li class="menu-item-0"><div class="td_mega_menu_sub">{modules}</div></li></ul>'
        items.append(_menu_item(section, inner))
    return "".join(items)


def _menu_item(section: str, inner: str = "") -> str:
    return (
        '<li class="menu-item menu-item-type-taxonomy menu-item-object-category tdb-menu-item '
        f'tdb-mega-menu"><a href="/category/{section.lower()}/"><div class="tdb-menu-item-text">'
        f"{section}</div></a>{inner}</li>"
    )


def _neighbours(piece: Piece, shelf: Shelf) -> str:
    sides = zip(
        ("prev", "next"), ("Previous article", "Next article"), shelf.neighbours(piece), strict=True
    )
    return "".join(
        f'<div class="tdb-next-post tdb-post-{side}"><span>{words}</span><div class="td-module-container">'
        f'<div class="next-prev-title"><a href="{other.path}">{escape(other.title)}</a></div></div></div>'
        for side, words, other in sides
        if other is not None
    )


def _comments(piece: Piece) -> Iterable[str]:
    for number, (name, words) in enumerate(piece.comments, 1):
        at = piece.date_published + timedelta(days=number, hours=5 * number, minutes=17 * number)
        yield (
            f'<li class="comment even thread-even depth-1" id="comment-{_number(piece) + number}"><article>'
            f'<footer><cite class="fn">{escape(name)}</cite> <a class="comment-link" href="#comments">'
            f'<time datetime="{at.isoformat()}">{_day(at)} At {at:%H:%M}</time></a></footer>'
            f'<div class="comment-content tagdiv-type"><p>{escape(words)}</p></div><div class="comment-meta">'
            '<a rel="nofollow" class="comment-reply-link" href="#respond">Reply</a></div></article></li>'
        )


def _share(piece: Piece) -> str:
    return "".join(
        f'<a class="td-social-sharing-button td-social-network td-social-{name.lower()}" '
        f'href="{href}" title="{name}"><div class="td-social-but-text">{name}</div></a>'
        for name, href in (("Email", f"mailto:?body={piece.url}"), ("Print", "#"), ("Copy", "#"))
    )


def _author_box(name: str, shelf: Shelf) -> str:
    works = sum(name in piece.authors for piece in shelf.standing)
    return (
        f'<div class="tdb-author-info">{_author(name, "tdb-author-name")}<div class="tdb-author-counters">'
        f'<span class="tdb-author-count">{works or 1} POSTS</span></div><div class="tdb-author-descr">'
        f"{escape(name)} writes for The Tideline Review.</div></div>"
    )


def _author(name: str, css_class: str) -> str:
    return f'<a class="{css_class}" href="/author/{slugify(name)}/">{escape(name)}</a>'


def _tag(keyword: str) -> str:
    return f"/tag/{slugify(keyword)}/"


def _number(piece: Piece) -> int:
    """The id that WordPress would have given to the post."""
    return 3000 + zlib.crc32(piece.slug.encode()) % 6000


def _minutes(piece: Piece) -> int:
    return max(1, round(len(piece.true_text.split()) / 220))


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
