"""Segments into what their words say against them: titles, dates, bylines, notices, pull quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipelines.page.markup import BITS, HEADINGS
from pipelines.page.segments import Segment, Segments
from pipelines.text.phrases import (
    BYLINE,
    CREDIT,
    DATE_LINE,
    OPENING,
    SHORTEST_SMALL_PRINT,
    SMALL_PRINT,
    SMALL_PRINT_WORDS,
    STARTS_OF_OPENINGS,
)
from pipelines.text.words import key, words

_SHORT, _MEDIUM = 25, 45  # words
_SHORTEST_PULL, _LONGEST_PULL, _SHORTEST_PULLED_FROM = 20, 400, 60  # characters
_LONGEST_NOTICE, _WORDS_BESIDE = 120, 5
_LONG_REPEAT = 40  # characters
_NUMBERED = re.compile(r"(?:^|\s)1\s\W*2\b")
_LONGEST_CREDITED, _LONGEST_NAME = 250, 70  # characters
_REPEATED = 0.25  # of the text: from here on a page shows its article more than once
_APART = BITS["quote"] | BITS["aside"] | BITS["figure"]
_TITLE_SPLIT = re.compile(r"\s[|–—·»:-]+\s|\s?\|\s?")


@dataclass(frozen=True)
class Top:
    """What may stand above a text without being part of it: *titles* and *summaries*, as keys."""

    titles: frozenset[str] = frozenset()
    summaries: frozenset[str] = frozenset()

    @cached_property
    def longest(self) -> int:
        """Characters that a line may have and still be one of them."""
        return max(map(len, self.titles | self.summaries), default=0) + 20


def top_of(titles: Iterable[str], summaries: Iterable[str]) -> Top:
    """The top of an article of these *titles*, and their parts beside a site's name."""
    found = set()
    for title in dict.fromkeys(titles):
        parts = (part for part in _TITLE_SPLIT.split(title) if len(words(part)) > 2)
        found |= {key(part) for part in (title, *parts)}
    return Top(frozenset(found - {""}), frozenset(map(key, summaries)) - {""})


def reason_against(page: Segments, segment: Segment, top: Top) -> str | None:
    """What the words of *segment* of *page* say against it; None where they say nothing."""
    text = segment.text
    if len(text) > 400 or page.nodes.elements[segment.node].tag in ("pre", "code", "tr"):
        return None
    if is_date_line(text):
        return "date"
    said = key(text) if len(text) <= top.longest else ""
    if said and said in top.titles:
        return "title"
    if said in top.summaries:
        return "summary"
    count = len(words(text))
    if count <= _SHORT and (told := _told_by_few_words(segment)):
        return told
    return "small print" if count <= _MEDIUM and is_small_print(text) else None


def _told_by_few_words(segment: Segment) -> str | None:
    if opening := OPENING.match(segment.text):
        return opening.lastgroup
    if BYLINE.fullmatch(segment.text):
        return "author"
    return "navigation" if segment.links > 1 and _NUMBERED.search(segment.text) else None


def is_credited(text: str) -> bool:
    """Whether *text* is a line below a picture or a table that says whose that is."""
    if len(text) > _LONGEST_CREDITED:
        return False
    end = text[-_LONGEST_NAME:]
    may_be = text[0] == "©" or any(sign in end for sign in ":：/")
    return may_be and bool(CREDIT.search(text))


def notice_in(page: Segments, segment: Segment) -> str | None:
    """Why *segment* looks like a notice between paragraphs, in whatever language: a short block
    that is a link to elsewhere, or a word beside a picture."""
    if not _may_be_notice(page, segment):
        return None
    if 10 * segment.linked >= 6 * len(segment.text):
        return "related"
    tag = page.nodes.elements[segment.node].tag
    beside = page.nodes.images[segment.node] and tag != "p"
    brief = segment.text.count(" ") < _WORDS_BESIDE and segment.text[-1] not in ".!?。"
    return "advertisement" if beside and brief else None


def linked_line(page: Segments, segment: Segment) -> str | None:
    """Why *segment* is a line of its own that is all link, and so leads away from the text."""
    all_link = segment.links == 1 and 10 * segment.linked >= 9 * len(segment.text)
    return "related" if all_link and _may_be_notice(page, segment) else None


def _may_be_notice(page: Segments, segment: Segment) -> bool:
    tag = page.nodes.elements[segment.node].tag
    return tag in ("p", "div", "section") and len(segment.text) <= _LONGEST_NOTICE


def rows_of_kept_tables(page: Segments, reasons: list[str | None]) -> list[int]:
    """The rows that were cut from tables most of which is kept: a table is text or it is not."""
    tables: dict[int, list[int]] = {}
    for number, segment in enumerate(page.segments):
        if page.nodes.elements[segment.node].tag == "tr":
            node = segment.node
            while node > 0 and page.nodes.elements[node].tag != "table":
                node = page.nodes.parent[node]
            tables.setdefault(node, []).append(number)
    most = (rows for rows in tables.values() if 2 * sum(not reasons[n] for n in rows) > len(rows))
    return [number for rows in most for number in rows if reasons[number]]


def after_thoughts(page: Segments, reasons: list[str | None]) -> list[str | None]:
    """*reasons* and those that the choice shows: pull quotes, copies, headings over nothing."""
    found = list(reasons)
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    for number in _pulled(page, kept):
        found[number] = "pull quote"
    for number in _copies(page, [number for number in kept if found[number] is None]):
        found[number] = "copy"
    kept = [number for number in kept if found[number] is None]
    for number in kept:
        if _is_heading(page, page.segments[number]) and _is_alone(page, number, found):
            found[number] = "empty section"
    kept = [number for number in kept if found[number] is None]
    while kept and _is_heading(page, page.segments[kept[-1]]):
        found[kept.pop()] = "empty section"
    return found


def _is_alone(page: Segments, number: int, reasons: list[str | None]) -> bool:
    """Whether all else in the box of segment *number* is cut: there is something else in it."""
    nodes = page.nodes
    box = nodes.parent[page.segments[number].node]
    inside = range(nodes.first[box], nodes.end[box]) if box > 0 else range(0)
    others = [reasons[n] for n in inside if n != number]
    return bool(others) and all(others)


def is_date_line(text: str) -> bool:
    """Whether *text* is a date and nothing else."""
    return len(text) <= 80 and DATE_LINE.fullmatch(text) is not None


def is_small_print(text: str) -> bool:
    """Whether *text* has a phrase of a publisher's small print."""
    if len(text) < SHORTEST_SMALL_PRINT:
        return False
    lower = text.lower()
    for word in SMALL_PRINT_WORDS:
        if word in lower:
            return SMALL_PRINT.search(text) is not None
    return False


_CUES = {name: number for number, name in enumerate(OPENING.groupindex, 1)}


def cue_of(text: str) -> int:
    """A number for the kind of phrase that a line opens with; 0 where it is none."""
    begins = not text[:1].isalpha() or text[:2].lower() in STARTS_OF_OPENINGS
    if begins and (opening := OPENING.match(text)):
        return _CUES[opening.lastgroup or ""]
    if BYLINE.fullmatch(text):
        return len(_CUES) + 1
    return len(_CUES) + 2 if is_small_print(text) else 0


def _copies(page: Segments, kept: list[int]) -> list[int]:
    """The later copies of what stands on the page for several layouts, each in boxes of its own; a
    refrain is no copy."""
    texts = [(number, page.segments[number].text) for number in kept]
    long = {text for _, text in texts if len(text) > _LONG_REPEAT}
    counts = Counter(segment.text for segment in page.segments if segment.text in long)
    extra = sum(len(text) * (count - 1) for text, count in counts.items())
    if extra < _REPEATED * sum(len(text) for _, text in texts):
        return []
    seen: dict[str, object] = {}
    copies = []
    for number, text in texts:
        box = _box_of(page, page.segments[number].node)
        if text in seen and seen[text] != box:
            copies.append(number)
        elif len(text) > _LONG_REPEAT:
            seen[text] = box
    return copies


def _box_of(page: Segments, node: int) -> object:
    """What those share that stand in one flow: their node, or the look of those that hold one."""
    nodes = page.nodes
    return nodes.look[node] if nodes.end[node] - nodes.first[node] == 1 else node


def _pulled(page: Segments, kept: list[int]) -> list[int]:
    """The segments that stand apart and say again what a longer one says."""
    segments = page.segments
    apart = {n: said for n in kept if (said := _apart_and_said(page, segments[n]))}
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


def _apart_and_said(page: Segments, segment: Segment) -> str:
    """What *segment* says, if it stands apart as a sentence does that is shown in large letters; a
    heading of ordinary length names what the text says again."""
    if len(segment.text) > 2 * _LONGEST_PULL:
        return ""
    quoted = page.nodes.above[segment.node] & _APART
    if not (quoted or _is_heading(page, segment)):
        return ""
    said = key(segment.text)
    least = _SHORTEST_PULL if quoted else _SHORTEST_PULLED_FROM
    return said if least <= len(said) <= _LONGEST_PULL else ""


def _is_heading(page: Segments, segment: Segment) -> bool:
    return page.nodes.elements[segment.node].tag in HEADINGS
