"""A page's segments into the lines around its title, where bylines and dates stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.page.elements import BITS, HEADINGS
from pipelines.page.segments import GOOD_SIZE, NOTE, Segment, Segments
from pipelines.text.words import key

_BEFORE, _AFTER = 8, 14  # segments around the title
_PROSE = 2  # paragraphs: at the second one the header has ended, for the first may be a summary
_LONGEST = 160  # characters of a line
_ELSEWHERE = sum(
    BITS[name] for name in ("comments", "related", "popular", "sidebar", "footer", "navigation")
)


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """A short text near the title, the *pieces* that its inline elements make of it, and these
    *elements*."""

    text: str
    elements: tuple[HtmlElement, ...]
    pieces: tuple[str, ...] = ()

    def links(self) -> Iterator[HtmlElement]:
        """The links in the line, each once."""
        seen = set()
        for element in self.elements:
            for link in (element, *element.iterancestors("a")):
                if link.tag == "a" and link not in seen:
                    seen.add(link)
                    yield link


def header_of(
    segments: Segments, declared: Iterable[str], titles: Iterable[str]
) -> list[HeaderLine]:
    """The lines around the title of *segments*: first the lines after it, then the lines before it,
    the nearest first. The title is a *declared* title, else another of *titles*."""
    at = _title_in(segments, frozenset(map(key, declared)), frozenset(map(key, titles)))
    if at is None:
        return []
    around = _around(segments, segments[at].node)
    lines = []
    prose = 0
    after = segments[at + 1 : at + 1 + _AFTER]
    for segment in after[: _titles_of_others(segments, after)]:
        prose += len(segment.text) >= GOOD_SIZE and not segment.links
        if prose >= _PROSE:
            break
        lines += _line(segments, segment, around)
    before = segments[max(at - _BEFORE, 0) : at][::-1]
    for segment in before[: _titles_of_others(segments, before)]:
        if _is_near(segments, segment.node, around, at):
            lines += _line(segments, segment, around)
    return lines


def _title_in(segments: Segments, declared: frozenset[str], titles: frozenset[str]) -> int | None:
    """The number of the segment that is the title: the first main heading with its words. Where
    another heading has the words of a *declared* title, the name of the site is no title."""
    elements = segments.nodes.elements
    headings = [
        number
        for number, segment in enumerate(segments)
        if elements[segment.node].tag in HEADINGS and len(segment.text) < 300
    ]
    said = {number: key(segments[number].text) for number in headings}
    named = [n for n in headings if said[n] in declared or said[n] in titles]
    main = [n for n in headings if elements[segments[n].node].tag == "h1"]
    plainly = [n for n in named if said[n] in declared]
    both = [n for n in named if n in main]
    for found in (
        [n for n in plainly if n in main],
        plainly,
        both,
        named,
        main if len(main) == 1 else [],
    ):
        if found:
            return found[0]
    return None


def _titles_of_others(segments: Segments, lines: list[Segment]) -> int:
    """The place in *lines* of the first heading that leads to another page, if there are several
    such: one may be the name of a writer or a section. Else the end."""
    found = [
        place
        for place, segment in enumerate(lines)
        if segments.nodes.elements[segment.node].tag in HEADINGS
        and 2 * segment.linked > len(segment.text)
    ]
    return found[0] if len(found) > 1 else len(lines)


def _around(segments: Segments, node: int) -> frozenset[int]:
    """The nodes that hold *node*."""
    found = []
    while node >= 0:
        found.append(node)
        node = segments.nodes.parent[node]
    return frozenset(found)


def _is_near(segments: Segments, node: int, around: frozenset[int], at: int) -> bool:
    """Whether *node* and the title share a box that holds little before the title. The head of the
    whole page, which may show today's date, shares no such box."""
    while node not in around:
        node = segments.nodes.parent[node]
    return node > 0 and at - segments.nodes.first[node] <= _BEFORE


def _line(segments: Segments, segment: Segment, around: frozenset[int]) -> list[HeaderLine]:
    if len(segment.text) > _LONGEST:
        return []
    node = segment.node
    while node not in around:
        if segments.nodes.bits[node] & _ELSEWHERE:
            return []
        node = segments.nodes.parent[node]
    pieces = (one for one in segment.pieces if one[0].strip() and one[0] != NOTE)
    said = [(" ".join(text.split()), owner) for text, owner in pieces]
    owners = (owner for _, owner in said if owner is not None)
    return [HeaderLine(segment.text, tuple(dict.fromkeys(owners)), tuple(text for text, _ in said))]
