"""The shape of a whole page: whether it is rows of titles with teasers, or one question.

By what stands beside what, in whatever language and under whatever names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from lxml.html import HtmlElement

from archive.web.hosts import host_of
from pipelines.page.segments import Segment, Segments

# words of a title at least, characters of it at most, characters of a teaser at least
_TITLE_WORDS, _LONGEST_TITLE, _SHORTEST_TEASER = 2, 200, 25
_LINKED = 9  # tenths of a title's characters that are link


@dataclass(frozen=True, slots=True)
class TeaserRows:
    """The titles and teasers of a page that stand in rows alike, as texts, and how many rows."""

    texts: frozenset[str] = frozenset()
    count: int = 0


def rows_of(segments: Segments) -> TeaserRows:
    """The rows of *segments*: a line that is all link, and the prose behind it in the same box."""
    found: dict[tuple[str, int], list[tuple[Segment, Segment]]] = {}
    titles = [_is_title(segment) for segment in segments]
    if not any(titles):
        return TeaserRows()
    pairs = zip(pairwise(segments), pairwise(titles), strict=True)
    for (title, teaser), (is_title, is_next) in pairs:
        if not is_title or is_next or len(teaser.text) < _SHORTEST_TEASER:
            continue
        if (row := _row(segments, title, teaser)) >= 0:
            alike = _name(segments.nodes.elements[row]), segments.nodes.parent[row]
            found.setdefault(alike, []).append((title, teaser))
    rows = max(found.values(), key=len, default=[])
    return TeaserRows(frozenset(one.text for pair in rows for one in pair), len(rows))


def leads_away(segments: Segments, rows: TeaserRows) -> bool:
    """Whether most titles of *rows* lead to other sites than most links of *segments*: a list of
    books or tools that the page is about, not of other pages of its site."""
    own = own_hosts(segments)
    titles = [one for one in segments if one.text in rows.texts and _is_title(one)]
    away = sum(host_of(_href_of(title)) not in own for title in titles)
    return 2 * away > len(titles)


def own_hosts(segments: Segments) -> frozenset[str]:
    """The hosts that links of *segments* to its own site name: none, or the host that most links
    name."""
    hosts = Counter(host_of(_href_of(segment)) for segment in segments if segment.links)
    return frozenset({"", max(hosts, key=hosts.__getitem__, default="")})


def leads_within(segment: Segment) -> bool:
    """Whether *segment* is all a link to a place on the same page, as lines of its contents are."""
    all_link = segment.links == 1 and 10 * segment.linked >= _LINKED * len(segment.text)
    return all_link and _href_of(segment)[:1] == "#"


def leads_to_own_page(title: Segment, own: frozenset[str]) -> bool:
    """Whether *title* is a link to another page of the site whose hosts are *own*."""
    href = _href_of(title)
    return (
        2 * title.linked > len(title.text) and href[:1] not in ("", "#") and (host_of(href) in own)
    )


def _href_of(title: Segment) -> str:
    owners = (owner for _, owner in title.pieces if owner is not None)
    around = (link for owner in owners for link in (owner, *owner.iterancestors("a")))
    return next((link.get("href") or "" for link in around if link.tag == "a"), "")


def _is_title(segment: Segment) -> bool:
    text = segment.text
    return (
        segment.links == 1
        and 10 * segment.linked >= _LINKED * len(text)
        and text.count(" ") + 1 >= _TITLE_WORDS
        and len(text) <= _LONGEST_TITLE
    )


def _row(segments: Segments, title: Segment, teaser: Segment) -> int:
    """The innermost node that holds both, if it begins with the title; else -1."""
    nodes = segments.nodes
    above, node = set(), title.node
    while node >= 0:
        above.add(node)
        node = nodes.parent[node]
    node = teaser.node
    while node not in above:
        node = nodes.parent[node]
    first = segments[nodes.first[node]]
    return node if node > 0 and first is title else -1


def _name(element: HtmlElement) -> str:
    return f"{element.tag} {element.get('class') or ''}"
