"""Features of the second model: what the first model says all over the page, and a second
reading."""

from __future__ import annotations

import numpy as np

from pipelines.arrays import Ints, permille, prefix
from pipelines.classifier.position_features import distances, shifted
from pipelines.classifier.thresholds import expected_f1
from pipelines.page.segments import Nodes

_CONTEXT = """
p p_1b p_2b p_3b p_1a p_2a p_3a p_window_2 p_window_5 p_window_12 p_before p_after sure_before
sure_after kept_before kept_after run_before run_after p_share_page p_expected p_kept_share
p_in_node p_in_parent p_in_outer p_in_module p_in_top
p_of_node p_of_parent p_of_outer p_of_module p_of_top
"""
_READING = """
said said_1b said_1a said_window_3 said_window_8 said_in_parent said_in_outer said_in_module
said_in_top said_share said_p said_missed said_gap_before said_gap_after
"""
_BOXES = ("node", "parent", "outer", "module", "top")
"""What the boxes around a segment are, in the order of `Surroundings.boxes`."""
CONTEXT_FEATURES = tuple(_CONTEXT.split())
READING_FEATURES = tuple(_READING.split())


def context_features(
    probability: Ints, words: Ints, nodes: Nodes, boxes: tuple[Ints, ...]
) -> list[Ints]:
    """What the first model's *probability* says of each segment's neighbourhood."""
    count = len(probability)
    place = np.arange(count)
    mass = prefix(probability * words)
    size = prefix(words)
    sure = prefix(np.where(probability > 800, words, 0))
    kept = (2 * probability > 1000).astype(np.int64)
    found = {"p": probability}
    for by in (1, 2, 3):
        found |= {f"p_{by}b": shifted(probability, -by), f"p_{by}a": shifted(probability, by)}
    for reach in (2, 5, 12):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        held = np.maximum(size[high] - size[low], 1)
        found[f"p_window_{reach}"] = (mass[high] - mass[low]) // held
    total, sure_total = np.maximum(mass[-1:], 1), np.maximum(sure[-1:], 1)
    first, end = nodes.numbers.first, nodes.numbers.end
    inside = mass[end] - mass[first]
    mean = inside // np.maximum(size[end] - size[first], 1)
    gap_before, gap_after = _gaps(kept, place)
    run_before, run_after = _runs(kept)
    found |= {
        "p_before": permille(mass[:-1], total),
        "p_after": permille(mass[-1:] - mass[1:], total),
        "sure_before": permille(sure[:-1], sure_total),
        "sure_after": permille(sure[-1:] - sure[1:], sure_total),
        "kept_before": gap_before,
        "kept_after": gap_after,
        "run_before": run_before,
        "run_after": run_after,
        "p_share_page": np.full(count, int(mass[-1]) // max(int(size[-1]), 1)),
        "p_expected": np.full(count, expected_f1(probability, words)),
        "p_kept_share": np.full(count, 1000 * int(kept.sum()) // max(count, 1)),
    }
    for name, box in zip(_BOXES, boxes, strict=True):
        found |= {f"p_in_{name}": mean[box], f"p_of_{name}": permille(inside[box], total)}
    return [found[name] for name in CONTEXT_FEATURES]


def reading_features(
    said: Ints, probability: Ints, words: Ints, nodes: Nodes, boxes: tuple[Ints, ...]
) -> list[Ints]:
    """How another reading agrees: *said* is 1 for a segment that it holds."""
    count = len(said)
    place = np.arange(count)
    held, size = prefix(said * words), prefix(words)
    mass = prefix(probability * words)
    first, end = nodes.numbers.first, nodes.numbers.end
    share = permille(held[end] - held[first], size[end] - size[first])
    agreed = int((said * probability * words).sum())
    total = int(held[-1])
    gap_before, gap_after = _gaps(said, place)
    found = {
        "said": said,
        "said_1b": shifted(said, -1),
        "said_1a": shifted(said, 1),
        "said_share": np.full(count, 1000 * total // max(int(size[-1]), 1)),
        "said_p": np.full(count, agreed // max(total, 1)),
        "said_missed": np.full(count, 1000 * agreed // max(int(mass[-1]), 1)),
        "said_gap_before": gap_before,
        "said_gap_after": gap_after,
    }
    for reach in (3, 8):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        found[f"said_window_{reach}"] = permille(held[high] - held[low], size[high] - size[low])
    for name, box in zip(_BOXES, boxes, strict=True):
        found[f"said_in_{name}"] = share[box]
    return [found[name] for name in READING_FEATURES]


def _gaps(marked: Ints, place: Ints) -> tuple[Ints, Ints]:
    """How far the last, the next marked segment is, at most 50."""
    before, after = distances(place, marked, len(place))
    return np.minimum(before, 50), np.minimum(after, 50)


def _runs(kept: Ints) -> tuple[Ints, Ints]:
    """How many segments of the same fate stand in a row up to, and from each on; at most 50."""
    place = np.arange(len(kept))
    changed = np.concatenate((np.ones(1, bool), kept[1:] != kept[:-1]))
    start = np.maximum.accumulate(np.where(changed, place, 0))
    ends = np.concatenate((changed[1:], np.ones(1, bool)))
    end = np.minimum.accumulate(np.where(ends, place, len(kept))[::-1])[::-1]
    return np.minimum(place - start, 50), np.minimum(end - place, 50)
