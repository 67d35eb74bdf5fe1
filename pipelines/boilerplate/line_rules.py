"""Segments into what their words say against them: titles, dates, bylines, notices, pull quotes."""

from __future__ import annotations

import re

from pipelines.page.front_matter import Top
from pipelines.page.segments import Segment, Segments
from pipelines.text.phrases import (
    BYLINE,
    is_date_line,
    is_sign_off,
    is_small_print,
    opening_phrase,
)
from pipelines.text.words import key, word_count

_SHORT, _MEDIUM = 25, 45  # words of a line that its opening tells, and of small print
_LONGEST_NOTICE, _WORDS_BESIDE = 120, 5  # characters of a notice, words beside a picture
_NUMBERED = re.compile(r"(?:^|\s)1\s\W*2\b")


def reason_against(segments: Segments, segment: Segment, top: Top) -> str | None:
    """What the words of *segment* of *segments* say against it; None where they say nothing."""
    text = segment.text
    if len(text) > 400 or segments.nodes.elements[segment.node].tag in ("pre", "code", "tr"):
        return None
    if is_date_line(text):
        return "date"
    said = key(text) if len(text) <= top.longest else ""
    if said and said in top.titles:
        return "title"
    if said in top.summaries:
        return "summary"
    count = word_count(text)
    if count <= _SHORT and (reason := _reason_in_few_words(segment)):
        return reason
    return "small print" if count <= _MEDIUM and is_small_print(text) else None


def _reason_in_few_words(segment: Segment) -> str | None:
    if opening := opening_phrase(segment.text):
        return None if is_sign_off(segment.text) else opening.lastgroup
    if BYLINE.fullmatch(segment.text):
        return "author"
    return "navigation" if segment.links > 1 and _NUMBERED.search(segment.text) else None


def notice_in(segments: Segments, segment: Segment) -> str | None:
    """Why *segment* looks like a notice between paragraphs, in whatever language: a short block
    that is a link to elsewhere, or a word beside a picture."""
    if not _may_be_notice(segments, segment):
        return None
    if 10 * segment.linked >= 6 * len(segment.text):
        return "related"
    tag = segments.nodes.elements[segment.node].tag
    beside = segments.nodes.images[segment.node] and tag != "p"
    brief = segment.text.count(" ") < _WORDS_BESIDE and segment.text[-1] not in ".!?。"
    return "advertisement" if beside and brief else None


def linked_line(segments: Segments, segment: Segment) -> str | None:
    """Why *segment* is a line of its own that is all link, and so leads away from the text."""
    all_link = segment.links == 1 and 10 * segment.linked >= 9 * len(segment.text)
    return "related" if all_link and _may_be_notice(segments, segment) else None


def _may_be_notice(segments: Segments, segment: Segment) -> bool:
    tag = segments.nodes.elements[segment.node].tag
    return tag in ("p", "div", "section") and len(segment.text) <= _LONGEST_NOTICE


def rows_of_kept_tables(segments: Segments, reasons: list[str | None]) -> list[int]:
    """The rows and captions that were cut from tables most of which is kept: a table is text or it
    is not."""
    tables: dict[int, list[int]] = {}
    for number, segment in enumerate(segments):
        if segments.nodes.elements[segment.node].tag in ("tr", "caption"):
            node = segment.node
            while node > 0 and segments.nodes.elements[node].tag != "table":
                node = segments.nodes.parent[node]
            tables.setdefault(node, []).append(number)
    most = (rows for rows in tables.values() if 2 * sum(not reasons[n] for n in rows) > len(rows))
    return [number for rows in most for number in rows if reasons[number]]
