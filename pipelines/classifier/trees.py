"""Boosted trees that were learned elsewhere: rows of whole numbers into scores, in whole numbers.

Each tree asks the same question of all segments at each of its levels: six comparisons, and then
one look into a table. No float is involved, so a score is the same on any machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Ints
from pipelines.classifier.settings import weights_text

SCALE = 1000
"""A score of so much is one unit of log odds."""
_MOST = 10 * SCALE  # score: beyond it a probability is 0 or 1000 permille
_WIDEST = 32_767  # the largest number of 16 bits
_AT_ONCE, _TREES = 400, 75  # segments and trees: what comparisons take stays in the cache


@dataclass(frozen=True, slots=True)
class Trees:
    """A forest of oblivious trees over the features *names*.

    A tree asks eight questions at most. Question q of tree t asks whether feature *asked[q, t]* is
    more than *borders[q, t]*; the answers, the first as the lowest bit, are the place in
    *leaves[t]*.
    """

    names: tuple[str, ...]
    asked: Ints
    borders: NDArray[np.int16]
    leaves: Ints
    bias: int

    def chosen(self, names: Sequence[str]) -> Ints:
        """The rows of a table with the rows *names* that the forest reads."""
        place = {name: number for number, name in enumerate(names)}
        return np.array([place[name] for name in self.names])

    def probabilities(self, columns: Ints) -> Ints:
        """The probability of each segment in permille; *columns* has a row for each of *names*."""
        parts = [
            self._scores(columns[:, start : start + _AT_ONCE])
            for start in range(0, columns.shape[1], _AT_ONCE)
        ]
        scores = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return _sigmoid()[np.clip(scores, -_MOST, _MOST) + _MOST]

    def _scores(self, columns: Ints) -> Ints:
        narrow = _narrow(columns)
        total = np.full(columns.shape[1], self.bias)
        for start in range(0, len(self.leaves), _TREES):
            total += self._scores_of(slice(start, start + _TREES), narrow)
        return total

    def _scores_of(self, which: slice, columns: NDArray[np.int16]) -> Ints:
        """The sums of the leaves that *columns* reach in some of the trees."""
        asked, leaves = self.asked[:, which], self.leaves[which]
        questions, trees = asked.shape
        answers = columns[asked.ravel()] > self.borders[:, which].reshape(-1, 1)
        bits = answers.view(np.uint8).reshape(questions, trees, -1)
        place = bits[0]
        for question in range(1, questions):
            place |= bits[question] << np.uint8(question)
        first = np.arange(0, leaves.size, leaves.shape[1], dtype=np.int32)[:, np.newaxis]
        return np.asarray(leaves.take(first + place).sum(0))


def _narrow(values: Ints) -> NDArray[np.int16]:
    """*values* in 16 bits, which compare faster; a larger value becomes the largest."""
    return np.clip(values, -_WIDEST, _WIDEST).astype(np.int16)


@cache
def _sigmoid() -> Ints:
    """The probability in permille for each score from the lowest to the highest."""
    odds = (math.exp(-score / SCALE) for score in range(-_MOST, _MOST + 1))
    return np.array([round(1000 / (1 + odd)) for odd in odds])


@cache
def trees_named(name: str) -> Trees:
    """The forest of that *name* in the weights."""
    return trees_from(json.loads(weights_text())[name])


def trees_from(data: dict[str, object]) -> Trees:
    """A forest as the training writes it down."""
    values: dict[str, NDArray[np.int64]] = {
        name: np.array(data[name], dtype=np.int64) for name in ("asked", "borders", "leaves")
    }
    names = data["names"]
    assert isinstance(names, list)
    return Trees(
        tuple(names),
        values["asked"].T,
        _narrow(values["borders"]).T,
        values["leaves"],
        int(str(data["bias"])),
    )
