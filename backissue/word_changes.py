"""Two texts into what went, came and stayed, word by word, with an end to the work.

Texts of usual length are compared as a whole. Where that would take too long, lines that both texts
have once are the anchors; the words of the lines between them are compared, and of long lines again
between words that both have once. What is too unlike goes and comes as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal

_STEPS: Final = 20_000_000  # pairs of equal words that are looked at: some seconds
_OF_WORD: Final = 400  # likewise, for each word of two long texts
_DEPTH: Final = 4  # anchors between anchors, so often

Kind = Literal["-", "+", "="]
Change = tuple[Kind, list[str]]
_Same = tuple[int, int, int]  # a place in the old text, one in the new, how many words


class Steps:
    """So many steps of work, of which each comparison takes some."""

    def __init__(self, left: int = _STEPS) -> None:
        self.left, self.taken = left, 0

    def take(self, count: int) -> None:
        """Do *count* more steps; raises TooMuch where they are not left."""
        if count > self.left:
            raise TooMuch
        self.left -= count
        self.taken += count

    def some(self, count: int) -> Steps:
        """No more than *count* of the steps that are left."""
        return Steps(min(count, self.left))


class TooMuch(Exception):
    """A comparison needs more steps than are left."""


class _Matcher(SequenceMatcher[str]):
    """Counts what `difflib` is going to do, before it does it."""

    def __init__(self, before: Sequence[str], after: Sequence[str], steps: Steps) -> None:
        super().__init__(None, before, after, autojunk=False)
        counts, self._until, self._steps = Counter(after), [0], steps
        self._end = len(before)
        for word in before:
            self._until.append(self._until[-1] + counts[word] + 1)

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Any:
        """As it is, if steps are left for it."""
        end = self._end if ahi is None else ahi
        self._steps.take(self._until[end] - self._until[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def word_changes(old: str, new: str, steps: Steps | None = None) -> list[Change]:
    """The words, and the spaces between them, that went, came and stayed, in their order.

    >>> word_changes("a b", "a c")
    [('=', ['a', ' ']), ('-', ['b']), ('+', ['c'])]
    """
    budget = steps or Steps()
    before, after = words_and_spaces(old), words_and_spaces(new)
    try:
        same = _matched(before, after, budget)
    except TooMuch:
        budget.left += _OF_WORD * (len(before) + len(after))
        return _by_lines(old, new, budget)
    return list(_changes(before, after, same))


def words_and_spaces(text: str) -> list[str]:
    """The words of *text* and what stands between them; together they are all of it."""
    return re.findall(r"\s+|\S+", text)


def _matched(before: Sequence[str], after: Sequence[str], steps: Steps) -> list[_Same]:
    blocks = _Matcher(before, after, steps).get_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks]


def _by_lines(old: str, new: str, steps: Steps) -> list[Change]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Change] = []
    for one, other, equal in _gaps(before, after, _anchored(before, after, steps)):
        words, others = words_and_spaces("".join(one)), words_and_spaces("".join(other))
        found += _changes(words, others, _anchored(words, others, steps))
        if equal:
            found.append(("=", words_and_spaces("".join(equal))))
    return _joined(found)


def _anchored(
    before: Sequence[str], after: Sequence[str], steps: Steps, depth: int = 0
) -> list[_Same]:
    """Places where both have the same: between those that both have once, if need be."""
    start = common_start(before, after)
    end = common_start(before[start:][::-1], after[start:][::-1])
    last, other_last = len(before) - end, len(after) - end
    inner, others = before[start:last], after[start:other_last]
    found = _within(inner, others, steps, depth)
    moved = [(at + start, other + start, count) for at, other, count in found]
    return [(0, 0, start), *moved, (last, other_last, end)]


def _within(before: Sequence[str], after: Sequence[str], steps: Steps, depth: int) -> list[_Same]:
    if not before or not after:
        return []
    own = steps.some(_OF_WORD * (len(before) + len(after)))
    try:
        return _matched(before, after, own)
    except TooMuch:
        pass
    finally:
        steps.take(own.taken)
    anchors = _anchors(before, after) if depth < _DEPTH else []
    found, at, other = list[_Same](), 0, 0
    for anchor, same in (*anchors, (len(before), len(after))) if anchors else ():
        inner = _anchored(before[at:anchor], after[other:same], steps, depth + 1)
        found += [(at + one, other + two, count) for one, two, count in inner]
        if anchor < len(before):
            found.append((anchor, same, 1))
        at, other = anchor + 1, same + 1
    return found


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Where what both have once stands: the longest row of these that is in order in both."""
    counts, others = Counter(before), Counter(after)
    places = {word: at for at, word in enumerate(after) if others[word] == 1}
    pairs = [
        (at, places[word]) for at, word in enumerate(before) if counts[word] == 1 and word in places
    ]
    ends: list[int] = []  # the least end of a row of each length
    last: list[int] = []  # and which pair that is
    came: list[int] = []  # for each pair, the pair before it in its row
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        came.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            last.append(number)
        else:
            ends[length], last[length] = place, number
    row: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        row.append(pairs[number])
        number = came[number]
    return row[::-1]


def common_start(one: Sequence[str], other: Sequence[str]) -> int:
    """How many values both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _gaps(
    before: Sequence[str], after: Sequence[str], same: Sequence[_Same]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """What differs before each place where both have the same, and what is the same there."""
    at = other = 0
    for one, two, count in (*same, (len(before), len(after), 0)):
        yield before[at:one], after[other:two], before[one : one + count]
        at, other = one + count, two + count


def _changes(
    before: Sequence[str], after: Sequence[str], same: Sequence[_Same]
) -> Iterator[Change]:
    found: list[Change] = []
    for gone, come, equal in _gaps(before, after, same):
        parts: tuple[Change, ...] = (("-", [*gone]), ("+", [*come]), ("=", [*equal]))
        found += [part for part in parts if part[1]]
    return iter(_joined(found))


def _joined(changes: Sequence[Change]) -> list[Change]:
    """*changes* with those of one kind that follow each other as one; what went stands before what
    came."""
    found: list[Change] = []
    for kind, words in changes:
        if found and found[-1][0] == kind:
            found[-1][1].extend(words)
        elif kind == "-" and found and found[-1][0] == "+":
            if len(found) > 1 and found[-2][0] == "-":
                found[-2][1].extend(words)
            else:
                found.insert(-1, (kind, [*words]))
        else:
            found.append((kind, [*words]))
    return found
