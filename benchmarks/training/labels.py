"""A page's segments and its true text into how much of each segment is part of the article."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_SHORT = 3
_NEAR = 10


def labels_of(texts: Sequence[str], truth: str) -> list[float]:
    """The share of each of *texts* that is in *truth*, 0 to 1.

    A word is covered if four in a row with it are in the truth; rows cross the edges of segments,
    so that short headings count where what surrounds them does.
    """
    words = [_words(text) for text in texts]
    covered = _covered([word for part in words for word in part], _words(truth))
    labels, start = [], 0
    for part in words:
        labels.append(sum(covered[start : start + len(part)]) / max(len(part), 1))
        start += len(part)
    lines = {tuple(_words(line)) for line in truth.splitlines()}
    _judge_short(words, labels, lines)
    _judge_copies(words, labels, truth)
    return labels


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _covered(words: list[str], truth: list[str]) -> list[bool]:
    size = min(4, max(len(truth), 1))
    known = {tuple(truth[i : i + size]) for i in range(len(truth) - size + 1)}
    covered = [False] * len(words)
    for start in range(len(words) - size + 1):
        if tuple(words[start : start + size]) in known:
            covered[start : start + size] = [True] * size
    return covered


def _judge_short(words: list[list[str]], labels: list[float], lines: set[tuple[str, ...]]) -> None:
    """A segment of a few words is text if it is a line of the truth, and other text is near."""
    sure = [label > 0.5 and len(part) > _SHORT for part, label in zip(words, labels, strict=True)]
    for number, part in enumerate(words):
        if len(part) <= _SHORT:
            near = any(sure[max(number - _NEAR // 2, 0) : number + _NEAR // 2 + 1])
            labels[number] = float(near and bool(part) and tuple(part) in lines)


def _judge_copies(words: list[list[str]], labels: list[float], truth: str) -> None:
    """Where a page shows a text more often than the truth, the copy in most text is the one."""
    places = defaultdict(list)
    for number, part in enumerate(words):
        if len(part) > 5 and labels[number] > 0.5:
            places[tuple(part)].append(number)
    flat = " ".join(_words(truth))
    weight = [len(part) * label for part, label in zip(words, labels, strict=True)]
    for part, numbers in places.items():
        allowed = max(flat.count(" ".join(part)), 1)
        if len(numbers) > allowed:
            around = Counter({n: sum(weight[max(n - _NEAR, 0) : n + _NEAR + 1]) for n in numbers})
            for number in sorted(numbers, key=lambda n: (-around[n], n))[allowed:]:
                labels[number] = 0.0
