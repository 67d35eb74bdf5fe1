"""Titles and summaries of a page, as keys that its segments are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipelines.text.words import key, words

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
