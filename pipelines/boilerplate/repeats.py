"""What an article says twice: pull quotes, copies for other layouts, headings over nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipelines.page.elements import BITS, HEADINGS
from pipelines.page.segments import Segment, Segments
from pipelines.text.words import key

_SHORTEST_PULL, _LONGEST_PULL, _SHORTEST_PULLED_FROM = 20, 400, 60  # characters
_LONG_REPEAT = 40  # characters
_REPEATED = 0.25  # share of the text that stands again: such a page shows its article twice
_LONGEST_CITED = 60  # characters of the name beside a pull quote
_QUOTING = ("blockquote", "figure")
_APART = BITS["quote"] | BITS["aside"] | BITS["figure"]


def after_thoughts(
    segments: Segments, reasons: list[str | None], goes_on: bool = False
) -> list[str | None]:
    """*reasons*, and the reasons that the choice shows: pull quotes, copies, headings over
    nothing. A last heading stays where the article *goes_on* at its next page."""
    found = list(reasons)
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    pulled = _pulled(segments, kept)
    for number in (*pulled, *_beside_pulled(segments, kept, pulled)):
        found[number] = "pull quote"
    for number in _copies(segments, [number for number in kept if found[number] is None]):
        found[number] = "copy"
    kept = [number for number in kept if found[number] is None]
    for number in kept:
        if _is_heading(segments, segments[number]) and _is_alone(segments, number, found):
            found[number] = "empty section"
    kept = [number for number in kept if found[number] is None]
    while kept and not goes_on and _is_heading(segments, segments[kept[-1]]):
        found[kept.pop()] = "empty section"
    return found


def _is_alone(segments: Segments, number: int, reasons: list[str | None]) -> bool:
    """Whether all else in the box of segment *number* is cut: there is something else in it."""
    nodes = segments.nodes
    box = nodes.parent[segments[number].node]
    inside = range(nodes.first[box], nodes.end[box]) if box > 0 else range(0)
    return len(inside) > 1 and all(reasons[n] for n in inside if n != number)


def _copies(segments: Segments, kept: list[int]) -> list[int]:
    """The later copies of what stands on the page for several layouts, each in boxes of its own; a
    refrain is no copy."""
    texts = [(number, segments[number].text) for number in kept]
    long = {text for _, text in texts if len(text) > _LONG_REPEAT}
    counts = Counter(segment.text for segment in segments if segment.text in long)
    extra = sum(len(text) * (count - 1) for text, count in counts.items())
    if extra < _REPEATED * sum(len(text) for _, text in texts):
        return []
    seen: dict[str, object] = {}
    copies = []
    for number, text in texts:
        box = _box_of(segments, segments[number].node)
        if text in seen and seen[text] != box:
            copies.append(number)
        elif len(text) > _LONG_REPEAT:
            seen[text] = box
    return copies


def _box_of(segments: Segments, node: int) -> object:
    """What segments of the same flow share: their node, or the look of nodes that hold one segment
    each."""
    nodes = segments.nodes
    return nodes.look[node] if nodes.end[node] - nodes.first[node] == 1 else node


def _pulled(segments: Segments, kept: list[int]) -> list[int]:
    """The segments that stand apart and say again what a longer segment says."""
    apart = {n: said for n in kept if (said := _apart_and_said(segments, segments[n]))}
    if not apart:
        return []
    keys = (key(segments[n].text) for n in kept)
    whole = [said for said in keys if len(said) >= _SHORTEST_PULLED_FROM]
    every = "\n".join(whole)
    return [
        n
        for n, said in apart.items()
        if said in every and any(said in text and len(said) < len(text) for text in whole)
    ]


def _beside_pulled(segments: Segments, kept: list[int], pulled: list[int]) -> Iterator[int]:
    """The short lines in the boxes of *pulled* sentences: who said them."""
    nodes = segments.nodes
    for number in pulled:
        box = segments[number].node
        while box > 0 and nodes.look[box][1] not in _QUOTING:
            box = nodes.parent[box]
        if box > 0:
            inside = range(nodes.first[box], nodes.end[box])
            yield from (n for n in kept if n in inside and len(segments[n].text) <= _LONGEST_CITED)


def _apart_and_said(segments: Segments, segment: Segment) -> str:
    """What *segment* says, if it stands apart like a sentence in large letters. A heading of
    ordinary length does not count: it names what the text says."""
    if len(segment.text) > 2 * _LONGEST_PULL:
        return ""
    quoted = segments.nodes.above[segment.node] & _APART
    if not (quoted or _is_heading(segments, segment)):
        return ""
    said = key(segment.text)
    least = _SHORTEST_PULL if quoted else _SHORTEST_PULLED_FROM
    return said if least <= len(said) <= _LONGEST_PULL else ""


def _is_heading(segments: Segments, segment: Segment) -> bool:
    return segments.nodes.elements[segment.node].tag in HEADINGS
