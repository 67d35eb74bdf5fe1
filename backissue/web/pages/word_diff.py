"""Two texts into rows, side by side, with the words that went and came; bounded in its work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from backissue.word_changes import Kind, common_start, word_changes, words_and_spaces

_MOST_BLOCKS = 400  # that are compared: below, the worst text takes about a second
_MOST_WORDS = 600  # of one changed place, on either side, likewise
_ALL_WORDS = 6000  # of all changed places together
_LONGEST = 200_000  # characters that are compared at all

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
    start = common_start(before, after)
    end = common_start(before[start:][::-1], after[start:][::-1])
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
        texts = ["\n\n".join(blocks) for blocks in (old, new)]
        count = max(len(words_and_spaces(text)) for text in texts)
        if tag != "replace" or count > min(_MOST_WORDS, left):
            yield _whole(old, new)
            continue
        left -= count
        yield _by_words(*texts)


def _whole(old: list[str], new: list[str]) -> DiffRow:
    gone, come = "\n\n".join(old), "\n\n".join(new)
    return DiffRow((("-", gone),) if gone else (), (("+", come),) if come else ())


def _by_words(before: str, after: str) -> DiffRow:
    changes = [(kind, "".join(words)) for kind, words in word_changes(before, after)]
    old = tuple(change for change in changes if change[0] != "+")
    return DiffRow(old, tuple(change for change in changes if change[0] != "-"))
