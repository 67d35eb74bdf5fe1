"""Lines that stand in the flow of a text, though nothing in them says that they belong to it.

A line of verse, a row of a small table, a short last paragraph look like clutter by themselves.
Where they stand between paragraphs of the article, or right before or behind them in the same box,
and neither a name nor a word nor a link speaks against them, they are text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from pipelines.body.insets import main_box
from pipelines.classifier.thresholds import BESIDE_TEXT
from pipelines.page.elements import BESIDE, BITS, HEADINGS
from pipelines.page.segments import Nodes, Segment, Segments
from pipelines.text.phrases import SERVICES

_BY_WORDS = frozenset({"newsletter", "share", "related", "comments", "meta", "advertisement"})
"""What the words of a line may say wrongly, where it stands between two sure paragraphs."""
_NAMES_OTHERS = re.compile(r"[:|]\s*$|(?:article|story|post)s?\b|comment", re.IGNORECASE)
_SURE = 850  # permille of a segment that the flow leads to
_WITHIN, _BEHIND, _BEFORE = 200, 180, 300  # permille that a line between, behind, before text needs
_LIKELY = 450  # permille that a line needs whose words speak against it
_SHORT = 80  # characters of a paragraph that is too short to look like text
_ALIKE = 3  # lines in a row that look alike: verse, a dialogue
_STOPS = '.!?。！？।؟…"”»)'
_LINKED = 30  # percent of a line or a box that may be linked
_LEAST_LINKED = 60  # characters of a line that may have links at all
_MOST_EDGE = 24  # segments before or behind the text that may belong to it

Reasons = Sequence[str | None]
Against = Callable[[Segment], object]


def in_flow(
    segments: Segments, reasons: Reasons, probability: Sequence[int], against: Against
) -> Iterator[int]:
    """The cut *segments* that stand in the flow of those that are kept; *against* says whether the
    words of a segment speak against it."""
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    sure = [number for number in kept if probability[number] >= _SURE]
    if not sure:
        return
    nodes = segments.nodes
    main, _ = main_box([segments[number] for number in kept], nodes)
    boxes = _Boxes(segments, main, reasons)
    first, last = sure[0], sure[-1]
    yield from _between_sure(segments, reasons, probability, frozenset(sure))
    for number in range(max(first - _MOST_EDGE, 0), min(last + _MOST_EDGE + 1, len(segments))):
        if reasons[number] != BESIDE_TEXT:
            continue
        least = _WITHIN if first < number < last else _BEHIND if number > last else _BEFORE
        if probability[number] <= least or not boxes.hold(number):
            continue
        if number < first and not _same_box(nodes, segments, number, first):
            continue
        if not _has_shape(segments, number):
            continue
        if not against(segments[number]):
            yield number


def _between_sure(
    segments: Segments, reasons: Reasons, probability: Sequence[int], sure: frozenset[int]
) -> Iterator[int]:
    """The likely lines between two *sure* ones of the same box whose words alone spoke against
    them, and that lead nowhere and name no service."""
    nodes = segments.nodes
    for number, reason in enumerate(reasons):
        if reason not in _BY_WORDS or not {number - 1, number + 1} <= sure:
            continue
        segment = segments[number]
        if segment.links or probability[number] <= _LIKELY or _leads_on(segment.text):
            continue
        around = (number - 1, number, number + 1)
        if len({nodes.parent[segments[n].node] for n in around}) == 1:
            yield number


def _has_shape(segments: Segments, number: int) -> bool:
    """Whether a segment is a row of data, one of several lines that look alike, or a sentence in a
    paragraph: a lone box of few words is a caption or a label."""
    nodes, segment = segments.nodes, segments[number]
    tag = nodes.look[segment.node][1]
    if tag == "tr":
        return True
    if tag == "p":
        return len(segment.text) <= _SHORT and segment.text[-1] in _STOPS
    if tag not in ("div", "blockquote", "dd", "dt"):
        return False
    alike = range(number - _ALIKE + 1, number + 1)
    return any(start >= 0 and _are_alike(segments, range(start, start + _ALIKE)) for start in alike)


def _are_alike(segments: Segments, numbers: range) -> bool:
    """Whether the segments of these *numbers* are siblings that look alike, one line each."""
    if numbers.stop > len(segments):
        return False
    nodes = segments.nodes
    own = {segments[n].node for n in numbers}
    looks = {nodes.look[node][1:] for node in own}
    outer = {nodes.parent[nodes.parent[node]] for node in own}
    return len(own) == len(numbers) and len(looks) == 1 and len(outer) == 1


def _leads_on(text: str) -> bool:
    """Whether *text* names a service, or other articles."""
    return bool(SERVICES.search(text) or _NAMES_OTHERS.search(text))


def _same_box(nodes: Nodes, segments: Segments, one: int, other: int) -> bool:
    return nodes.parent[segments[one].node] == nodes.parent[segments[other].node]


class _Boxes:
    """The boxes right in the *main* one, and whether what stands in them may be text."""

    def __init__(self, segments: Segments, main: int, reasons: Reasons) -> None:
        self.segments, self.main, self.reasons = segments, main, reasons
        self._known: dict[int, tuple[bool, bool]] = {}

    def hold(self, number: int) -> bool:
        """Whether segment *number* stands in the main box, in a box there that may hold text."""
        nodes, segment = self.segments.nodes, self.segments[number]
        size = len(segment.text)
        if 100 * segment.linked > _LINKED * size or (segment.links and size < _LEAST_LINKED):
            return False
        node = last = segment.node
        while node > self.main:
            last, node = node, nodes.parent[node]
        if node != self.main:
            return False
        own = nodes.above[segment.node] & ~nodes.above[self.main]
        in_figure = own & BITS["figure"] and not own & BITS["table"]
        if own & BESIDE or in_figure:
            return False
        if last == self.main:
            return True
        if last not in self._known:
            self._known[last] = self._is_plain(last), self._is_cut_with_heading(last)
        is_plain, is_titled = self._known[last]
        return is_plain and not (is_titled and nodes.look[segment.node][1] == "p")

    def _is_plain(self, box: int) -> bool:
        nodes = self.segments.nodes
        inside = self.segments[nodes.first[box] : nodes.end[box]]
        size = sum(len(one.text) for one in inside)
        linked = sum(one.linked for one in inside)
        return not nodes.inputs[box] and 100 * linked <= _LINKED * size

    def _is_cut_with_heading(self, box: int) -> bool:
        """Whether all that *box* holds is cut, and a heading with it: sentences there are about
        what that names."""
        nodes = self.segments.nodes
        inside = range(nodes.first[box], nodes.end[box])
        return all(self.reasons[n] is not None for n in inside) and any(
            map(self._is_heading, inside)
        )

    def _is_heading(self, number: int) -> bool:
        nodes = self.segments.nodes
        return nodes.look[self.segments[number].node][1] in HEADINGS
