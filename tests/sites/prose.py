"""Prose by seed in any language: plain sentences on given things, no two texts alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """The words of a language, and how it joins clauses and sentences."""

    clauses: Sequence[str]
    joins: Sequence[str]
    people: Sequence[str]
    places: Sequence[str]
    times: Sequence[str]
    qualities: Sequence[str]
    stop: str = "."
    space: str = " "

    def text(self, seed: str, things: Sequence[str], count: int = 5) -> tuple[str, ...]:
        """*count* paragraphs of three to five sentences on *things*."""
        draw = random.Random(seed)
        return tuple(
            self.space.join(self._sentence(draw, things) for _ in range(draw.choice((3, 4, 5))))
            for _ in range(count)
        )

    def line(self, seed: str, things: Sequence[str]) -> str:
        """A single sentence."""
        return self._sentence(random.Random(seed), things)

    def _sentence(self, draw: random.Random, things: Sequence[str]) -> str:
        clauses = draw.sample(list(self.clauses), draw.choice((1, 2, 2)))
        said = draw.choice(self.joins).join(self._fill(one, draw, things) for one in clauses)
        return said[0].upper() + said[1:] + self.stop

    def _fill(self, clause: str, draw: random.Random, things: Sequence[str]) -> str:
        a, b = draw.sample(list(things), 2)
        return clause.format(
            a=a,
            b=b,
            person=draw.choice(self.people),
            place=draw.choice(self.places),
            time=draw.choice(self.times),
            quality=draw.choice(self.qualities),
        )
