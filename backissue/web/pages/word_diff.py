"""Two texts into rows, side by side, with the words that went and came; bounded in its work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_MOST_BLOCKS = 400  # that are compared: below, the worst text takes about a second
_MOST_WORDS = 600  # of one changed place, on either side, likewise
_ALL_WORDS = 6000  # of all changed places together
_LONGEST = 200_000  # characters that are compared at all

Kind = Literal["=", "-", "+"]
Piece = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A place of both texts: its pieces on the old side (`=`, `-`) and on the new (`=`, `+`)."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the sides differ."""
        return any(kind != "=" for kind, _ in (*self.old, *self.new))


def side_by_side(old: str, new: str) -> tuple[DiffRow, ...]:
    """The paragraphs of both texts; of those that differ, the words that do.

    Texts that are too long or too unlike stand beside each other as a whole.

    >>> side_by_side("a b", "a c")
    (DiffRow(old=(('=', 'a '), ('-', 'b')), new=(('=', 'a '), ('+', 'c'))),)
    """
    before, after = _blocks(old), _blocks(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle = (before[start : len(before) - end], after[start : len(after) - end])
    rows = [_same(block) for block in before[:start]]
    rows += _changed(*middle)
    rows += [_same(block) for block in before[len(before) - end :]]
    return tuple(rows)


def near_changes(rows: Sequence[DiffRow]) -> list[DiffRow | None]:
    """The rows that differ and their neighbours; None stands for rows that are left out."""
    near = {place + step for place, row in enumerate(rows) if row.changed for step in (-1, 0, 1)}
    found: list[DiffRow | None] = []
    for place, row in enumerate(rows):
        if place in near:
            found.append(row)
        elif not found or found[-1] is not None:
            found.append(None)
    return found


def _blocks(text: str) -> list[str]:
    return text[:_LONGEST].split("\n\n") if text else []


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many values both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _same(block: str) -> DiffRow:
    return DiffRow((("=", block),), (("=", block),))


def _changed(before: list[str], after: list[str]) -> Iterator[DiffRow]:
    if max(len(before), len(after)) > _MOST_BLOCKS:
        yield _whole(before, after)
        return
    left = _ALL_WORDS
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        old, new = before[start:end], after[new_start:new_end]
        if tag == "equal":
            yield from map(_same, old)
            continue
        words = [re.findall(r"\s+|\S+", "\n\n".join(blocks)) for blocks in (old, new)]
        count = max(map(len, words))
        if tag != "replace" or count > min(_MOST_WORDS, left):
            yield _whole(old, new)
            continue
        left -= count
        yield _by_words(*words)


def _whole(old: list[str], new: list[str]) -> DiffRow:
    gone, come = "\n\n".join(old), "\n\n".join(new)
    return DiffRow((("-", gone),) if gone else (), (("+", come),) if come else ())


def _by_words(before: list[str], after: list[str]) -> DiffRow:
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        kinds: tuple[Kind, Kind] = ("=", "=") if tag == "equal" else ("-", "+")
        if start < end:
            old.append((kinds[0], "".join(before[start:end])))
        if new_start < new_end:
            new.append((kinds[1], "".join(after[new_start:new_end])))
    return DiffRow(tuple(old), tuple(new))
