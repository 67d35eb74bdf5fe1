"""A tree into one without what surrounds an article, as its markup tells: comments, lists, bars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.types import Removed
from pipelines.blocks import SILENT
from pipelines.text import fold

_LONG = 60  # characters that make a paragraph of prose
_PROSE_SHARE = (
    0.3  # an element that holds more of the page's prose is no clutter, whatever its name
)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_TAGS = {
    "aside": "aside",
    "nav": "navigation",
    "menu": "navigation",
    "footer": "footer",
    "form": "form",
    "dialog": "dialog",
    "figcaption": "caption",
    "audio": "media",
    "video": "media",
}
_ROLES = {
    "navigation": "navigation",
    "complementary": "aside",
    "contentinfo": "footer",
    "search": "form",
    "dialog": "dialog",
    "alert": "dialog",
    "tooltip": "dialog",
}
_CLASSES = {
    "comments": """comment comments respond commentlist commentform disqus livefyre fbcomments
        comment-list comment-form comment-respond comments-area reply-title
        conversation-section webmention webmentions pingback trackbacks""",
    "related": """related relatedposts relatedarticles jp-relatedposts yarpp outbrain taboola
        zergnet revcontent recirc recirculation recommended recommendation recommendations
        read-more-links read-next readnext read-also also-read up-next upnext next-prev
        prev-next post-nav post-navigation nav-links nav-previous nav-next next-post
        previous-post prev-post more-stories more-articles more-news more-posts more-from
        more-on you-may you-might also-like similar-posts module-wrap see-also
        further-reading teaser-list post-pagination""",
    "popular": """popular trending most-read most-viewed most-popular most-shared mostread
        mostpopular top-stories latest-news latest-posts latest-articles latest-stories recent-posts
        recent-articles recent-news""",
    "newsletter": """newsletter newsletters subscribe subscription signup sign-up mailchimp mc-wp
        optin opt-in mailing-list email-capture""",
    "share": """share sharing sharebar sharethis sharedaddy shares social socials socialmedia
        addtoany addthis follow-us sociable sharer shareaholic""",
    "author": """author-box author-bio author-info author-card author-profile author-description
        author-about author-descr author-details author-block author-meta about-author
        about-the-author authorbox authorbio post-author entry-author article-author bio-box
        byline bylines by-line author-name author-wrapper single-author""",
    "meta": """post-meta entry-meta article-meta meta-info metadata metabar meta-bar dateline
        timestamp pubdate post-date entry-date article-date publish-date published-date
        posted-on single-date breadcrumb breadcrumbs post-tags entry-tags article-tags tags
        tag-list tagcloud tag-links tags-links cat-links taglist post-categories
        single-categories reading-time entry-footer""",
    "caption": """caption captions wp-caption-text image-caption photo-caption credit credits
        photo-credit image-credit img-credit copyright-notice""",
    "sidebar": "sidebar side-bar sidebars widget widgets right-rail left-rail rightrail rail",
    "advertisement": """ad ads adv advert adverts advertisement advertising adsense adslot ad-slot
        ad-unit ad-container adsbygoogle promo promos promotion promobox sponsor sponsored sponsors
        dfp banner banners a-rec cta affiliate-disclosure""",
    "contents": "toc table-of-contents ez-toc tableofcontents toc-container",
    "dialog": """modal popup pop-up tooltip tooltips overlay lightbox cookie cookies cookie-notice
        consent gdpr rollover-people-block""",
    "hidden": "sr-only screen-reader-text visually-hidden visuallyhidden screen-reader hidden-text",
}
_REASON = {name: reason for reason, names in _CLASSES.items() for name in names.split()}
_DEPTH = max(name.count("-") for name in _REASON) + 1
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAMED_FREELY = "html body main article p h1 br td tr tbody blockquote a b strong i em q cite code"
_NEVER = frozenset(_NAMED_FREELY.split())
_NOTES = (
    "//*[@role='doc-endnotes' or contains(concat(' ', @class, ' '), ' footnotes ')"
    " or contains(concat(' ', @class, ' '), ' endnotes ')]"
)
_NOTE_MARK = re.compile(r"\[?[\d*†‡a-z]{1,3}\]?")


def prune(tree: HtmlElement) -> list[Removed]:
    """Cut from *tree* what its tags, roles and classes call clutter."""
    prose = _prose(tree)
    limit = _PROSE_SHARE * sum(prose.values())
    removed: list[Removed] = []
    for element, reason in list(_clutter(tree)):
        if _prose_in(element, prose) > limit:
            continue
        block = fold(" ".join(visible_text(element)))
        if block and reason != "note":
            removed.append(Removed(reason=reason, block=block))
        element.drop_tree()
    _keep_notes(tree)
    return removed


def _keep_notes(tree: HtmlElement) -> None:
    """Make notes a part of the text before them: trafilatura takes them for the page's foot."""
    for notes in tree.xpath(_NOTES):
        for element in notes.iter():
            for name in ("class", "id", "role"):
                element.attrib.pop(name, None)
        for part in list(notes.iter("a", "h2", "h3", "h4")):
            arrow = not any(character.isalnum() for character in part.text_content())
            if arrow or part.tag != "a":
                part.drop_tree()
        before = notes.getprevious()
        if before is not None and before.tag in ("div", "section"):
            before.append(notes)


def visible_text(element: HtmlElement) -> Iterator[str]:
    """The texts in *element* that a reader sees."""
    for inner in element.iter():
        if inner.tag not in SILENT and inner.text:
            yield inner.text
        if inner is not element and inner.tail:
            yield inner.tail


def _clutter(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """The outermost elements that look like clutter, and why; one with much prose is gone into."""
    prose = _prose(tree)
    limit = _PROSE_SHARE * sum(prose.values())
    below: HtmlElement | None = None
    for element in tree.iter():
        if below is not None:
            if below in element.iterancestors():
                continue
            below = None
        if (reason := reason_of(element)) and _prose_in(element, prose) <= limit:
            below = element
            yield element, reason


def reason_of(element: HtmlElement) -> str | None:
    """Why *element* is clutter by its tag, role, style or class; None where nothing says so."""
    tag = element.tag
    if tag in _TAGS:
        return _TAGS[tag]
    if tag in _NEVER or tag in SILENT:
        return None
    attributes = element.attrib
    if not attributes:
        return None
    if tag == "sup":
        return "note" if _NOTE_MARK.fullmatch("".join(element.itertext()).strip()) else None
    if attributes.get("hidden") is not None or _HIDDEN.search(attributes.get("style", "")):
        return "hidden"
    if (role := attributes.get("role")) in _ROLES:
        return _ROLES[role]
    reason = _reason_of_names(attributes.get("class", ""), attributes.get("id", ""))
    if reason == "share" and next(element.iter("blockquote"), None) is not None:
        return None  # a post that the article quotes
    return reason


def _reason_of_names(classes: str, identifier: str) -> str | None:
    for token in (*classes.split(), identifier):
        parts = [part.lower() for part in _PARTS.findall(token)]
        for start in range(len(parts)):
            for end in range(start + 1, min(start + _DEPTH, len(parts)) + 1):
                if reason := _REASON.get("-".join(parts[start:end])):
                    return reason
    return None


def _prose(tree: HtmlElement) -> dict[HtmlElement, int]:
    found = {}
    for paragraph in tree.iter("p"):
        length = len("".join(paragraph.itertext()).strip())
        if length >= _LONG:
            found[paragraph] = length
    return found


def _prose_in(element: HtmlElement, prose: dict[HtmlElement, int]) -> int:
    return sum(prose.get(paragraph, 0) for paragraph in element.iter("p"))
