"""Texts compared by their runs of four words: precision and recall of a page, F1 of many."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_RUN = 4

Counts = tuple[int, int, int]
"""Runs of words that truth and output share, that only the output has, that only the truth has."""


def compare(truth: str, output: str) -> Counts:
    """The runs of words that *truth* and *output* have in common, and not."""
    want, got = _runs(truth), _runs(output)
    shared = sum((want & got).values())
    return shared, sum(got.values()) - shared, sum(want.values()) - shared


def f1_of(counts: Counts) -> float:
    """The F1 of one page; 1 where there is nothing to find and nothing was found."""
    shared, extra, missing = counts
    total = 2 * shared + extra + missing
    return 2 * shared / total if total else 1.0


def summary(rows: Iterable[Counts]) -> dict[str, float]:
    """Mean precision and recall of pages, and the F1 of these means.

    A page without output does not count for precision.
    """
    listed = list(rows)
    precision = _mean(shared / (shared + extra) for shared, extra, _ in listed if shared + extra)
    recall = _mean(shared / (shared + missing) for shared, _, missing in listed if shared + missing)
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return {"f1": f1, "precision": precision, "recall": recall}


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.fmean(found) if found else 0.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    if len(words) <= _RUN:
        return Counter([tuple(words)])
    return Counter(zip(*(words[start:] for start in range(_RUN)), strict=False))
