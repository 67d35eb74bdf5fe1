"""What another extractor changes: how alike two texts are, and which fields came and went."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.rebuild.comparison import (
    FIELDS,
    FieldChanges,
    SourceChanges,
    _compare_rows,
    similarity,
)

TEXT = "The ferry left at nine and the harbour was empty until the evening tide came in again."


def test_texts_are_as_alike_as_the_runs_of_words_that_they_share() -> None:
    assert similarity(TEXT, TEXT) == (1.0, 0)
    assert similarity(TEXT, "") == (0.0, 17)
    assert similarity(TEXT, "Nothing of all this is in here") == (0.0, 22)
    shorter = TEXT.removesuffix(" came in again.")
    alike, apart = similarity(TEXT, shorter)
    assert apart == 3
    assert alike == 2 * 12 / (15 + 12)


def test_order_counts() -> None:
    turned = " ".join(reversed(TEXT.rstrip(".").split()))
    alike, apart = similarity(TEXT.lower(), turned.lower())
    assert alike < 0.1
    assert apart == 0


def test_texts_without_spaces_have_words_too() -> None:
    assert similarity("海港整天都是空的", "海港整天都是满的") == (2 * 4 / 12, 2)


@given(st.text(), st.text())
def test_alike_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    there, back = similarity(one, other), similarity(other, one)
    assert there == back
    assert 0 <= there[0] <= 1
    assert similarity(one, one) == (1.0, 0)


def row(**values: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(FIELDS)
    told = {"article_id": "a", "source": "s", "url": "u", "word_count": 1, "text_digest": "d"}
    return {**blank, **told, "article_body": "", "author": [], **values}


def test_a_field_is_filled_emptied_or_says_another() -> None:
    changes = SourceChanges()
    before = row(headline="Tides", author=["A"], publisher="", keywords=None)
    after = row(headline="Low tides", author=[], publisher="Review", keywords=[])
    assert list(_compare_rows(changes, before, after)) == []
    assert changes.same_text == 1
    assert changes.fields == {
        "headline": FieldChanges(changed=1),
        "author": FieldChanges(emptied=1),
        "publisher": FieldChanges(filled=1),
        "keywords": FieldChanges(),
    }
