"""Two versions side by side: what changed, in time that no text can stretch."""

from __future__ import annotations

import random
import time

import pytest

from backissue.web.pages.word_diff import DiffRow, near_changes, side_by_side


def texts(rows: tuple[DiffRow, ...], side: str) -> str:
    joined = ("".join(text for _, text in getattr(row, side)) for row in rows)
    return "\n\n".join(text for text in joined if text)


def test_changed_words_are_marked_on_both_sides() -> None:
    (first, second) = side_by_side("same\n\nby 71 to 58 votes", "same\n\nby 71 to 68 votes")
    assert not first.changed
    assert second.old == (("=", "by 71 to "), ("-", "58"), ("=", " votes"))
    assert second.new == (("=", "by 71 to "), ("+", "68"), ("=", " votes"))


def test_paragraphs_come_and_go() -> None:
    rows = side_by_side("a\n\nb\n\nc", "a\n\nc\n\nd")
    assert [row.changed for row in rows] == [False, True, False, True]
    assert rows[1] == DiffRow((("-", "b"),), ())
    assert rows[3] == DiffRow((), (("+", "d"),))


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a", ""), ("", "a"), ("a", "a")])
def test_nothing_is_a_text_too(old: str, new: str) -> None:
    rows = side_by_side(old, new)
    assert texts(rows, "old") == old
    assert texts(rows, "new") == new


def test_both_sides_are_whole() -> None:
    chosen = random.Random(2)
    words = [f"w{number}" for number in range(40)]
    for _ in range(50):
        one, other = (
            "\n\n".join(" ".join(chosen.choices(words, k=5)) for _ in range(chosen.randrange(1, 9)))
            for _ in range(2)
        )
        rows = side_by_side(one, other)
        assert texts(rows, "old") == one
        assert texts(rows, "new") == other


def test_rows_far_from_changes_are_left_out() -> None:
    old = "\n\n".join(f"p{number}" for number in range(20))
    rows = near_changes(side_by_side(old, old.replace("p10", "changed")))
    assert [row is None for row in rows] == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x " * 50_000, "x y " * 50_000),
        ("x\n\n" * 50_000, "x\n\ny\n\n" * 50_000),
        (" ".join(map(str, range(590))), " ".join(map(str, reversed(range(590))))),
        ("\n\n".join("x " * 99 for _ in range(390)), "\n\n".join("x y " * 99 for _ in range(390))),
        ("ab " * 200, "ba " * 199),
        ("a" * 1_000_000, "b" * 1_000_000),
        (
            "\n\n".join(f"a{i % 3}" for i in range(390)),
            "\n\n".join(f"a{i % 4}" for i in range(390)),
        ),
    ],
)
def test_no_text_takes_long(old: str, new: str) -> None:
    began = time.process_time()
    side_by_side(old, new)
    assert time.process_time() - began < 5
