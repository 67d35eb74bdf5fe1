"""A page into one whose article is longer or shorter, or stands alone.

A corpus holds texts of some hundred words. Magazines print stories of twenty thousand, whose last
paragraph is as much text as the first, and notes of fifty, beside which everything looks large.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

import lxml.html
from lxml.html import HtmlElement

from pipelines.page.segments import Segments

_TRUE = 0.5  # of a segment's words
_FEWEST, _MOST = 15, 400  # paragraphs that are let in
_KEPT = 6  # paragraphs of a text that was made short
_LEAST = 25  # words that stay at least
_TAKES = ("p", "div", "article", "section", "td", "blockquote")
_PROSE = 60  # characters of a segment after which a paragraph may be let in


def relengthened(
    segments: Segments, labels: Sequence[float], prose: Sequence[str], random: Random
) -> str:
    """Change the tree of *segments*, whose segments are text by *labels*; the text that was let in.

    A tenth gets longer by paragraphs of *prose*, another loses what is beside the text, and half
    of that most of the text, too.
    """
    kind = random.random()
    if kind < 0.1:
        return "\n".join(_lengthen(segments, labels, prose, random))
    if kind < 0.2:
        _bare(segments, labels)
        if kind < 0.15:
            _shorten(segments, labels, random)
    return ""


def _lengthen(
    segments: Segments, labels: Sequence[float], prose: Sequence[str], random: Random
) -> Iterator[str]:
    elements = segments.nodes.elements
    places = [
        elements[segment.node]
        for segment, label in zip(segments, labels, strict=True)
        if label > _TRUE and len(segment.text) >= _PROSE and elements[segment.node].tag in _TAKES
    ]
    if not places:
        return
    wanted = round(math.exp(random.uniform(math.log(_FEWEST), math.log(_MOST))))
    for paragraph in _paragraphs(prose, random):
        if _let_in(random.choice(places), paragraph, random):
            yield paragraph
            wanted -= 1
        if wanted <= 0:
            return


def _paragraphs(prose: Sequence[str], random: Random) -> Iterator[str]:
    texts = random.sample(prose, len(prose))
    lines = (line for text in texts for line in text.splitlines())
    return (line for line in lines if line.strip() and line.isprintable())


def _let_in(place: HtmlElement, paragraph: str, random: Random) -> bool:
    """Let *paragraph* in after *place*, or between two of its lines; whether that could be done."""
    parent = place.getparent()
    if place.tag == "p" and parent is not None:
        new = lxml.html.Element("p", dict(place.attrib))
        new.text = paragraph
        parent.insert(parent.index(place) + 1, new)
        return True
    breaks = place.findall("br")
    if not breaks:
        return False
    at = random.choice(breaks)
    first, second = lxml.html.Element("br"), lxml.html.Element("br")
    second.tail, at.tail = at.tail, paragraph
    place[place.index(at) + 1 : place.index(at) + 1] = [first, second]
    return True


def _shorten(segments: Segments, labels: Sequence[float], random: Random) -> None:
    nodes = segments.nodes
    true = [number for number, label in enumerate(labels) if label > _TRUE]
    kept = random.randint(1, _KEPT)
    while kept < len(true) and _words(segments, true[:kept]) < _LEAST:
        kept += 1
    for number in true[kept:]:
        node = segments[number].node
        if node and (nodes.first[node], nodes.end[node]) == (number, number + 1):
            nodes.elements[node].drop_tree()


def _words(segments: Segments, numbers: Sequence[int]) -> int:
    return sum(len(segments[number].text.split()) for number in numbers)


def _bare(segments: Segments, labels: Sequence[float]) -> None:
    """Drop each box without any text beside one with some."""
    nodes = segments.nodes
    filled = [any(labels[first:end]) for first, end in zip(nodes.first, nodes.end, strict=True)]
    for number, parent in enumerate(nodes.parent):
        if parent >= 0 and filled[parent] and not filled[number]:
            nodes.elements[number].drop_tree()
