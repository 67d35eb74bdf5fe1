"""Rows with labels into a forest of oblivious trees in whole numbers, as the extractor reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from catboost import CatBoost, Pool

from benchmarks.training.dataset import Page
from pipelines.arrays import Ints
from pipelines.classifier.trees import SCALE, Trees, trees_from

FORESTS = 3
_SETTINGS: dict[str, Any] = {
    "loss_function": "CrossEntropy",
    "iterations": 150,
    "depth": 6,
    "learning_rate": 0.15,
    "l2_leaf_reg": 5,
    "border_count": 32,
    "rsm": 0.35,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.7,
    "thread_count": 2,
    "verbose": 0,
    "allow_writing_files": False,
}


def fit(
    columns: Sequence[Ints], pages: Sequence[Page], weights: Sequence[float], names: Sequence[str]
) -> dict[str, Any]:
    """A forest over the features *names*, the *columns* of *pages* that count as *weights*.

    It is the mean of several that differ by chance: what one of them makes of a page that is like
    none of *pages* is luck.
    """
    rows = np.concatenate(columns, 1).T.astype(np.float32)
    labels = np.concatenate([page.labels for page in pages])
    counts = np.concatenate([page.weights * w for page, w in zip(pages, weights, strict=True)])
    data = Pool(rows, labels, weight=counts)
    return exported([_learned(data, seed) for seed in range(FORESTS)], names)


def _learned(data: Pool, seed: int) -> dict[str, Any]:
    """What CatBoost learns from *data* by the chance of *seed*, as its own JSON."""
    model = CatBoost(_SETTINGS | {"random_seed": seed})
    model.fit(data)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        found: dict[str, Any] = json.loads(path.read_text("utf-8", "replace"))
        return found


def exported(forests: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """The mean of *forests*, CatBoost's own JSON over the features *names*, in whole numbers.

    Features that no tree asks for are left out.
    """
    trees = [tree for data in forests for tree in data["oblivious_trees"]]
    depth = max(len(tree["splits"]) for tree in trees)
    asked, borders, leaves = [], [], []
    for tree in trees:
        splits = tree["splits"]
        missing = depth - len(splits)
        asked.append([split["float_feature_index"] for split in splits] + [0] * missing)
        borders.append([int(np.floor(split["border"])) for split in splits] + [10**9] * missing)
        values = [round(SCALE * value / len(forests)) for value in tree["leaf_values"]]
        leaves.append(values + [0] * (2**depth - len(values)))
    used = sorted({index for row in asked for index in row})
    place = {index: number for number, index in enumerate(used)}
    assert all(data["scale_and_bias"][0] == 1 for data in forests)
    bias = sum(data["scale_and_bias"][1][0] for data in forests) / len(forests)
    return {
        "names": [names[index] for index in used],
        "asked": [[place[index] for index in row] for row in asked],
        "borders": borders,
        "leaves": leaves,
        "bias": round(SCALE * bias),
    }


def forest(data: dict[str, Any]) -> Trees:
    """The forest that the extractor would read."""
    return trees_from(data)
