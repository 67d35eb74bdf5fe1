"""Threads of readers by their shape: boxes alike behind a text, each with a day and a reader's
words.

A call to answer stands in them or beside them. Themes that hash names have no other sign.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import takewhile

import numpy as np
from lxml.html import HtmlElement

from pipelines.arrays import Ints, prefix
from pipelines.page.segments import Nodes, Segments
from pipelines.text.dates import has_day

_FEWEST, _MANY = 3, 5  # boxes in a row
_LONGEST_CALL = 40  # characters of a link such as "Reply"
_SHARE = 80  # percent of the boxes that have to look like comments
_NEAR = 3  # boxes around a thread: the field for a new comment stands in one of them
_SHORTEST = 40  # characters of what somebody says
_LONGEST_DATED = 120  # characters of a line with a date
_TEXT_BEFORE = 100_000  # words times permille of being text: the article stands before its thread
_TAGS = frozenset({"div", "li", "article", "section", "dd", "blockquote"})


def threads_in(segments: Segments, dated: Ints, mass: Ints) -> frozenset[int]:
    """The nodes of *segments* that are its threads' comments, and what stands between them.

    *dated* is 1 for segments that may have a day in them, *mass* is how much text each is.
    """
    nodes = segments.nodes
    parents = nodes.numbers.parent
    before = prefix(mass)
    days = prefix(dated)
    found: set[int] = set()
    for alike in _alike(nodes):
        first, last = alike[0], alike[-1]
        if before[nodes.first[first]] < _TEXT_BEFORE:
            continue
        filled = [one for one in alike if days[nodes.end[one]] > days[nodes.first[one]]]
        if 100 * len(filled) < _SHARE * len(alike):
            continue
        said = sum(_is_comment(segments, one) for one in filled)
        if 100 * said >= _SHARE * len(alike) and (
            _asks_for_text(nodes, first, before) or _same_call(segments, alike)
        ):
            siblings = np.flatnonzero(parents[first : last + 1] == parents[first])
            found.update((first + siblings).tolist())
    return frozenset(found)


def _alike(nodes: Nodes) -> Iterator[list[int]]:
    """The siblings of several segments that look alike, of each look where there are enough."""
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    several = np.flatnonzero(nodes.numbers.end - nodes.numbers.first > 1)
    for number in several.tolist():
        look = nodes.look[number]
        if look[1] in _TAGS:
            groups[look].append(number)
    return (group for group in groups.values() if len(group) >= _FEWEST)


def _asks_for_text(nodes: Nodes, number: int, before: Ints) -> bool:
    """Whether the next box around node *number* that holds a field has a field for long texts, with
    the article before it. False where *number* itself holds a field."""
    if nodes.fields[number]:
        return False
    for _ in range(_NEAR):
        number = nodes.parent[number]
        if number <= 0:
            return False
        if nodes.fields[number]:
            behind = before[nodes.first[number]] >= _TEXT_BEFORE
            return bool(behind) and any(map(_is_for_text, _filled_in(nodes, number)))
    return False


def _filled_in(nodes: Nodes, number: int) -> Iterator[HtmlElement]:
    """The boxes with fields in node *number*, itself too."""
    inside = takewhile(lambda n: nodes.parent[n] >= number, range(number + 1, len(nodes.parent)))
    return (nodes.elements[one] for one in (number, *inside) if nodes.fields[one])


def _is_for_text(box: HtmlElement) -> bool:
    return next(box.iter("textarea"), None) is not None


def _same_call(segments: Segments, alike: list[int]) -> bool:
    """Whether most of many boxes have the same line that is all link: a call to answer."""
    nodes = segments.nodes
    calls = Counter(
        text
        for one in alike
        for text in {
            segment.text
            for segment in segments[nodes.first[one] : nodes.end[one]]
            if len(segment.text) <= _LONGEST_CALL and 2 * segment.linked > len(segment.text)
        }
    )
    most = max(calls.values(), default=0)
    return len(alike) >= _MANY and 100 * most >= _SHARE * len(alike)


def _is_comment(segments: Segments, number: int) -> bool:
    """Whether somebody says something in node *number*, and on which day."""
    inside = segments[segments.nodes.first[number] : segments.nodes.end[number]]
    dated = [len(one.text) <= _LONGEST_DATED and has_day(one.text) for one in inside]
    return any(dated) and any(
        len(one.text) >= _SHORTEST and 2 * one.linked < len(one.text) and not is_day
        for one, is_day in zip(inside, dated, strict=True)
    )
