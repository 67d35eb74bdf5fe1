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
from pipelines.features import Ints
from pipelines.trees import SCALE, Trees, trees_from

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
    "random_seed": 0,
    "thread_count": 2,
    "verbose": 0,
    "allow_writing_files": False,
}


def fit(
    columns: Sequence[Ints], pages: Sequence[Page], weights: Sequence[float], names: Sequence[str]
) -> dict[str, Any]:
    """A forest over the features *names*, the *columns* of *pages* that count as *weights*."""
    rows = np.concatenate(columns, 1).T.astype(np.float32)
    labels = np.concatenate([page.labels for page in pages])
    counts = np.concatenate([page.weights * w for page, w in zip(pages, weights, strict=True)])
    model = CatBoost(_SETTINGS)
    model.fit(Pool(rows, labels, weight=counts))
    return _exported(model, names)


def _exported(model: CatBoost, names: Sequence[str]) -> dict[str, Any]:
    """*model* with whole borders and leaves; features that no tree asks for are left out."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        data = json.loads(path.read_text("utf-8", "replace"))
    return exported(data, names)


def exported(data: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """CatBoost's own JSON *data* of a forest over the features *names*, in whole numbers."""
    trees = data["oblivious_trees"]
    depth = max(len(tree["splits"]) for tree in trees)
    asked, borders, leaves = [], [], []
    for tree in trees:
        splits = tree["splits"]
        missing = depth - len(splits)
        asked.append([split["float_feature_index"] for split in splits] + [0] * missing)
        borders.append([int(np.floor(split["border"])) for split in splits] + [10**9] * missing)
        values = [round(SCALE * value) for value in tree["leaf_values"]]
        leaves.append(values + [0] * (2**depth - len(values)))
    used = sorted({index for row in asked for index in row})
    place = {index: number for number, index in enumerate(used)}
    scale, (bias, *_) = data["scale_and_bias"]
    assert scale == 1
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
