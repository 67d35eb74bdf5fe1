"""Copies of a text are found however they were edited; a piece and its follow-up are two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from backissue.sample.recombined import recombine
from pipelines.fold.duplicates import NearCopy, copy_of
from pipelines.fold.memory import FoldMemory
from pipelines.text.signatures import Signature


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[FoldMemory]:
    memory = FoldMemory(tmp_path)
    yield memory
    memory.close()


def text(number: int, words: int = 500) -> str:
    return "\n\n".join(recombine(f"piece {number}", words).paragraphs)


def edited(whole: str, share: float, seed: int) -> str:
    """*whole* with a share of its words changed, in runs as editors do."""
    random, words = Random(seed), whole.split(" ")
    for _ in range(int(share * len(words) / 4)):
        at = random.randrange(len(words))
        words[at : at + 4] = [f"changed{random.randrange(1000)}"] * 4
    return " ".join(words)


def test_a_copy_names_the_earliest(shelf: FoldMemory) -> None:
    assert copy_of("a", text(1), shelf) is None
    assert copy_of("b", text(2), shelf) is None
    assert copy_of("c", text(1), shelf) == NearCopy("a", 1.0)
    found = copy_of("d", edited(text(1), 0.05, 1), shelf)
    assert found is not None
    assert found.duplicate_of == "a"
    assert 0.5 <= found.similarity < 1


def test_an_article_is_no_copy_of_its_own_earlier_version(shelf: FoldMemory) -> None:
    assert copy_of("a", text(1), shelf) is None
    assert copy_of("a", edited(text(1), 0.05, 1), shelf) is None
    assert copy_of("b", edited(text(1), 0.05, 1), shelf) == NearCopy("a", 1.0)


def test_what_an_article_said_earlier_is_forgotten(shelf: FoldMemory) -> None:
    copy_of("a", text(1), shelf)
    copy_of("a", text(2), shelf)
    assert copy_of("b", text(1), shelf) is None
    assert copy_of("c", text(2), shelf) == NearCopy("a", 1.0)


def test_a_follow_up_that_repeats_some_paragraphs_is_no_copy(shelf: FoldMemory) -> None:
    copy_of("a", text(1), shelf)
    repeated = text(1).split("\n\n")[:2]
    assert copy_of("b", "\n\n".join([*repeated, text(2)]), shelf) is None


def test_short_texts_and_other_scripts(shelf: FoldMemory) -> None:
    assert Signature.of("Too short to tell anything.") is None
    han = (
        "小镇上的钟表匠修了四十年的钟，自己却总是迟到。" * 3
        + "每个星期天，我们寄出一篇长文和三篇短文。"
    )
    assert copy_of("a", han, shelf) is None
    assert copy_of("b", han, shelf) == NearCopy("a", 1.0)


def test_light_edits_are_found_and_other_pieces_are_not(shelf: FoldMemory) -> None:
    for number in range(60):
        assert copy_of(f"piece-{number}", text(number), shelf) is None
    for number in range(60):
        found = copy_of(f"copy-{number}", edited(text(number), 0.08, number), shelf)
        assert found is not None
        assert found.duplicate_of == f"piece-{number}"
