"""Words are counted by script, and a digest sees the text and not its white space."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.words import collapse, key, text_digest, word_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Two words.", 2),
        ("don't stop", 3),
        ("日本の海", 4),
        ("カタカナ and kana", 6),
        ("สวัสดี", 6),
        ("한국어 신문", 2),
        ("東京2026年", 4),
    ],
)
def test_han_kana_and_thai_count_by_character(text: str, count: int) -> None:
    assert word_count(text) == count


def test_the_digest_folds_white_space_and_composes() -> None:
    assert text_digest("caf\u00e9\n\n  noir ") == text_digest("cafe\u0301 noir")
    assert text_digest("cafe noir") != text_digest("caf\u00e9 noir")
    assert text_digest("").startswith("sha256:e3b0c442")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert collapse(collapse(text)) == collapse(text)
    assert text_digest(text).startswith("sha256:")


def test_a_key_knows_words_only() -> None:
    assert key("The “Slow” Ferry – again!") == key("the slow ferry, AGAIN")
