"""Boosted trees that were learned elsewhere: rows of whole numbers into scores, in whole numbers.

Each tree asks the same question of all segments at each of its levels, so it is six comparisons
and one look into a table. No float is involved: a score is the same on any machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipelines.features import Ints

WEIGHTS = "weights.json"
SCALE = 1000
"""A score of so much is one unit of log odds."""
_MOST = 10 * SCALE
_AT_ONCE = 2_000  # segments: bounds the memory that comparisons take


@dataclass(frozen=True, slots=True)
class Trees:
    """A forest of oblivious trees over the features *names*.

    A tree asks eight questions at most. Question q of tree t asks whether feature *asked[t, q]* is
    more than *borders[t, q]*; the answers, the first as the lowest bit, are the place in
    *leaves[t]*.
    """

    names: tuple[str, ...]
    asked: Ints
    borders: Ints
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
        trees, questions = self.asked.shape
        answers = columns.astype(np.int32)[self.asked.ravel()] > self.borders.reshape(-1, 1)
        bits = answers.view(np.uint8).reshape(trees, questions, -1)
        place = np.arange(0, self.leaves.size, self.leaves.shape[1])[:, np.newaxis]
        for question in range(questions):
            place = place + (bits[:, question] << question)
        return np.asarray(self.leaves.take(place).sum(0) + self.bias)


@cache
def _sigmoid() -> Ints:
    """The probability in permille for each score from the lowest to the highest."""
    odds = (math.exp(-score / SCALE) for score in range(-_MOST, _MOST + 1))
    return np.array([round(1000 / (1 + odd)) for odd in odds])


@cache
def weights_text() -> str:
    """The weights as they lie in the package."""
    return (files("pipelines") / WEIGHTS).read_text("ascii")


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
        tuple(names), values["asked"], values["borders"], values["leaves"], int(str(data["bias"]))
    )
