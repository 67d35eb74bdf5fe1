"""Further stories on the page of another: what a theme appends below it as the reader scrolls on.

All that they say makes them articles. But they stand beside the story of the page's title, in boxes
that look like its box, each with a title and a day of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipelines.arrays import Ints, prefix
from pipelines.boilerplate.teaser_rows import leads_to_own_page, own_hosts
from pipelines.classifier.segment_features import Table
from pipelines.page.segments import Nodes, Segments
from pipelines.text.dates import has_day

_OWN_TEXT = 100_000  # words times permille of being text: more than an introduction has
_SHARE = 25  # percent of the words of the first story that a further story has
_TITLE_WITHIN, _DAY_WITHIN = 4, 6  # segments from the beginning of a story
_LONGEST_DATED = 120  # characters of a line with a date
_DIGITS = re.compile(r"\d+")


def further_stories(segments: Segments, table: Table, mass: Ints) -> frozenset[int]:
    """The nodes of *segments* that are further stories; *mass* is how much text each segment is."""
    titles = np.flatnonzero((table.title > 0) & (table.heading > 0) & (table.linked < 500))
    if not len(titles):
        return frozenset()
    title = int(titles[0])
    nodes = segments.nodes
    parents = nodes.numbers.parent
    text, words = prefix(mass), prefix(table.words)
    found: set[int] = set()
    own = segments[title].node
    while own > 0:
        if text[nodes.end[own]] - text[nodes.first[own]] >= _OWN_TEXT:
            size = int(words[nodes.end[own]] - words[nodes.first[own]])
            for one in _like(nodes, parents, own):
                as_long = 100 * (words[nodes.end[one]] - words[nodes.first[one]]) >= _SHARE * size
                if as_long and _is_story(segments, table, one, int(table.heading[title])):
                    found.add(one)
        own = nodes.parent[own]
    return frozenset(found)


def _like(nodes: Nodes, parents: Ints, own: int) -> Iterator[int]:
    """The later siblings of node *own* that look like it, whatever their numbers."""
    look = _look(nodes, own)
    siblings = own + 1 + np.flatnonzero(parents[own + 1 :] == parents[own])
    return (number for number in siblings.tolist() if _look(nodes, number) == look)


def _look(nodes: Nodes, number: int) -> tuple[str, str]:
    _, tag, classes = nodes.look[number]
    return tag, _DIGITS.sub("", classes) if classes else ""


def _is_story(segments: Segments, table: Table, number: int, level: int) -> bool:
    """Whether node *number* begins with a title and with the day on which it was written. The title
    leads to a page of the site, or is a heading of the same *level* as the page's title."""
    first, end = segments.nodes.first[number], segments.nodes.end[number]
    headings = np.flatnonzero(table.heading[first : min(first + _TITLE_WITHIN, end)])
    if not len(headings):
        return False
    title = first + int(headings[0])
    if table.heading[title] != level and not leads_to_own_page(
        segments[title], own_hosts(segments)
    ):
        return False
    near = segments[first : min(first + _DAY_WITHIN, end)]
    return any(len(one.text) <= _LONGEST_DATED and has_day(one.text) for one in near)
