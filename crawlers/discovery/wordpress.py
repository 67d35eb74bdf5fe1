"""WordPress's own list of posts, where a site offers it: `wp-json/wp/v2/posts`.

It names every post with dates in UTC, newest first, a hundred a page
(https://developer.wordpress.org/rest-api/reference/posts/).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from crawlers.discovery.announced import (
    Announced,
    Listing,
    announced_title,
    announced_url,
    each_once,
    read_json,
)
from crawlers.discovery.listing_dates import read_date

_PER_PAGE = 100
_MOST_DIGITS = 10  # of the number of a page
_FIELDS = "link,date_gmt,modified_gmt,title"
_ROUTE = re.compile(r"/wp/v2/posts/?(?:&|\?|$)")


def posts_url(api: str, page: int = 1) -> str:
    """The address of a *page* of posts; *api* is what `<link rel="https://api.w.org/">` names."""
    joined = urljoin(api if api.endswith("/") or "?" in api else f"{api}/", "wp/v2/posts")
    if "rest_route=" in api:  # a site without pretty addresses
        joined = api.rstrip("/") + "/wp/v2/posts"
    mark = "&" if "?" in joined else "?"
    return f"{joined}{mark}per_page={_PER_PAGE}&page={page}&_fields={_FIELDS}"


def is_posts_url(url: str) -> bool:
    """Whether *url* is that of a list of posts."""
    return bool(_ROUTE.search(url))


def read_posts(content: bytes, url: str) -> Listing:
    """What a page of posts announces; a page that is beyond the last is an empty listing."""
    try:
        posts = read_json(content)
    except ValueError:
        return Listing("unreadable", problem="is broken JSON")
    if isinstance(posts, dict) and posts.get("code") == "rest_post_invalid_page_number":
        return Listing("sitemap")
    if not isinstance(posts, list):
        return Listing("unreadable", problem="is JSON, but no list of posts")
    found = (_post_entry(post, url) for post in posts if isinstance(post, dict))
    return Listing("sitemap", each_once(post for post in found if post))


def following(url: str, listing: Listing) -> str | None:
    """The address of the next page of posts; None after one that is not full."""
    if len(listing.entries) < _PER_PAGE:
        return None
    number = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    if not (number.isascii() and number.isdigit() and len(number) < _MOST_DIGITS):
        return None
    return re.sub(r"([?&]page=)\d+", rf"\g<1>{int(number) + 1}", url)


def _post_entry(post: dict[str, Any], url: str) -> Announced | None:
    link = post.get("link")
    found = announced_url(link, url) if isinstance(link, str) else None
    if found is None:
        return None
    published, modified = (
        read_date(value if isinstance(value := post.get(key), str) else None)
        for key in ("date_gmt", "modified_gmt")
    )
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else None
    return Announced(
        found, published, modified, announced_title(rendered) if isinstance(rendered, str) else None
    )
