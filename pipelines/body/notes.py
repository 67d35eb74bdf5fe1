"""Footnotes: the marks in a text, and the notes that they refer to, as Markdown writes both.

A mark is `[^1]`, a note begins with `[^1]: `, as in GitHub Flavored Markdown and in Pandoc. A mark
whose note is not in the text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipelines.page.segments import NOTE, Nodes, Segment, Segments

_LABEL = re.compile(r"\w+")
_SAID_AGAIN = re.compile(r"(?:\\?\[(\w+)\\?\]|(\w+)(?:\\?[.)]|(?=\s)))\s*")
_OUTWARDS = 3  # elements around a line whose names may be that of a note
_LONGEST_LABEL = 12  # characters
_ANCHORED = 2  # elements at the beginning of a note that may name it


class Notes:
    """The notes of a text: which marks have one, and which segments begin one."""

    def __init__(self, segments: Sequence[Segment], nodes: Nodes) -> None:
        marks = {name: mark for mark in _marks(segments) if (name := _fragment(mark))}
        self._by_mark: dict[HtmlElement, str] = {}
        self._by_number: dict[int, str] = {}
        named: dict[str, str] = {}
        if not marks:
            return
        for number, segment in enumerate(segments):
            for name in _names(segment, nodes):
                if name in marks and name not in named:
                    named[name] = self._by_number[number] = _label(marks[name], len(named) + 1)
                    break
        for mark in _marks(segments):
            if label := named.get(_fragment(mark)):
                self._by_mark[mark] = label

    def mark(self, element: HtmlElement | None) -> str:
        """The sign of the raised *element*; empty where its note is not in the text."""
        label = self._by_mark.get(element) if element is not None else None
        return f"[^{label}]" if label else ""

    def begins(self, number: int) -> str | None:
        """The label of the note that segment *number* begins; None where it begins none."""
        return self._by_number.get(number)


def without_label(form: str, label: str) -> str:
    """The Markdown *form* of a note without the *label* that it may begin with."""
    found = _SAID_AGAIN.match(form)
    return form[found.end() :] if found and label in found.groups() else form


def referred(segments: Segments, reasons: Sequence[str | None]) -> Iterator[int]:
    """The cut *segments* that are notes to which the kept ones refer."""
    kept = [one for one, reason in zip(segments, reasons, strict=True) if reason is None]
    wanted = {name for mark in _marks(kept) if (name := _fragment(mark))}
    if not wanted:
        return
    nodes = segments.nodes
    end = 0
    for number, segment in enumerate(segments):
        if number < end or reasons[number] is None or reasons[number] == "comments":
            continue
        if wanted.isdisjoint(_names(segment, nodes)):
            continue
        box = segment.node
        while nodes.elements[box].tag != "li" and nodes.parent[box] > 0:
            box = nodes.parent[box]
        in_item = nodes.elements[box].tag == "li"
        end = nodes.end[box] if in_item else number + 1
        yield from range(number, end)


def _marks(segments: Sequence[Segment]) -> Iterator[HtmlElement]:
    for segment in segments:
        for text, owner in segment.pieces:
            if text == NOTE and owner is not None:
                yield owner


def _fragment(mark: HtmlElement) -> str:
    """The name of the place of the page that *mark* leads to; empty where it leads nowhere."""
    for link in (*mark.iter("a"), *mark.iterancestors("a")):
        fragment = (link.get("href") or "").partition("#")[2]
        if fragment:
            return fragment
    return ""


def _label(mark: HtmlElement, number: int) -> str:
    found = _LABEL.search("".join(map(str, mark.itertext())))
    return found[0][:_LONGEST_LABEL] if found else str(number)


def _names(segment: Segment, nodes: Nodes) -> Iterator[str]:
    """The names of the place where *segment* stands: of its boxes that begin with it, and of what
    stands at its beginning."""
    node = segment.node
    for _ in range(_OUTWARDS):
        if node <= 0:
            break
        first = nodes.first[node] == nodes.first[segment.node]
        if first and (name := nodes.elements[node].get("id")):
            yield name
        if nodes.elements[node].tag == "li":
            break
        node = nodes.parent[node]
    for inner in islice(nodes.elements[segment.node].iter("a", "span", "sup"), _ANCHORED):
        if name := (inner.get("id") or inner.get("name")):
            yield name
