"""A page into its links, each with what the page's structure shows of it.

A link that is the heading of a list item, an item with a date, a link of `rel="bookmark"`, a place
in the navigation: such signs are the same in all languages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from crawlers.discovery.announced import announced_title, announced_url
from crawlers.discovery.html_pages import MOST_PARTS, Html, link_base, parse_page, words_of
from crawlers.discovery.listing_dates import DATE, date_in

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_WHOLE = {"html", "body", "main"}  # no item is as large as these
_EXCERPT = 40  # characters beside a heading that are a teaser's text; a byline has fewer
_MOST_LINKS = 5000  # of a page: an archive of decades has some thousands
_MOST_STEPS = 250_000  # from links to the root: five thousand links are twenty deep on average
_MOST_LISTS = 100  # of a page: each costs a look at all of it
_FEWEST_DATED = 2  # links with dates beside them that make a list
_DATED_SHARE = 0.8  # of a list's links: some items have no date
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link, and the signs of it. All links of a page to the same address are taken together.

    *heading*: it is one. *heads_item*: that of a list item. *dated*: a date stands in its item,
    *date* where a machine can read it. *places*: where in the markup it stands; links of a list
    share it.
    """

    url: str
    title: str | None = None
    rel: frozenset[str] = frozenset()
    heading: bool = False
    heads_item: bool = False
    in_article: bool = False
    dated: bool = False
    date: datetime | None = None
    in_navigation: bool = False
    in_footer: bool = False
    in_items: int = 0
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class _Anchor:
    """One `a` element."""

    element: Any
    url: str
    ancestors: tuple[Any, ...]  # the nearest first
    heading: bool
    place: str
    in_navigation: bool
    tags: frozenset[str]
    item: Any = None
    dated: bool = False
    date: datetime | None = None
    in_items: int = 0


def page_links(html: Html, url: str) -> tuple[PageLink, ...]:
    """The http(s) links of a page, each address once, in the page's order."""
    page = parse_page(html)
    if page is None:
        return ()
    anchors = list(_anchors(page, link_base(page, url)))
    claimed = _find_headed_items(anchors)
    _find_dated_lists(anchors, claimed)
    _count_items(anchors, claimed)
    found: dict[str, PageLink] = {}
    for anchor in anchors:
        one = _as_link(anchor)
        found[one.url] = _together(found[one.url], one) if one.url in found else one
    return tuple(found.values())


def _anchors(page: Any, base: str) -> Iterator[_Anchor]:
    ways, numbers, steps = dict[Any, _Way](), dict[str, int](), 0
    for element in islice(page.iter("a"), _MOST_LINKS):
        href = element.get("href")
        if href is None or href.startswith("#"):
            continue
        address = announced_url(href, base)
        if address is None:
            continue
        ancestors = tuple(element.iterancestors())
        steps += len(ancestors)
        if steps > _MOST_STEPS:
            return
        way = _way_to(ancestors, ways, numbers)
        inside_main = way.tags & {"article", "main", "li"}
        inside = any(child.tag in _HEADINGS for child in islice(element.iter(), 1, MOST_PARTS))
        yield _Anchor(
            element,
            address,
            ancestors,
            heading=inside or bool(way.tags & _HEADINGS),
            place=f"{_step(element)}<{way.name}",
            in_navigation=way.part == "nav" or (way.part == "header" and not inside_main),
            tags=way.tags,
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """The way to an element: a name for it, the tags on it, and the nearest part of the page."""

    name: str = ""
    tags: frozenset[str] = frozenset()
    part: str = ""

    def to(self, element: Any, number: int) -> _Way:
        """The way that goes on to *element*, of which *number* is the short name for this way."""
        tag = "nav" if element.get("role") == "navigation" else str(element.tag)
        part = tag if tag in ("article", "nav", "header") else self.part
        return _Way(f"{_step(element)}<{number}", self.tags | {str(element.tag)}, part)


def _way_to(ancestors: Sequence[Any], ways: dict[Any, _Way], numbers: dict[str, int]) -> _Way:
    """The way to the nearest of *ancestors*; pages nest so deep that each is gone but once."""
    known = next((at for at, one in enumerate(ancestors) if one in ways), len(ancestors))
    way = ways[ancestors[known]] if known < len(ancestors) else _Way()
    for one in reversed(ancestors[:known]):
        way = ways[one] = way.to(one, numbers.setdefault(way.name, len(numbers)))
    return way


def _step(element: Any) -> str:
    first = (element.get("class") or "").split()[:1]
    if element.tag == "td":
        return f"td.{element.getparent().index(element)}"
    return f"{element.tag}.{_DIGITS.sub('', first[0])}" if first else str(element.tag)


def _item(anchor: _Anchor, owners: dict[Any, set[str]]) -> Any:
    """The largest element around a link that has none of the other links which *owners* counts."""
    found = None
    for one in anchor.ancestors:
        if one.tag in _WHOLE or len(owners[one]) > 1:
            break
        found = one
        if one.tag in ("article", "li") and found is not None:
            break
    return found


def _owners(anchors: Iterable[_Anchor]) -> dict[Any, set[str]]:
    """For each element around links the addresses of these, two at the most."""
    found: dict[Any, set[str]] = defaultdict(set)
    for anchor in anchors:
        for one in anchor.ancestors:
            if len(found[one]) < 2:
                found[one].add(anchor.url)
    return found


def _find_headed_items(anchors: list[_Anchor]) -> set[Any]:
    """Note the items whose heading is a link, and give them."""
    headings = [one for one in anchors if one.heading and not one.in_navigation]
    owners, claimed = _owners(headings), set[Any]()
    for anchor in headings:
        item = _item(anchor, owners)
        if item is None:
            if "article" not in anchor.tags and anchor.element.tag != "a":
                continue
            item = anchor.element
        anchor.dated, anchor.date = date_in(item)
        if anchor.dated or item.tag == "article" or _has_excerpt(item, anchor):
            anchor.item = item
            claimed.add(item)
    return claimed


def _has_excerpt(item: Any, anchor: _Anchor) -> bool:
    heading = next((one for one in anchor.ancestors if one.tag in _HEADINGS), None)
    if heading is None:
        heading = next(one for one in anchor.element.iter() if one.tag in _HEADINGS)
    return _length(item) - _length(heading) >= _EXCERPT


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _find_dated_lists(anchors: list[_Anchor], claimed: set[Any]) -> None:
    """Note lists whose links have a date each; of two links of an item the longer one is meant."""
    lists: dict[str, list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        if not anchor.in_navigation and "footer" not in anchor.tags:
            lists[anchor.place].append(anchor)
    for links in sorted(lists.values(), key=_title_length, reverse=True)[:_MOST_LISTS]:
        addresses = {anchor.url for anchor in links}
        if len(addresses) >= max(_FEWEST_DATED, _DATED_SHARE * len(links)):
            _note_dated_list(links, claimed)


def _note_dated_list(links: list[_Anchor], claimed: set[Any]) -> None:
    owners = _owners(links)
    items = [_item(anchor, owners) for anchor in links]
    if sum(item in claimed for item in items) > len(items) / 2:
        return
    dates = [_date_of(*pair) for pair in zip(links, items, strict=True)]
    teasers = [_is_teaser(item) for item in items]
    shown = sum(dated or teaser for (dated, _), teaser in zip(dates, teasers, strict=True))
    if shown < _DATED_SHARE * len(links):
        return
    for anchor, item, (dated, date), teaser in zip(links, items, dates, teasers, strict=True):
        anchor.dated, anchor.date = dated, date
        anchor.heading = anchor.heading or teaser
        if item is not None:
            anchor.item = anchor.item if anchor.item is not None else item
            claimed.add(item)


def _is_teaser(item: Any) -> bool:
    """Whether an item is an `article` with a heading, which a link without words may cover."""
    inside = () if item is None or item.tag != "article" else item.iter(*sorted(_HEADINGS))
    return any(True for _ in inside)


def _title_length(links: list[_Anchor]) -> float:
    return sum(len(words_of(one.element)) for one in links) / len(links)


def _date_of(anchor: _Anchor, item: Any) -> tuple[bool, datetime | None]:
    """The date of a link: in its item, in the term that a `dd` explains, or in its line."""
    if item is not None:
        term = item.getprevious() if item.tag == "dd" else None
        for place in (item, term):
            if place is not None and (found := date_in(place))[0]:
                return found
        return False, None
    before, parent = anchor.element.getprevious(), anchor.element.getparent()
    text = (before.tail if before is not None else parent.text) or ""
    if before is not None and before.tag in ("span", "time", "small", "em", "b", "strong"):
        text = f"{before.text or ''} {text}"
    return bool(DATE.search(f"{text[-100:]} {(anchor.element.tail or '')[:100]}")), None


def _count_items(anchors: list[_Anchor], claimed: set[Any]) -> None:
    """Note in how many items a link stands beside the one that leads to the item's page."""
    mains = defaultdict[Any, set[str]](set)
    for anchor in anchors:
        if anchor.item is not None:
            mains[anchor.item].add(anchor.url)
    items: dict[str, set[Any]] = defaultdict(set)
    for anchor in anchors:
        item = next((one for one in anchor.ancestors if one in claimed), None)
        if item is not None and anchor.url not in mains[item]:
            items[anchor.url].add(item)
    for anchor in anchors:
        anchor.in_items = len(items[anchor.url])


def _as_link(anchor: _Anchor) -> PageLink:
    inside = next(anchor.element.iter(*sorted(_HEADINGS)), anchor.element)
    title = announced_title(words_of(inside))
    return PageLink(
        url=anchor.url,
        title=title,
        rel=frozenset((anchor.element.get("rel") or "").lower().split()),
        heading=anchor.heading,
        heads_item=anchor.heading and anchor.item is not None,
        in_article="article" in anchor.tags,
        dated=anchor.dated,
        date=anchor.date,
        in_navigation=anchor.in_navigation,
        in_footer="footer" in anchor.tags and "article" not in anchor.tags,
        in_items=anchor.in_items,
        places=(anchor.place,),
    )


def _together(one: PageLink, other: PageLink) -> PageLink:
    """Two links to the same address as one: each sign counts, the heading gives the title."""
    title = other.title if other.heads_item and not one.heads_item else one.title or other.title
    return replace(
        one,
        title=title,
        rel=one.rel | other.rel,
        heading=one.heading or other.heading,
        heads_item=one.heads_item or other.heads_item,
        in_article=one.in_article or other.in_article,
        dated=one.dated or other.dated,
        date=one.date or other.date,
        in_navigation=one.in_navigation or other.in_navigation,
        in_footer=one.in_footer and other.in_footer,
        places=tuple(dict.fromkeys((*one.places, *other.places))),
    )
