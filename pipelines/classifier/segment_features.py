"""A page's segments into what a model sees of them: whole numbers, one row per feature.

Lengths count characters (a Han, Kana or Thai one counts three), shares are permille. Nothing is a
float, so the same page has the same features on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from pipelines.arrays import Ints, prefix
from pipelines.page.elements import HEADINGS, ITEMS
from pipelines.page.front_matter import Top
from pipelines.page.segments import GOOD_LINKED, GOOD_SIZE, Segments
from pipelines.text.phrases import cue_of, is_date_line
from pipelines.text.words import UNSPACED, key

LONG = 20_000
"""Characters of a box or page that are counted: the models see no difference beyond that. Else they
would doubt a story that is longer than all that they learned from."""
_SHORT = 120  # characters: of a longer text less is looked at
_DIGITS_OF_A_DAY = 4  # 1/2/26
_STOPS = '.!?。！？।؟…"”»'
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./:]\d\d|\d年")
_DIGITS, _CAPITALS = b"0123456789", bytes(range(65, 91))


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of each segment before its surroundings are looked at."""

    size: Ints
    words: Ints
    linked: Ints
    good: Ints
    heading: Ints
    dated: Ints
    title: Ints
    summary: Ints
    columns: list[Ints]


_SEGMENT_FEATURES = """
size words linked links bold commas stops ends_stop ends_colon ends_more digits upper lower_start
dated has_year_only cue date_line title summary copies_before copies_after at sign bar question
quote word_length heading is_p is_item is_div is_cell heading_link number_start lines
"""
SEGMENT_FEATURES = tuple(_SEGMENT_FEATURES.split())


class _OfText(NamedTuple):
    """The features that a text has by itself."""

    size: int
    words: int
    commas: int
    stops: int
    ends_stop: bool
    ends_colon: bool
    ends_more: bool
    digits: int
    upper: int
    lower_start: bool
    dated: bool
    has_year_only: bool
    cue: int
    date_line: bool
    at: bool
    sign: bool
    bar: int
    question: int
    quote: bool
    word_length: int
    number_start: bool
    lines: int


class _OfTag(NamedTuple):
    """The features that a segment has by the element that it stands in."""

    heading: int
    is_p: bool
    is_item: bool
    is_div: bool
    is_cell: bool


_COLUMNS = (*_OfText._fields, *_OfTag._fields)


def table_of(segments: Segments, top: Top) -> Table:
    """The features of each segment of *segments* by itself; *top* has its titles and summaries."""
    look = segments.nodes.look
    texts = [segment.text for segment in segments]
    by_text = [_of_short(text) if len(text) <= _SHORT else _of_text(text) for text in texts]
    by_tag = [_of_tag(look[segment.node][1]) for segment in segments]
    length = np.array([*map(len, texts)])
    found = dict(zip(_COLUMNS, (*_columns(by_text), *_columns(by_tag)), strict=True))
    linked, links, bold = np.array([segment[3:] for segment in segments]).T
    found["linked"] = 1000 * linked // length
    found["links"] = links
    found["bold"] = 1000 * bold // length
    found["title"], found["summary"] = _at_the_top(texts, top)
    found["copies_before"], found["copies_after"] = _copies(texts)
    heading = found["heading"]
    found["heading_link"] = ((heading > 0) & (2 * linked > length)).astype(np.int64)
    size, linked = found["size"], found["linked"]
    good = (size >= GOOD_SIZE) & (linked < GOOD_LINKED) & (heading == 0)
    return Table(
        size, found["words"], linked, good.astype(np.int64), heading, found["dated"],
        found["title"], found["summary"], [found[name] for name in SEGMENT_FEATURES],
    )  # fmt: skip


def _columns(rows: Sequence[tuple[int, ...]]) -> Ints:
    """*rows* of one length as an array with a row for each of their columns."""
    shape = len(rows), len(rows[0])
    flat = np.fromiter(chain.from_iterable(rows), np.int64, shape[0] * shape[1])
    return np.ascontiguousarray(flat.reshape(shape).T)


def _at_the_top(texts: list[str], top: Top) -> tuple[Ints, Ints]:
    """Which of *texts* are titles of *top*, and which begin as one of its summaries."""
    lengths = _lengths(top.titles)
    starts = frozenset(title[:1] for title in top.titles)
    summaries = {said[:60] for said in top.summaries if len(said) >= 40}
    openings = frozenset(said[:1] for said in summaries)
    titled, summarised = np.zeros((2, len(texts)), np.int64)
    for number, text in enumerate(texts):
        if len(text) in lengths and _first_of(text) in starts:
            titled[number] = key(text) in top.titles
        if openings and len(text) >= 40 and _first_of(text) in openings:
            summarised[number] = key(text[:90])[:60] in summaries
    return titled, summarised


def _copies(texts: list[str]) -> tuple[Ints, Ints]:
    """How often each of *texts* stood before and comes again, up to five times."""
    before, seen = [], dict.fromkeys(texts, 0)
    for text in texts:
        before.append(seen[text])
        seen[text] += 1
    earlier = np.array(before)
    later = np.array([seen[text] for text in texts]) - earlier - 1
    return np.minimum(earlier, 5), np.minimum(later, 5)


def _lengths(titles: frozenset[str]) -> frozenset[int]:
    """The lengths that a text may have if its key is among *titles*."""
    return frozenset(n for title in titles for n in range(len(title) - 1, len(title) + 9))


def _first_of(text: str) -> str:
    """The first letter or digit of *text*, as keys of titles begin."""
    return next((character for character in text if character.isalnum()), "").casefold()[:1]


def _digits_and_upper(text: str, plain: bool) -> tuple[int, int]:
    """How many digits and capital letters *text* has; *plain* says that it is ASCII."""
    if plain:
        data = text.encode("ascii")
        size = len(data)
        return size - len(data.translate(None, _DIGITS)), size - len(
            data.translate(None, _CAPITALS)
        )
    return sum(map(str.isdigit, text)), sum(map(str.isupper, text))


def _signs(text: str, plain: bool) -> tuple[int, int, int, int, bool]:
    """Commas, ends of sentences, questions and separators of *text*; whether it has © or ®. *plain*
    says that it is ASCII."""
    commas, bars = text.count(","), text.count("|") + text.count("/")
    stops = text.count(". ") + text.count("! ") + text.count("? ")
    questions = text.count("?")
    if plain:
        return commas, stops, questions, bars, False
    return (
        commas + text.count("，") + text.count("、"),
        stops + text.count("。"),
        questions + text.count("？"),
        bars + text.count("·") + text.count("•"),
        "©" in text or "®" in text,
    )


@lru_cache(maxsize=128)
def _of_tag(tag: str) -> _OfTag:
    return _OfTag(
        heading=int(tag[1]) if tag in HEADINGS else 0,
        is_p=tag == "p",
        is_item=tag in ITEMS,
        is_div=tag == "div",
        is_cell=tag in ("td", "tr", "th"),
    )


def _of_text(text: str) -> _OfText:
    length = len(text)
    plain = text.isascii()
    wide = 0 if plain else len(UNSPACED.findall(text))
    commas, stops, question, bars, sign = _signs(text, plain)
    words = text.count(" ") + 1 + wide // 2
    first, last = text[0], text[-1]
    digits = upper = cue = 0
    dated = at = False
    if short := length <= _SHORT:
        digits, upper = _digits_and_upper(text, plain)
        dated = (digits > 2 or "年" in text) and _DATED.search(text) is not None
        cue, at = cue_of(text), "@" in text
    return _OfText(  # by place, since names cost a quarter of all
        min(length + 2 * wide, 3000),
        min(words, 600),
        commas if words > 3 else 0,
        stops,
        last in _STOPS,
        last in ":：",
        text.endswith(("…", "...", "]", "»", "→", "›", ">")),
        1000 * digits // length,
        1000 * upper // length,
        first.islower(),
        dated,
        digits == 4 and dated,
        cue,
        digits >= _DIGITS_OF_A_DAY and is_date_line(text),
        at,
        sign,
        bars if short else 0,
        question,
        first in "\"“”«„‘'「",
        length // words,
        first.isdigit(),
        text.count("\n"),
    )


_of_short = lru_cache(maxsize=8_192)(_of_text)
"""The same for a short text: pages of a site share most of their short texts."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Running sums of what the segments are: the difference of two is the sum of a range."""

    count: Ints
    size: Ints
    linked: Ints
    good: Ints
    good_size: Ints
    heading: Ints
    heading_link: Ints
    short: Ints
    dated: Ints
    title: Ints


def sums_of(table: Table) -> Sums:
    """The running sums of *table*."""
    size = table.size
    linked_heading = (table.heading > 0) & (table.linked >= 500)
    return Sums(
        prefix(np.ones_like(size)),
        prefix(size),
        prefix(size * table.linked // 1000),
        prefix(table.good),
        prefix(size * table.good),
        prefix((table.heading > 0).astype(np.int64)),
        prefix(linked_heading.astype(np.int64)),
        prefix((size < 30).astype(np.int64)),
        prefix(table.dated),
        prefix(table.title),
    )
