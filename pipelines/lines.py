"""Blocks into those that are an article's text and those whose words tell that they are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.types import Removed
from pipelines.blocks import Block
from pipelines.phrases import BYLINE, DATE_LINE, OPENING, SMALL_PRINT
from pipelines.text import key, words

_HEADING_REACH = 4  # blocks from the top among which the title and the date are looked for
_SHORT, _MEDIUM = 25, 45  # words
_LONGEST_PULL = 400  # characters
_TITLE_SPLIT = re.compile(r"\s[|–—·»:-]+\s|\s?\|\s?")


@dataclass(frozen=True, slots=True)
class Top:
    """What may stand above a text without being part of it: *titles* and *summaries*, as keys."""

    titles: frozenset[str] = frozenset()
    summaries: frozenset[str] = frozenset()


def top_of(titles: Iterable[str], summaries: Iterable[str]) -> Top:
    """The top of an article of these *titles*, and their parts beside a site's name."""
    found = set()
    for title in titles:
        parts = (part for part in _TITLE_SPLIT.split(title) if len(words(part)) > 2)
        found |= {key(part) for part in (title, *parts)}
    return Top(frozenset(found - {""}), frozenset(map(key, summaries)) - {""})


def keep_text(blocks: list[Block], top: Top) -> tuple[list[Block], list[Removed]]:
    """The blocks that are the article's text, and those that are not, with the reason."""
    kept: list[Block] = []
    removed: list[Removed] = []
    whole = [key(block.text) for block in blocks if block.kind == "paragraph"]
    for number, block in enumerate(blocks):
        reason = _heading_reason(number, block, top) or _reason(block)
        if block.kind == "quote" and _is_pulled(block, whole):
            reason = "pull quote"
        if reason:
            removed.append(Removed(reason=reason, block=block.text))
        else:
            kept.append(block)
    while kept and kept[-1].kind == "heading":  # a heading over nothing
        removed.append(Removed(reason="empty section", block=kept.pop().text))
    return kept, removed


def is_date_line(text: str) -> bool:
    """Whether *text* is a date and nothing else."""
    return len(text) <= 80 and DATE_LINE.fullmatch(text) is not None


def _heading_reason(number: int, block: Block, top: Top) -> str | None:
    """Why a block near the top is the page's heading: the title again, its summary, or the date."""
    if number >= _HEADING_REACH:
        return None
    if is_date_line(block.text):
        return "date"
    said = key(block.text)
    if said in top.titles:
        return "title"
    return "summary" if block.kind == "heading" and said in top.summaries else None


def _is_pulled(quote: Block, paragraphs: list[str]) -> bool:
    """Whether *quote* only shows a sentence of the text in large letters."""
    said = key(quote.text)
    return len(said) <= _LONGEST_PULL and any(said in text for text in paragraphs)


def _reason(block: Block) -> str | None:
    text = block.text
    if block.kind in ("code", "row") or len(text) > 400:
        return None
    count = len(words(text))
    if count <= _SHORT:
        if opening := OPENING.match(text):
            return opening.lastgroup
        if BYLINE.fullmatch(text):
            return "author"
    return "small print" if count <= _MEDIUM and SMALL_PRINT.search(text) else None
