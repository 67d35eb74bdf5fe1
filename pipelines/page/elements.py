"""What tags, roles, styles and names of elements say of the text in them, as a set of bits.

A name is a hint, never a verdict: themes hash their names, or give them to the wrong box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lxml.html import HtmlElement

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "dl", "menu"})
ITEMS = frozenset({"li", "dt", "dd"})
CELLS = frozenset({"td", "th"})
_SILENT = """
script style noscript template svg math iframe object embed select option datalist textarea button
input img graphic picture video audio canvas map meta link title
"""
_BLOCKS = """
html body main article section div p pre blockquote header footer aside nav figure figcaption table
caption thead tbody tfoot tr form fieldset address hr center details summary dialog hgroup
"""
SILENT = frozenset(_SILENT.split())
"""Elements whose content is no text of the page."""
BLOCKS = HEADINGS | LISTS | ITEMS | CELLS | frozenset(_BLOCKS.split())
"""Elements that begin and end a block."""
INPUTS = frozenset({"input", "textarea", "select", "button"})
_WRITTEN_INTO = frozenset({"", "text", "email", "tel", "url", "password", "number"})
IMAGES = frozenset({"img", "picture", "video", "audio", "svg", "iframe", "object", "embed"})
OPEN_BY_MISTAKE = frozenset({"button", "svg", "picture", "video", "audio", "object", "map"})
"""Elements that hold no paragraphs: where such an element does, its end is missing."""
INLINE_BOLD = frozenset({"b", "strong"})

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
    "body": """article-body articlebody entry-content post-content story-body storybody post-body
        article-content article-text story-content body-content content-body articletext
        single-content blog-content news-content rich-text richtext wysiwyg prose""",
}
"""What boxes are named after, by the reason why their text is no part of an article."""
_TAGS = {
    "aside": "aside",
    "nav": "navigation",
    "menu": "navigation",
    "footer": "footer",
    "form": "form",
    "dialog": "dialog",
    "figcaption": "caption",
    "figure": "figure",
    "header": "header",
    "article": "article",
    "main": "main",
    "blockquote": "quote",
    "table": "table",
    "pre": "listing",
    "code": "listing",
    "details": "details",
} | dict.fromkeys(LISTS - {"menu"}, "list")
_ROLES = {
    "navigation": "navigation",
    "complementary": "aside",
    "contentinfo": "footer",
    "search": "form",
    "dialog": "dialog",
    "alert": "dialog",
    "tooltip": "dialog",
    "banner": "header",
    "main": "main",
    "article": "article",
}
REASONS = (
    *(name for name in _CLASSES if name != "body"),
    *("navigation", "aside", "footer", "form"),
)
"""The bits that say why a text is beside the article, in the order in which they are named."""
_OTHERS = ("body", "figure", "header", "article", "main", "quote", "table", "listing", "details")
_BARRIERS = {
    "gate": re.compile(
        r"^(?:gh-)?post-(?:upgrade|access)-cta|^gh-paywall|^mepr[-_](?:unauthorized|login)"
        r"|^rcp[-_](?:restricted|paywall)|^pmpro[-_](?:content[-_]message|no[-_]access)"
        r"|^wc-memberships-(?:content-)?restrict|^newspack-(?:content|memberships)[-_]+gate"
        r"|^leaky[-_]paywall[-_]message|^memberful-(?:marketing|paywall|global-teaser)"
        r"|^patreon-(?:locked|content-locked|campaign-banner)|^(?:jetpack-subscribe|steady)[-_]paywall"
        r"|^wp-block-(?:jetpack-paywall|premium-content-logged-out)|^wpmem[-_](?:restricted|login)"
        r"|^um-locked-content|^(?:content-)?restricted-(?:content|message)|^content-restricted"
        r"|^(?:membership|subscription|login)-required|^member-only-content|^poool-widget",
        re.IGNORECASE,
    ),
    "wall": re.compile(
        r"(?:^|[-_])(?:pay-?wall|piano-?(?:offer|inline|container)|tp-modal|meter(?:ed)?-?(?:pay)?wall"
        r"|(?:reg(?:istration)?|login|signup|email|member)-?wall|subscribers?-?only|subscribe-?wall|premium-?wall|locked-?content"
        r"|gate(?:way)?-?content|content-?gate|members-?only)(?:$|[-_])",
        re.IGNORECASE,
    ),
    "consent": re.compile(
        r"consent|cookie|gdpr|privacy|onetrust|didomi|usercentrics|sp_message|cmp(?:box|$|[-_])",
        re.IGNORECASE,
    ),
}
"""Names of boxes that stand before the rest of a text, or ask for consent."""
_WORDS_OF_BARRIERS = re.compile(
    "wall|piano|modal|only|locked|gate|cta|mepr|restrict|pmpro|memberful|patreon|premium-content"
    "|wpmem|required|poool|consent|cookie|gdpr|privacy|onetrust|didomi|usercentrics"
    "|sp_message|cmp"
)
"""Any name that `_BARRIERS` matches has one of these words."""
BITS = {
    name: 1 << number
    for number, name in enumerate((*REASONS, *_OTHERS, "list", *_BARRIERS, "scope"))
}
"""Each thing that markup says, and its bit."""
BESIDE = sum(BITS[reason] for reason in REASONS)
"""All bits that say that a text is beside the article."""

_REASON = {name: BITS[reason] for reason, names in _CLASSES.items() for name in names.split()}
_DEPTH = max(name.count("-") for name in _REASON) + 1
_FIRST_WORDS = frozenset(name.partition("-")[0] for name in _REASON)
_TAG_BITS = {tag: BITS[name] for tag, name in _TAGS.items()}
_ROLE_BITS = {role: BITS[name] for role, name in _ROLES.items()}
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TELLING = frozenset({"hidden", "itemprop", "itemscope", "role", "style", "typeof"})
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAMED_FREELY = "html body main article p h1 br td tr tbody blockquote a b strong i em q cite code"
_NEVER = frozenset(_NAMED_FREELY.split())


def bits_of(element: HtmlElement) -> int:
    """What tag, role, style and names of *element* say, as a sum of `BITS`."""
    return said_by(element.tag, element.items())[0]


def said_by(tag: str, attributes: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """`bits_of` an element of this *tag* with these *attributes*, and its classes."""
    bits, classes = _TAG_BITS.get(tag, 0), ""
    for name, value in attributes:
        if name == "class":
            classes = value
            if tag not in _NEVER:
                bits |= _bits_of_names(value)
        elif name == "id":
            if tag not in _NEVER:
                bits |= _bits_of_names(value)
        elif name in _TELLING:
            bits |= _bits_of_attribute(name, value)
    return bits, classes


def _bits_of_attribute(name: str, value: str) -> int:
    """What an attribute that is no name says."""
    if name == "role":
        return _ROLE_BITS.get(value, 0)
    if name in ("itemscope", "typeof"):
        return BITS["scope"]
    if name == "itemprop":
        return BITS["body"] if value == "articleBody" else 0
    return BITS["hidden"] if name == "hidden" or _HIDDEN.search(value) else 0


@lru_cache(maxsize=4_096)
def reason_of(bits: int) -> str | None:
    """The first reason that *bits* give for a text beside the article; None where there is none."""
    return next((reason for reason in REASONS if bits & BITS[reason]), None) if bits else None


@lru_cache(maxsize=4_096)
def _bits_of_names(classes: str) -> int:
    bits = 0
    for token in classes.split():
        bits |= _bits_of_name(token)
    return bits


@lru_cache(maxsize=16_384)
def _bits_of_name(token: str) -> int:
    if token.isascii() and token.islower():
        parts = token.translate(_NO_LETTERS).split()
    else:
        parts = [part.lower() for part in _PARTS.findall(token)]
    bits = 0
    for start, part in enumerate(parts):
        if part not in _FIRST_WORDS:
            continue
        for end in range(start + 1, min(start + _DEPTH, len(parts)) + 1):
            bits |= _REASON.get("-".join(parts[start:end]), 0)
    return bits | _barriers_in(token)


def _barriers_in(token: str) -> int:
    if _WORDS_OF_BARRIERS.search(token.lower()) is None:
        return 0
    return sum(BITS[name] for name, pattern in _BARRIERS.items() if pattern.search(token))


def is_field(element: HtmlElement) -> bool:
    """Whether *element* is a form field that somebody writes into; a search is none."""
    if element.tag == "textarea":
        return True
    return element.tag == "input" and (element.get("type") or "").lower() in _WRITTEN_INTO


def visible_text(element: HtmlElement) -> Iterator[str]:
    """The texts in *element* that a reader sees."""
    for inner in element.iter():
        if inner.tag not in SILENT and inner.text:
            yield inner.text
        if inner is not element and inner.tail:
            yield inner.tail
