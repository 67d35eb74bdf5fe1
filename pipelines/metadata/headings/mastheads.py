"""The name of a site at the top of its pages: a link to the front page, as a heading or a brand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archive.web.hosts import join_url, split_url, url_path
from pipelines.metadata.declarations import Declarations
from pipelines.metadata.headings.shown import text_of_heading
from pipelines.page.elements import BITS, bits_of

_BRAND = re.compile(
    r"(?:^|[\s_-])(?:site-?(?:title|name|brand)|blog-?title|navbar-?brand|branding|masthead"
    r"|logo(?:-text)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ARTICLE = BITS["article"] | BITS["main"]
_MAY_LEAD_HOME = re.compile(r"\s*(?:[a-z]+:)?(?://[^/?#]*)?[/.]*\??\s*(?:#.*)?", re.I | re.S)
_MOST_LINKS, _LONGEST = 40, 80  # links of a page's beginning, characters of a name


def names_in_mastheads(declared: Declarations, url: str) -> Iterator[str]:
    """The texts of the links to the front page that are headings, or named as a site's brand; of a
    page that is not the front page itself."""
    if url_path(url) in ("", "/"):
        return
    links = (link for link, _ in declared.links if link.tag == "a")
    for link in islice(links, _MOST_LINKS):
        if not _leads_home(link, url) or not _is_brand(link):
            continue
        text = text_of_heading(link)
        if 0 < len(text) <= _LONGEST:
            yield text


def _leads_home(link: HtmlElement, url: str) -> bool:
    href = (link.get("href") or "").strip()
    if not href or href[0] == "#":
        return False
    if (relations := link.get("rel")) and "home" in relations.split():
        return True
    if not _MAY_LEAD_HOME.fullmatch(href):
        return False
    joined = join_url(url, href)
    here, to = split_url(url), joined and split_url(joined)
    if not here or not to:
        return False
    return to.netloc == here.netloc and to.path in ("", "/") and not to.query


def _is_brand(link: HtmlElement) -> bool:
    """Whether *link* is all of a heading outside of the article, or it or its box is a brand."""
    outer = link.getparent()
    if _BRAND.search(f"{link.get('class', '')} {link.get('id', '')}"):
        return True
    if outer is None or _BRAND.search(f"{outer.get('class', '')} {outer.get('id', '')}"):
        return outer is not None
    if outer.tag not in ("h1", "h2", "h3") or text_of_heading(outer) != text_of_heading(link):
        return False
    return not any(bits_of(one) & _ARTICLE for one in outer.iterancestors())
