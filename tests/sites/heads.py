"""The same sites with other heads, so that a failure tells whether the head or the body led to it."""

from __future__ import annotations

import re
from dataclasses import replace

from sites.base import Page, Site
from sites.blog_articles import BLOG
from sites.portal_articles import PORTAL

_CLAIMS = re.compile(r'<meta (?:property="(?:og:type|article:published_time)"|name="author")[^>]*>')
_LOUD = {
    "list": '<meta property="og:type" content="article"><meta name="author" content="Mara Quill">'
    '<meta property="article:published_time" content="2025-11-21T09:00:00+00:00">',
    "static": '<meta property="og:type" content="article">',
}


def _named(site: Site, name: str, pages: list[Page]) -> Site:
    moved = (
        replace(page, html=page.html.replace(site.base, f"https://{name}.example"))
        for page in pages
    )
    return Site(name, tuple(moved))


def _loud(page: Page) -> Page:
    claims = _LOUD.get(page.kind)
    if not claims:
        return page
    return replace(page, html=_CLAIMS.sub("", page.html).replace("</head>", f"{claims}</head>"))


def _quiet(page: Page) -> Page:
    return page if page.kind == "article" else replace(page, html=_CLAIMS.sub("", page.html))


LOUD_BLOG = _named(BLOG, "loud-lantern", [_loud(page) for page in BLOG.pages])
"""The blog on a theme that calls each page an article, and each list one by its newest author."""

QUIET_PORTAL = _named(PORTAL, "quiet-meridian", [_quiet(page) for page in PORTAL.pages])
"""The portal, where only articles say in their heads that they are."""
