"""A page into its outline: a walk over its segments, and what its links and lines are to it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter

from lxml.html import HtmlElement

from archive.web.surt import url_surtkey
from pipelines.body.blocks import Block
from pipelines.boilerplate.teaser_rows import TeaserRows
from pipelines.outline.openings import openings_of, openings_within
from pipelines.outline.outline import SENTENCE, BlockPlace, ListedPage, Outline, PlacedBlock
from pipelines.outline.site_links import SiteLinks
from pipelines.page.elements import BITS, HEADINGS
from pipelines.page.segments import Segment, Segments, is_prose
from pipelines.text.words import word_count

_MOST_ITEMS, _MOST_NAVIGATION = 300, 250  # links of a page that are read
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
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEVELS = {tag: number for number, tag in enumerate(sorted(HEADINGS), start=1)}

_ABOVE, _BELOW = 3, 8  # lines between a heading and the date of the page
_TEASER = 40  # characters beside a lone word that make a row of a list
_DOUBTED = 30  # percent of the words in links or below them: so much is no page's own text
_NO_ROWS = TeaserRows()


@dataclass(frozen=True, slots=True)
class _Link:
    """A line that is a link to another page of the site: the number of its segment, the SURT key of
    the page. *headed*: it is a heading. *weak*: a word, as “more” is."""

    number: int
    key: str
    headed: bool
    weak: bool


@dataclass(slots=True)
class _Reading:
    """What a walk over the segments of a page found: links, texts of links to listed pages, texts
    below these; and the first heading that is no link."""

    lists: dict[str, ListedPage] = field(default_factory=dict)
    navigation: dict[str, None] = field(default_factory=dict)
    links: list[_Link] = field(default_factory=list)
    items: set[str] = field(default_factory=set)
    under: set[str] = field(default_factory=set)
    heading: int | None = None
    boxes: list[tuple[int, int]] = field(default_factory=list)  # segments of listed pages
    beside: set[str] = field(default_factory=set)  # keys in boxes that are navigation by name


def outline_of(
    segments: Segments,
    url: str,
    base: str,
    blocks: Sequence[Block] = (),
    rows: TeaserRows = _NO_ROWS,
    marks: Sequence[str] = (),
) -> Outline:
    """The outline of the page at *url*, whose text is *blocks*; *base* is what links are relative
    to, *marks* are those of a list."""
    own = url_surtkey(url)
    site = SiteLinks(own, base)
    found = _read(segments, site)
    found.under |= rows.texts - found.items
    links = {segments[link.number].text for link in found.links}
    own_words = sum(word_count(one.text) for one in blocks if one.text not in links)
    _enter_lists(found, segments, has_text=own_words > 2 * SENTENCE or not blocks)
    places = [_place_of(block, found) for block in blocks]
    words = [word_count(block.text) for block in blocks] if found.lists else []
    lists = tuple(found.lists.values())
    dated = _has_own_date(found, segments, site)
    listing = bool(marks and lists) or _looks_like_list(lists, places, words, dated)
    placed = zip(blocks, places, words, strict=True) if listing else ()
    return Outline(
        lists=lists if listing or not blocks else tuple(one for one in lists if one.titled),
        navigation=tuple(found.navigation)[:_MOST_NAVIGATION],
        blocks=tuple(PlacedBlock(a, n, openings_within(one.text)) for one, a, n in placed),
        openings=tuple(openings_of(block.text for block in blocks)),
        marks=tuple(marks),
        listing=listing,
        own_date=dated,
    )


def _place_of(block: Block, found: _Reading) -> BlockPlace:
    if block.text in found.items:
        return "item"
    return "under" if block.text in found.under else "own"


def _looks_like_list(
    lists: Sequence[ListedPage], places: Sequence[BlockPlace], words: Sequence[int], dated: bool
) -> bool:
    """Whether the page has the shape of a list: its text begins below a link, or much of it stands
    in links and below them, or it has hardly any; or it lists several and has no date of its own.
    """
    if not lists:
        return False
    whole = sum(words)
    items = sum(n for place, n in zip(places, words, strict=True) if place != "own")
    first = next((a for a, n in zip(places, words, strict=True) if n >= SENTENCE), "own")
    bare = len(lists) > 1 and whole - items <= 2 * SENTENCE
    several = not dated and sum(one.titled for one in lists) >= _ROWS
    return first != "own" or bare or several or 100 * items >= _DOUBTED * whole


def _has_own_date(found: _Reading, segments: Segments, site: SiteLinks) -> bool:
    """Whether the page's heading, a date and a text follow each other before any listed page: so an
    article begins. Where it has no heading, its first text counts from the top."""
    heading = -1 if found.heading is None else found.heading
    boxes = sorted(first for first, _ in found.boxes if first > heading)
    end = boxes[0] if boxes else len(segments)
    after = range(heading + 1, min(end, heading + _BELOW + _ABOVE))
    text = next((n for n in after if _is_sentence(segments[n])), None)
    if text is None:
        return False
    nodes = segments.nodes
    return any(
        _YEAR.search(segments[number].text)
        and _is_date_line(segments[number], _leads_to(segments[number], site) is None)
        for number in range(max(0, heading - _ABOVE), text)
        if number != heading
        and not _level_of(nodes.elements[segments[number].node])
        and not any(first <= number < last for first, last in found.boxes)
    )


def _is_sentence(segment: Segment) -> bool:
    return not _is_date_line(segment) and word_count(segment.text) >= SENTENCE


def _read(segments: Segments, site: SiteLinks) -> _Reading:
    found = _Reading()
    nodes = segments.nodes
    level = 0  # of the heading that is a link to a listed page; 0: none is open
    for number, segment in enumerate(segments):
        above = nodes.above[segment.node]
        linked = _links_of(segment, site) if segment.linked and not is_prose(segment) else set()
        found.navigation |= dict.fromkeys(sorted(linked))
        heading = _level_of(nodes.elements[segment.node])
        if _is_navigation(above) or above & (_NEVER if heading else _LEFT_OUT):
            found.beside |= linked
            continue
        key = _leads_to(segment, site)
        if key is None:
            if heading and found.heading is None:
                found.heading = number
            if heading and heading <= level:
                level = 0
            elif level and not heading:
                found.under.add(segment.text)
            continue
        level = heading or level
        weak = not (heading or _is_title(segment.text))
        found.links.append(_Link(number, key, bool(heading), weak))
    return found


def _enter_lists(found: _Reading, segments: Segments, *, has_text: bool) -> None:
    """Enter the listed pages: each with whether it is titled, and whether its box has a date.

    A lone word counts only where it stands in rows alike, and these have texts and no other links,
    or the page has no text.
    """
    nodes = segments.nodes
    titles = [link for link in found.links if not link.weak]
    boxed = [(link, _box_of(segments, link, titles)) for link in titles[:_MOST_ITEMS]]
    lone = [link for link in found.links if link.weak][:_MOST_ITEMS]
    boxed += [
        (link, box)
        for link in lone
        if _has_prose(segments, box := _box_of(segments, link, found.links)) or not has_text
    ]
    alike = Counter(nodes.look[box] for _, box in boxed)
    for link, box in boxed:
        row = alike[nodes.look[box]] >= _ROWS
        if link.weak and not row:
            continue
        first, end = nodes.first[box], nodes.end[box]
        found.items.add(segments[link.number].text)
        found.boxes.append((first, end))
        if row:
            found.under |= {one.text for one in segments[first:end]} - found.items
        around = segments[max(first, link.number - _NEAR) : min(end, link.number + _NEAR + 1)]
        dated = any(_is_date_line(one) for one in around)
        known = found.lists.get(link.key, ListedPage(link.key, times=link.key in found.beside))
        titled = link.headed or row or known.titled
        times = known.times + 1
        found.lists[link.key] = ListedPage(link.key, titled, dated or known.dated, times)


def _has_prose(segments: Segments, box: int) -> bool:
    inside = segments[segments.nodes.first[box] : segments.nodes.end[box]]
    return sum(len(one.text) - one.linked for one in inside) >= _TEASER


def _box_of(segments: Segments, link: _Link, links: Sequence[_Link]) -> int:
    """The node of the largest box around *link* that none of *links* to another page stands in."""
    nodes, node = segments.nodes, segments[link.number].node
    while (outer := nodes.parent[node]) > 0:
        first = bisect_left(links, nodes.first[outer], key=attrgetter("number"))
        end = bisect_left(links, nodes.end[outer], key=attrgetter("number"))
        if any(other.key != link.key for other in links[first:end]):
            break
        node = outer
    return node


def _is_date_line(segment: Segment, to_itself: bool = False) -> bool:
    """Whether what is not linked of a short line holds a date, or all of it where its links lead
    *to_itself*: the date of an article is often the link to it."""
    text = segment.text if to_itself else _unlinked(segment)
    return len(text) <= _DATE_LINE and _DATE.search(text) is not None


def _is_navigation(above: int) -> bool:
    return bool(above & _NAVIGATION) or bool(above & _HEADER and not above & _INSIDE)


def _links_of(segment: Segment, site: SiteLinks) -> set[str]:
    """Where the links of a line lead that is no prose. What most pages of a site link to so is its
    navigation, whatever its boxes are called."""
    links = (_link_around(owner) for _, owner in segment.pieces)
    keys = (site.key_of(link.get("href") or "") for link in links if link is not None)
    return {key for key in keys if key}


def _level_of(element: HtmlElement) -> int:
    """The level of the heading that *element* is or stands in; 0 where it is none."""
    for one in (element, *islice(element.iterancestors(), 2)):
        if one.tag in _LEVELS:
            return _LEVELS[one.tag]
    return 0


def _leads_to(segment: Segment, site: SiteLinks) -> str | None:
    """The key of the other page of the site that most of *segment* is a link to."""
    if not segment.links and not segment.linked:
        return None
    if 2 * segment.linked <= len(segment.text) and not _has_long_link(segment):
        return None
    around = (_link_around(owner) for _, owner in segment.pieces)
    link = next((one for one in around if one is not None), None)
    return None if link is None else site.key_of(link.get("href") or "")


def _has_long_link(segment: Segment) -> bool:
    """Whether a line holds one link, and else no more than a date or a label."""
    return segment.links == 1 and len(segment.text) - segment.linked <= _DATE_LINE // 2


def _link_around(owner: HtmlElement | None) -> HtmlElement | None:
    if owner is None:
        return None
    return next((one for one in (owner, *owner.iterancestors("a")) if one.tag == "a"), None)


def _is_title(text: str) -> bool:
    """Whether *text* may be a title: two words, or as much in a script without spaces."""
    return " " in text or word_count(text) > 1


def _unlinked(segment: Segment) -> str:
    return " ".join(text for text, owner in segment.pieces if _link_around(owner) is None)
