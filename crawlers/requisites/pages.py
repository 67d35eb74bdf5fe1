"""A page into what a browser needs in order to show it: styles, scripts, pictures, fonts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawlers.discovery.html_pages import Html, link_base, parse_page
from crawlers.requisites.requisite import Named, Requisite, resolved
from crawlers.requisites.srcset import candidates
from crawlers.requisites.style_sheets import MAX_BYTES, named_in_declarations, named_in_sheet

_ATTRIBUTES = {
    "script": ("src",),
    "img": ("src",),
    "source": ("src",),
    "video": ("poster",),
    "input": ("src",),
    "image": ("href", "xlink:href"),  # of SVG, as is `use`
    "use": ("href", "xlink:href"),
    **dict.fromkeys(("body", "table", "td", "th"), ("background",)),
}
_PRELOADED = {"font", "image", "script"}


def page_requisites(html: Html, url: str) -> tuple[Requisite, ...]:
    """What the page at *url* needs, its own CSS included: absolute, in the page's order.

    All candidates of a `srcset` count. Never raises.
    """
    page = parse_page(html)
    return () if page is None else resolved(_named_on(page), link_base(page, url))


def _named_on(page: Any) -> Iterator[Named]:
    css_left = MAX_BYTES  # characters, of all that stands in the page itself
    for element in page.iter("*"):
        if element.tag == "link":
            yield from _linked(element)
        for name in _ATTRIBUTES.get(element.tag, ()):
            yield Named(element.get(name, ""))
        if element.tag in ("img", "source"):
            yield from map(Named, candidates(element.get("srcset", "")))
        if style := element.get("style"):
            css_left -= len(style)
            yield from named_in_declarations(style if css_left > 0 else "")
        if element.tag == "style" and element.text and css_left > 0:
            yield from named_in_sheet(element.text[:css_left])
            css_left -= len(element.text)


def _linked(link: Any) -> Iterator[Named]:
    rel, address = set(link.get("rel", "").lower().split()), link.get("href", "")
    kind = link.get("as", "").strip().lower() if "preload" in rel else ""
    if "stylesheet" in rel or kind == "style":  # scripts make styles of those that are preloaded
        yield Named(address, is_style_sheet=True)
    elif rel & {"icon", "modulepreload"} or kind in _PRELOADED:
        yield Named(address)
        yield from map(Named, candidates(link.get("imagesrcset", "")))
