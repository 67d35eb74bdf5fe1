"""The look of a classic blog: a theme with entries, a sidebar, and an author's box below each post."""

from __future__ import annotations

from collections.abc import Sequence

from sites.base import Post, links, prose
from sites.english import text

NAME = "The Lantern Room"
BASE = "https://lantern.example"
_MARA, _TOM, _INES = "Mara Quill", "Tom Vane", "Ines Roth"


def _post(date: str, title: str, author: str, section: str, things: str) -> Post:
    words = [word.strip(",?'").lower() for word in title.split()]
    slug = "-".join(words).replace("'", "")
    count = 4 + len(slug) % 4
    path = f"/{date[:4]}/{date[5:7]}/{slug}/"
    return Post(path, title, author, date, text(slug, things.split("|"), count), section)


POSTS = (
    _post("2025-11-21", "The Toll House at Low Water", _MARA, "Rivers", "the toll house|the weir|the mill race|the salmon ladder|the ford"),
    _post("2025-11-17", "What the Auctioneer Left Out", _TOM, "Objects", "the sale catalogue|the walnut bureau|lot 114|the reserve price|the cracked bell"),
    _post("2025-11-12", "Salt, Rope and Patience", _INES, "Trades", "the tarred rope|the salt pan|the splicing bench|the hemp store|the capstan"),
    _post("2025-11-08", "A Clock Without Hands", _TOM, "Objects", "the tower clock|the escapement|the bell frame|the winding key|the dial"),
    _post("2025-11-04", "Letters to a Lighthouse", _MARA, "Coasts", "the lamp room|the fog signal|the relief boat|the keeper's diary|the lens"),
    _post("2025-10-29", "The Orchard Nobody Planted", _INES, "Gardens", "the pear tree|the grafting wax|the cider press|the south wall|the nursery bed"),
    _post("2025-10-24", "Notes on a Drowned Village", _MARA, "Rivers", "the reservoir|the church spire|the valley road|the compensation roll|the dam"),
    _post("2025-10-19", "Every Bridge Is an Argument", _TOM, "Rivers", "the suspension bridge|the toll board|the pier|the arch|the approach road"),
    _post("2025-10-11", "The Last Glazier in Whitcombe", _INES, "Trades", "the lead came|the cutting table|the rose window|the putty|the cathedral glass"),
    _post("2025-10-06", "How to Lose a Museum", _TOM, "Objects", "the stuffed heron|the accession book|the long gallery|the fire policy|the label drawer"),
    _post("2025-09-27", "Peat, Smoke and the Price of Warmth", _MARA, "Coasts", "the peat bank|the hearth|the drying stack|the turf spade|the winter fuel"),
    _post("2025-09-15", "The Cartographer's Mistake", _INES, "Coasts", "the contour line|the trig point|the sounding lead|the map sheet|the phantom island"),
)  # fmt: skip
STATICS = (
    ("/about/", "About"),
    ("/team/", "Who we are"),
    ("/subscribe/", "Subscribe"),
    ("/contact/", "Contact"),
    ("/privacy/", "Privacy"),
)
_MENU = (
    *(("/", "Home"), ("/journal/", "Journal"), ("/category/rivers/", "Rivers")),
    *(("/podcast/", "Podcast"), ("/issues/7/", "Current issue"), ("/archives/", "Archives")),
)


def by(author: str) -> str:
    """Where the posts of *author* are listed."""
    return f"/author/{author.lower().replace(' ', '-')}/"


def page(title: str, main: str, body_class: str, head: str = "") -> str:
    """A page of the blog: menu, content, sidebar and footer."""
    recent = links([(post.path, post.title) for post in POSTS[:5]])
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | {NAME}</title>
<meta property="og:site_name" content="{NAME}">
<link rel="alternate" type="application/rss+xml" href="/feed.xml">{head}</head>
<body class="{body_class}"><div id="page" class="site"><header id="masthead" class="site-header">
<p class="site-title"><a href="/" rel="home">{NAME}</a></p><p class="site-description">Essays on
places and things</p><nav id="site-navigation" class="main-navigation"><ul class="menu">
{links(_MENU)}{links(STATICS[:3])}</ul></nav></header>
<div id="content" class="site-content"><main id="main" class="site-main">{main}</main>
<aside id="secondary" class="widget-area"><section class="widget widget_recent_entries">
<h2 class="widget-title">Recent posts</h2><ul>{recent}</ul></section></aside></div>
<footer id="colophon" class="site-footer"><ul>{links(STATICS)}</ul><p>&copy; {NAME}</p></footer>
</div></body></html>"""


def meta(author: str, date: str) -> str:
    """The line below a heading."""
    return (
        f'<div class="entry-meta"><span class="posted-on"><time class="entry-date published" '
        f'datetime="{date}T09:00:00+00:00">{date}</time></span> <span class="byline">by '
        f'<a class="author" href="{by(author)}" rel="author">{author}</a></span></div>'
    )


def entry(post: Post, body: str) -> str:
    """A post in a list: its linked title, its line and *body*."""
    return (
        f'<article class="post type-post hentry"><header class="entry-header"><h2 class="entry-title">'
        f'<a href="{post.path}" rel="bookmark">{post.title}</a></h2>{meta(post.author, post.date)}'
        f"</header>{body}</article>\n"
    )


def teaser(post: Post, said: str | None = None) -> str:
    """A post in a list, with its beginning or with what somebody *said* of it."""
    more = f'<a class="more-link" href="{post.path}">Continue reading</a>'
    return entry(post, f'<div class="entry-summary"><p>{said or post.summary} {more}</p></div>')


def whole(post: Post) -> str:
    """A post in a list, with all of its text."""
    return entry(post, f'<div class="entry-content">{prose(post.texts)}</div>')


def archive(title: str, main: str, kind: str = "archive") -> str:
    """A list of posts below the name of what they share."""
    top = f'<header class="page-header"><h1 class="page-title">{title}</h1></header>'
    older = '<nav class="pagination"><a href="?paged=2">Older posts</a></nav>'
    return page(title, top + main + older, kind, '<meta property="og:type" content="website">')


def single(post: Post, body: str | None = None, below: str = "") -> str:
    """The page of a post: its text or *body*, the posts before and after it, and three to read."""
    return signed(post, body or prose(post.texts), _neighbours(post) + below)


def signed(post: Post, body: str, below: str = "") -> str:
    """A page that says in its head that it is an article, by whom and from when."""
    head = (
        '<meta property="og:type" content="article"><meta property="article:published_time" '
        f'content="{post.date}T09:00:00+00:00"><meta name="author" content="{post.author}">'
        f'<link rel="canonical" href="{BASE}{post.path}">'
    )
    return page(post.title, _entry_of(post.title, meta(post.author, post.date), body) + below, "single single-post", head)  # fmt: skip


def bare(title: str, body: str, body_class: str = "single single-post") -> str:
    """A page that says neither by whom it is nor from when."""
    return page(title, _entry_of(title, "", body), body_class)


def _entry_of(title: str, under: str, body: str) -> str:
    return (
        f'<article class="post hentry"><header class="entry-header"><h1 class="entry-title">{title}'
        f'</h1>{under}</header><div class="entry-content">{body}</div></article>'
    )


def related(posts: Sequence[Post], title: str = "You may also like") -> str:
    """A box of *posts* with their beginnings."""
    cards = "".join(
        f'<div class="related-post"><h3><a href="{post.path}">{post.title}</a></h3>'
        f"<p>{post.summary}</p></div>"
        for post in posts
    )
    return f'<div class="related-posts"><h2>{title}</h2>{cards}</div>'


def _neighbours(post: Post) -> str:
    if post not in POSTS:
        return ""
    at = POSTS.index(post)
    before, after = POSTS[at - 1], POSTS[(at + 1) % len(POSTS)]
    return (
        f'<nav class="post-navigation"><a href="{after.path}" rel="prev">{after.title}</a> '
        f'<a href="{before.path}" rel="next">{before.title}</a></nav>'
    )
