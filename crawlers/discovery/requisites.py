"""A page into the addresses that a browser needs to show it: its styles, scripts and images."""

from __future__ import annotations

from parsel import Selector

from archive.web.surt import normalise_url
from crawlers.discovery.announced import MAX_URL

_WANTED = (
    "link[rel~=stylesheet]::attr(href), link[rel~=icon]::attr(href), script::attr(src), "
    "img::attr(src), source::attr(src)"
)


def requisites(html: bytes, url: str) -> tuple[str, ...]:
    """Absolute http(s) addresses, each once, in the order of the page; never raises."""
    if not html.strip():
        return ()
    found: dict[str, None] = {}
    for raw in Selector(body=html, type="html", base_url=url).css(_WANTED).getall():
        try:
            found[normalise_url(raw.strip(), url)] = None
        except ValueError:  # data: and the like
            continue
    return tuple(one for one in found if len(one) <= MAX_URL)
