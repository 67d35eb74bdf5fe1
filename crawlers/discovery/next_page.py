"""A listing page into the address of the page that follows it.

Three signs, the plainest first: `rel="next"`, a "load more" address in the markup, and a link whose
page number is this page's number plus one.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree

from crawlers.discovery.announced import announced_url
from crawlers.discovery.html_pages import Html, link_base, parse_page

_IN_PATH = re.compile(r"/(?:(page|seite|pagina|p)/?-?)(\d{1,5})(?=/?$)", re.IGNORECASE)
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
    for found in (_declared(page), _load_more(page)):
        following = announced_url(found, base) if found else None
        if following and following != url:
            return following
    return _numbered(page, url, base)


def _declared(page: Any) -> str | None:
    for name in ("link", "a"):
        for element in page.iter(name):
            if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
                return str(element.get("href"))
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
    here, number = _path_and_number(url)
    for element in page.iter("a"):
        found = announced_url(element.get("href") or "", base)
        if found and _path_and_number(found) == (here, number + 1):
            return found
    return None


def _path_and_number(url: str) -> tuple[str, int]:
    """An address without its page number, and the number; a first page has none: 1."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    numbers = [value for key, value in query if key in _KEYS and value.isdigit()]
    if numbers:
        rest = [(key, value) for key, value in query if key not in _KEYS]
        return parts._replace(query=urlencode(rest), fragment="").geturl(), int(numbers[0][:6])
    if match := _IN_PATH.search(parts.path):
        path = parts.path[: match.start()] + "/"
        return parts._replace(path=path, fragment="").geturl(), int(match[2])
    return parts._replace(fragment="").geturl(), 1
