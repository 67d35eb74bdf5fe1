"""Two texts word by word: as `difflib` has it for usual texts, with an end to the work for all."""

from __future__ import annotations

import random
import re
from difflib import SequenceMatcher
from itertools import groupby

import pytest

from backissue.word_changes import Change, Steps, word_changes

_WORDS = [f"word{number}" for number in range(400)] + ["the", "of", "and", "a"] * 60


def _text(words: int, seed: int, *, line: int = 60, paragraphs: bool = True) -> str:
    chosen = random.Random(seed).choices(_WORDS, k=words)
    ends = "\n\n" if paragraphs else " "
    lines = (" ".join(chosen[at : at + line]) for at in range(0, words, line))
    return ends.join(lines)


def _edited(text: str, every: int, seed: int) -> str:
    chance = random.Random(seed)
    words = re.findall(r"\s+|\S+", text)
    for at in range(0, len(words) - 2, every):
        words[at] = chance.choice(("", "new ", words[at] + " more", "other"))
    return "".join(words)


def _as_difflib(old: str, new: str) -> list[Change]:
    """What the standard library makes of both as a whole."""
    before, after = (re.findall(r"\s+|\S+", text) for text in (old, new))
    found: list[Change] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(("=", before[start:end]))
            continue
        if start < end:
            found.append(("-", before[start:end]))
        if new_start < new_end:
            found.append(("+", after[new_start:new_end]))
    return found


def _sides(changes: list[Change]) -> tuple[str, str]:
    old, new = (
        "".join("".join(words) for kind, words in changes if kind in kinds)
        for kinds in ("-=", "+=")
    )
    return old, new


@pytest.mark.parametrize("seed", range(12))
def test_usual_texts_are_compared_as_difflib_compares_them(seed: int) -> None:
    old = _text(random.Random(seed).randrange(1, 500), seed)
    for new in (_edited(old, 40, seed), _edited(old, 3, seed), _text(200, seed + 99), "", old):
        assert word_changes(old, new) == _as_difflib(old, new)


_LONG = _text(20_000, 1)
_ONE_LINE = _text(20_000, 2, paragraphs=False)
_PAIRS = {
    "edited": (_LONG, _edited(_LONG, 500, 3)),
    "much edited": (_LONG, _edited(_LONG, 7, 4)),
    "another text": (_LONG, _text(20_000, 5)),
    "one line": (_ONE_LINE, _edited(_ONE_LINE, 300, 6)),
    "one line, another text": (_ONE_LINE, _text(20_000, 7, paragraphs=False)),
    "the same word": ("so " * 20_000, "so " * 19_000),
    "one of two words": ("so " * 9_000 + "it " * 9_000, "it " * 9_000 + "so " * 9_000),
    "the same line": ("as it was\n" * 20_000, "as it was\nand is\n" * 10_000),
    "turned": (_LONG, "\n\n".join(reversed(_LONG.split("\n\n")))),
    "letters": ("a b " * 15_000, "b a " * 15_000),
}


@pytest.mark.parametrize("name", _PAIRS)
def test_long_texts_take_a_bounded_number_of_steps_and_nothing_is_lost(name: str) -> None:
    old, new = _PAIRS[name]
    steps = Steps(200_000)
    changes = word_changes(old, new, steps)
    assert _sides(changes) == (old, new)
    assert steps.taken <= 200_000 + 400 * 2 * (len(old.split()) + len(new.split()) + 2)
    kinds = [kind for kind, _ in changes]
    assert all(len(list(several)) == 1 for _, several in groupby(kinds))


def test_what_changed_in_a_long_text_is_found_word_by_word() -> None:
    new = _LONG.replace("word7 ", "WORD7 ", 3)
    changes = word_changes(_LONG, new, Steps(1_000))
    gone = [words for kind, words in changes if kind == "-"]
    assert gone == [["word7"]] * 3


def test_work_grows_with_the_length_of_texts_no_more() -> None:
    taken = []
    for size in (5_000, 10_000, 20_000):
        steps = Steps(0)
        old = _text(size, 8)
        word_changes(old, _edited(old, 20, 9), steps)
        taken.append(steps.taken / size)
    assert max(taken) <= 2 * 400 * 2
    assert taken[2] <= 2 * taken[0] + 50
