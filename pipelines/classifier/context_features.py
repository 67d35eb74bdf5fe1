"""Features of the second model: what the first one said all over the page, and a second reading."""

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
    columns = [probability]
    columns += [shifted(probability, by) for by in (-1, -2, -3, 1, 2, 3)]
    for reach in (2, 5, 12):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        columns.append((mass[high] - mass[low]) // np.maximum(size[high] - size[low], 1))
    total, sure_total = np.maximum(mass[-1:], 1), np.maximum(sure[-1:], 1)
    columns += [
        permille(mass[:-1], total),
        permille(mass[-1:] - mass[1:], total),
        permille(sure[:-1], sure_total),
        permille(sure[-1:] - sure[1:], sure_total),
    ]
    columns += _gaps(kept, place)
    columns += _runs(kept)
    columns += [
        np.full(count, int(mass[-1]) // max(int(size[-1]), 1)),
        np.full(count, expected_f1(probability, words)),
        np.full(count, 1000 * int(kept.sum()) // max(count, 1)),
    ]
    first, end = nodes.numbers.first, nodes.numbers.end
    inside = mass[end] - mass[first]
    mean = inside // np.maximum(size[end] - size[first], 1)
    columns += [mean[box] for box in boxes]
    columns += [permille(inside[box], total) for box in boxes]
    return columns


def reading_features(
    said: Ints, probability: Ints, words: Ints, nodes: Nodes, boxes: tuple[Ints, ...]
) -> list[Ints]:
    """How another reading agrees: *said* is 1 for a segment that it holds."""
    count = len(said)
    place = np.arange(count)
    held, size = prefix(said * words), prefix(words)
    mass = prefix(probability * words)
    columns = [said, shifted(said, -1), shifted(said, 1)]
    for reach in (3, 8):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        columns.append(permille(held[high] - held[low], size[high] - size[low]))
    first, end = nodes.numbers.first, nodes.numbers.end
    share = permille(held[end] - held[first], size[end] - size[first])
    columns += [share[box] for box in boxes[1:]]
    agreed = int((said * probability * words).sum())
    total = int(held[-1])
    columns += [
        np.full(count, 1000 * total // max(int(size[-1]), 1)),
        np.full(count, agreed // max(total, 1)),
        np.full(count, 1000 * agreed // max(int(mass[-1]), 1)),
    ]
    return columns + _gaps(said, place)


def _gaps(marked: Ints, place: Ints) -> list[Ints]:
    """How far the last, the next marked segment is, at most 50."""
    return [np.minimum(gap, 50) for gap in distances(place, marked, len(place))]


def _runs(kept: Ints) -> list[Ints]:
    """How many segments of the same fate stand in a row up to, and from each on; at most 50."""
    place = np.arange(len(kept))
    changed = np.concatenate((np.ones(1, bool), kept[1:] != kept[:-1]))
    start = np.maximum.accumulate(np.where(changed, place, 0))
    ends = np.concatenate((changed[1:], np.ones(1, bool)))
    end = np.minimum.accumulate(np.where(ends, place, len(kept))[::-1])[::-1]
    return [np.minimum(place - start, 50), np.minimum(end - place, 50)]
