"""A page into its outline: a walk over its segments, and what its links and lines are to it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archive.web.surt import url_surtkey
from pipelines.body.blocks import Block
from pipelines.boilerplate.teaser_rows import TeaserRows
from pipelines.outline.openings import openings_of, openings_within
from pipelines.outline.outline import BlockPlace, ListedPage, Outline, PlacedBlock
from pipelines.page.elements import BITS, HEADINGS
from pipelines.page.segments import Segment, Segments
from pipelines.text.words import word_count

_MOST_ITEMS, _MOST_NAVIGATION = 300, 150  # links of a page that are read
_DATE_LINE = 60  # characters of a line that dates an item
_ROWS = 3  # boxes alike with one link each: rows of a list
_NEAR = 6  # lines between a link and the date beside it
_NEVER = sum(BITS[name] for name in ("comments", "contents", "form", "dialog", "hidden"))
_LEFT_OUT = _NEVER | sum(
    BITS[name]
    for name in ("aside", "sidebar", "share", "author", "meta", "newsletter", "advertisement")
)
_NAVIGATION = BITS["navigation"] | BITS["footer"]
_HEADER, _INSIDE = BITS["header"], BITS["article"] | BITS["main"]
_DATE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}\.?\s+[^\W\d]{3,}|[^\W\d]{3,}\.?\s+\d{1,2}\b"
)
_LEVELS = {tag: number for number, tag in enumerate(sorted(HEADINGS), start=1)}

_NO_ROWS = TeaserRows()


@dataclass(slots=True)
class _Reading:
    """What a walk over the segments of a page found."""

    lists: dict[str, ListedPage] = field(default_factory=dict)
    navigation: dict[str, None] = field(default_factory=dict)
    links: list[tuple[int, str, bool]] = field(default_factory=list)  # segment, key, headed
    items: set[str] = field(default_factory=set)  # texts of the links to listed pages
    under: set[str] = field(default_factory=set)  # texts below such a link


def outline_of(
    segments: Segments,
    url: str,
    base: str,
    blocks: Sequence[Block] = (),
    rows: TeaserRows = _NO_ROWS,
) -> Outline:
    """The outline of the page at *url*, whose text is *blocks*; *base* is what links are relative
    to."""
    own = url_surtkey(url)
    found = _read(segments, own, base)
    found.under |= rows.texts - found.items
    _date(found, segments)
    placed = tuple(_placed(block, found) for block in blocks)
    return Outline(
        lists=tuple(found.lists.values()),
        navigation=tuple(found.navigation),
        blocks=placed if found.lists else (),
        openings=tuple(openings_of(block.text for block in blocks)),
    )


def _placed(block: Block, found: _Reading) -> PlacedBlock:
    place: BlockPlace = "own"
    if block.text in found.items:
        place = "item"
    elif block.text in found.under:
        place = "under"
    windows = openings_within(block.text) if found.lists else ()
    return PlacedBlock(place, word_count(block.text), tuple(windows))


def _read(segments: Segments, own: str, base: str) -> _Reading:
    found = _Reading()
    nodes = segments.nodes
    level = 0  # of the heading that is a link to a listed page; 0: none is open
    for number, segment in enumerate(segments):
        above = nodes.above[segment.node]
        if _is_navigation(above):
            _add_navigation(found, segment, own, base)
            continue
        heading = _level_of(nodes.elements[segment.node])
        if above & (_NEVER if heading else _LEFT_OUT):
            continue
        key = _leads_to(segment, own, base)
        if key is None:
            if heading and heading <= level:
                level = 0
            elif level and not heading:
                found.under.add(segment.text)
            continue
        level = heading or level
        if heading or _is_title(segment.text):
            found.items.add(segment.text)
            found.links.append((number, key, bool(heading)))
    return found


def _date(found: _Reading, segments: Segments) -> None:
    """Enter the listed pages, each with whether a date stands in the box of its link."""
    nodes = segments.nodes
    links = found.links[:_MOST_ITEMS]
    boxes = [_box_of(segments, at, found.links) for at in range(len(links))]
    alike = Counter(nodes.look[box] for box in boxes)
    for (number, key, headed), box in zip(links, boxes, strict=True):
        first, end = nodes.first[box], nodes.end[box]
        titled = headed or alike[nodes.look[box]] >= _ROWS
        around = segments[max(first, number - _NEAR) : min(end, number + _NEAR + 1)]
        dated = any(_is_date_line(one) for one in around)
        known = found.lists.get(key, ListedPage(key, False, False))
        found.lists[key] = ListedPage(key, titled or known.titled, dated or known.dated)


def _box_of(segments: Segments, at: int, links: Sequence[tuple[int, str, bool]]) -> int:
    """The node of the largest box around the link number *at* that links to no other page."""
    number, key, _ = links[at]
    nodes, node = segments.nodes, segments[number].node
    while (outer := nodes.parent[node]) > 0:
        first = bisect_left(links, nodes.first[outer], key=itemgetter(0))
        end = bisect_left(links, nodes.end[outer], key=itemgetter(0))
        if any(other != key for _, other, _ in links[first:end]):
            break
        node = outer
    return node


def _is_date_line(segment: Segment) -> bool:
    """Whether what is not linked of a short line holds a date."""
    text = _unlinked(segment)
    return len(text) <= _DATE_LINE and _DATE.search(text) is not None


def _is_navigation(above: int) -> bool:
    return bool(above & _NAVIGATION) or bool(above & _HEADER and not above & _INSIDE)


def _add_navigation(found: _Reading, segment: Segment, own: str, base: str) -> None:
    for _, owner in segment.pieces:
        if len(found.navigation) >= _MOST_NAVIGATION:
            return
        link = _link_around(owner)
        if link is not None and (key := _key_of(link.get("href") or "", own, base)):
            found.navigation[key] = None


def _level_of(element: HtmlElement) -> int:
    """The level of the heading that *element* is or stands in; 0 where it is none."""
    for one in (element, *islice(element.iterancestors(), 2)):
        if one.tag in _LEVELS:
            return _LEVELS[one.tag]
    return 0


def _leads_to(segment: Segment, own: str, base: str) -> str | None:
    """The key of the other page of the site that most of *segment* is a link to."""
    if not segment.links and not segment.linked:
        return None
    if 2 * segment.linked <= len(segment.text) and not _has_long_link(segment):
        return None
    around = (_link_around(owner) for _, owner in segment.pieces)
    link = next((one for one in around if one is not None), None)
    return None if link is None else _key_of(link.get("href") or "", own, base)


def _has_long_link(segment: Segment) -> bool:
    """Whether a line holds one link, and else no more than a date or a label."""
    return segment.links == 1 and len(segment.text) - segment.linked <= _DATE_LINE // 2


def _link_around(owner: HtmlElement | None) -> HtmlElement | None:
    if owner is None:
        return None
    return next((one for one in (owner, *owner.iterancestors("a")) if one.tag == "a"), None)


def _key_of(href: str, own: str, base: str) -> str | None:
    """The SURT key of the page that *href* leads to; None where it is this page, or of another
    site."""
    if not href or href[0] == "#":
        return None
    key = _surtkey(base, href.partition("#")[0])
    return key if key and key != own and _site_of(key) == _site_of(own) else None


@lru_cache(maxsize=20_000)
def _surtkey(base: str, href: str) -> str | None:
    try:
        absolute = urljoin(base, href.strip())
        return url_surtkey(absolute) if urlsplit(absolute).scheme in ("http", "https") else None
    except ValueError:
        return None


def _site_of(key: str) -> str:
    return key.partition(")")[0]


def _is_title(text: str) -> bool:
    """Whether *text* may be a title: two words, or as much in a script without spaces."""
    return " " in text or word_count(text) > 1


def _unlinked(segment: Segment) -> str:
    return " ".join(text for text, owner in segment.pieces if _link_around(owner) is None)
