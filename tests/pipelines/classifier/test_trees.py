"""Forests are read and asked in whole numbers; the weights fit the features that the code computes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipelines.body.choice import SECOND_FEATURES
from pipelines.classifier.settings import weights_text
from pipelines.classifier.trees import Trees, trees_from, trees_named
from pipelines.classifier.view import FEATURES


def _tree() -> Trees:
    """One tree of two questions: a > 5, b > 10."""
    data = {"names": ["a", "b"], "asked": [[0, 1]], "borders": [[5, 10]],
            "leaves": [[-2000, 0, 1000, 3000]], "bias": 0}  # fmt: skip
    return trees_from(data)


def test_a_tree_gives_the_leaf_that_its_questions_lead_to() -> None:
    columns = np.array([[5, 6, 5, 6], [10, 10, 11, 11]])
    assert _tree().probabilities(columns).tolist() == [119, 500, 731, 953]


def test_many_segments_are_asked_in_parts_with_the_same_answers() -> None:
    random = np.random.default_rng(1)
    columns = random.integers(0, 20, (2, 5_001))
    whole = _tree().probabilities(columns)
    each = [_tree().probabilities(columns[:, n : n + 1])[0] for n in (0, 1_999, 2_000, 5_000)]
    assert [whole[n] for n in (0, 1_999, 2_000, 5_000)] == each


def test_values_beyond_16_bits_are_at_their_end() -> None:
    columns = np.array([[10**9, -(10**9), 6, 5], [10, 11, 10**12, 10]])
    assert _tree().probabilities(columns).tolist() == [500, 731, 953, 119]


@pytest.mark.parametrize(("name", "known"), [("first", FEATURES), ("second", SECOND_FEATURES)])
def test_the_weights_ask_only_for_features_that_there_are(
    name: str, known: tuple[str, ...]
) -> None:
    forest = trees_named(name)
    assert set(forest.names) <= set(known)
    assert len(forest.chosen(known)) == len(forest.names)
    assert forest.asked.max() == len(forest.names) - 1
    assert forest.leaves.shape == (forest.asked.shape[1], 2 ** len(forest.asked))


def test_feature_names_are_unique() -> None:
    assert len(set(SECOND_FEATURES)) == len(SECOND_FEATURES)


def test_the_weights_are_small_plain_text() -> None:
    text = weights_text()
    assert len(text) < 400_000
    assert set(json.loads(text)) == {"first", "second"}
