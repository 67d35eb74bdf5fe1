"""A listing page into the address of the page that follows it.

The signs, the plainest first: `rel="next"`, a "load more" address in the markup, and a link whose
page number is this page's number plus one.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree

from crawlers.discovery.announced import announced_url
from crawlers.discovery.html_pages import Html, link_base, parse_page

# `/page/2`, `/page-2`, `/p2`, `/2`; and `/index2`, `/index-2`, `/culture2` of static systems.
_IN_PATH = re.compile(
    r"(?:/(?P<word>page|seite|pagina|p)[/-]?|[/_-]|(?<=[a-z]))(?P<number>[1-9]\d{0,4})$",
    re.IGNORECASE,
)
_DATED = re.compile(r"/(?:19|20)\d\d(?:[/-]\d\d?){0,2}$")  # the month that follows is no page
_ENDING = re.compile(r"\.(?:x?html?|php|aspx?)$", re.IGNORECASE)
_KEYS = ("page", "paged", "pg", "p", "pagina", "seite")
_MORE = re.compile(
    r"(?:^|[-_ ])(?:load-?_?more|more-?_?(?:posts|button)|next-?_?page|infinite)", re.IGNORECASE
)
_ADDRESSES = ("data-next-url", "data-next", "data-url", "data-href", "data-load-more-url", "hx-get")


def next_page(html: Html, url: str) -> str | None:
    """The address of the listing page after the one at *url*; None where it is the last."""
    page = parse_page(html)
    if page is None:
        return None
    base = link_base(page, url)
    signs = (_declared(page, "a"), _of_this_list(page, url, base), _load_more(page))
    for found in signs:
        following = announced_url(found, base) if found else None
        if following and following != url:
            return following
    declared = announced_url(_declared(page, "link") or "", base)
    return _numbered(page, url, base) or (declared if declared != url else None)


def is_page_of(url: str, list_url: str) -> bool:
    """Whether *url* is a page of the list that the page at *list_url* belongs to."""
    place, _ = _place_and_number(url)
    return place != _place(url) and place in (_place(list_url), _place_and_number(list_url)[0])


def _declared(page: Any, name: str) -> str | None:
    for element in page.iter(name):
        if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
            return str(element.get("href"))
    return None


def _of_this_list(page: Any, url: str, base: str) -> str | None:
    """What the head declares, if it goes on with this list: handbooks name their next chapter."""
    declared = announced_url(_declared(page, "link") or "", base)
    if declared and _place_and_number(declared)[0] in (_place(url), _place_and_number(url)[0]):
        return declared
    return None


def _load_more(page: Any) -> str | None:
    for element in page.iter(etree.Element):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if any(_MORE.search(name) for name in names.split()):
            for key in (*_ADDRESSES, "href"):
                value = element.get(key)
                if value and not value.startswith("#"):
                    return str(value)
    return None


def _numbered(page: Any, url: str, base: str) -> str | None:
    """The link whose page number follows this page's; `/topic-2` may be a first page, too."""
    readings = {_place_and_number(url), (_place(url), 1)}
    for element in page.iter("a"):
        found = announced_url(element.get("href") or "", base)
        if not found:
            continue
        place, number = _place_and_number(found)
        if (place, number - 1) in readings and number > 1:
            return found
    return None


def _place_and_number(url: str) -> tuple[str, int]:
    """An address without its page number, and the number; a first page has none: 1."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    numbers = [value for key, value in query if _is_page_key(key) and value.isdigit()]
    if numbers:
        rest = [(key, value) for key, value in query if not _is_page_key(key)]
        return _place(parts._replace(query=urlencode(rest)).geturl()), int(numbers[0][:6])
    path = _ENDING.sub("", parts.path).rstrip("/")
    match = _IN_PATH.search(path)
    if match and not (_DATED.search(path) and not match["word"]):
        return _place(parts._replace(path=path[: match.start()]).geturl()), int(match["number"])
    return _place(url), 1


def _is_page_key(key: str) -> bool:
    """Whether a key of a query is a page's number, as `paged`, or `query-3-page` of WordPress."""
    return key.lower() in _KEYS or key.lower().endswith(("-page", "_page"))


def _place(url: str) -> str:
    """An address without what `/`, `/index` and `/index.html` differ in."""
    parts = urlsplit(url)
    path = _ENDING.sub("", parts.path).rstrip("/").removesuffix("/index")
    return parts._replace(path=path, fragment="").geturl()
