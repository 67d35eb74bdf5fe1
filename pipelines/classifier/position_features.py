"""Features of where a segment stands among those before and after it, and on its page."""

from __future__ import annotations

import numpy as np

from pipelines.arrays import Ints, permille
from pipelines.classifier.segment_features import LONG, Sums, Table

_FAR = 40  # segments

_SEQUENCE_FEATURES = """
place good_before good_after gap_before gap_after size_1b linked_1b good_1b heading_1b
size_1a linked_1a good_1a heading_1a size_2b linked_2b good_2b size_2a linked_2a good_2a
window_3_linked window_3_good window_8_linked window_8_good window_8_short window_8_dated
after_heading heading_level heading_linked heading_size section_size section_linked section_good
section_count title_distance title_last summary_distance since_good_size until_good_size
page_count page_size page_linked page_good page_headings page_titles page_good_count
"""
SEQUENCE_FEATURES = tuple(_SEQUENCE_FEATURES.split())


Features = dict[str, Ints]
"""The values of features by their names: for each a row with one number per segment."""


def sequence_features(table: Table, sums: Sums) -> list[Ints]:
    """Where each segment stands among those before and after it: `SEQUENCE_FEATURES`."""
    count = len(table.size)
    place = np.arange(count)
    good_total = sums.good_size[-1:]
    before, after = distances(place, table.good, count)
    found = {
        "place": 1000 * place // count,
        "good_before": permille(sums.good_size[:-1], good_total),
        "good_after": permille(good_total - sums.good_size[1:], good_total),
        "gap_before": np.minimum(before, 60),
        "gap_after": np.minimum(after, 60),
        **_neighbours(table),
        **_windows(sums, place, count),
        **_sections(table, sums, place, count),
        **_anchors(table, place),
        **_good_runs(sums, before, after, place, count),
        **_of_page(table, sums, count),
    }
    return [found[name] for name in SEQUENCE_FEATURES]


def distances(place: Ints, marked: Ints, count: int) -> tuple[Ints, Ints]:
    """How many segments each stands after the last, before the next that is *marked*."""
    last = np.maximum.accumulate(np.where(marked > 0, place, -1000))
    last = np.concatenate((np.full(1, -1000), last[:-1]))
    following = np.minimum.accumulate(np.where(marked > 0, place, count + 1000)[::-1])[::-1]
    following = np.concatenate((following[1:], np.full(1, count + 1000)))
    return place - last, following - place


def shifted(values: Ints, by: int) -> Ints:
    """*values* moved *by* places, so that -1 gives the value before; -1 where there is none."""
    moved = np.full_like(values, -1)
    if by < 0:
        moved[-by:] = values[:by]
    elif by < len(values):
        moved[:-by] = values[by:]
    return moved


def _neighbours(table: Table) -> Features:
    """Of the segments before (b) and after (a): the next segment and the segment behind that."""
    rows = {"size": table.size, "linked": table.linked, "good": table.good}
    found: Features = {}
    for by, name in ((-1, "1b"), (1, "1a"), (-2, "2b"), (2, "2a")):
        found |= {f"{kind}_{name}": shifted(values, by) for kind, values in rows.items()}
    for by, name in ((-1, "1b"), (1, "1a")):
        found[f"heading_{name}"] = shifted(table.heading, by)
    return found


def _windows(sums: Sums, place: Ints, count: int) -> Features:
    """Of the segments within three and within eight of each."""
    found: Features = {}
    for reach in (3, 8):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        size = sums.size[high] - sums.size[low]
        found[f"window_{reach}_linked"] = permille(sums.linked[high] - sums.linked[low], size)
        found[f"window_{reach}_good"] = permille(sums.good_size[high] - sums.good_size[low], size)
    width = high - low
    found["window_8_short"] = permille(sums.short[high] - sums.short[low], width)
    found["window_8_dated"] = permille(sums.dated[high] - sums.dated[low], width)
    return found


def _sections(table: Table, sums: Sums, place: Ints, count: int) -> Features:
    """The heading that a segment stands under, and what follows up to the next."""
    is_heading = table.heading > 0
    last = np.maximum.accumulate(np.where(is_heading, place, -1))
    following = np.minimum.accumulate(np.where(is_heading, place, count)[::-1])[::-1]
    following = np.concatenate((following[1:], np.full(1, count)))
    has = last >= 0
    at = np.maximum(last, 0)
    start = last + 1
    size = sums.size[following] - sums.size[start]
    return {
        "after_heading": np.where(has, np.minimum(place - last, 99), 99),
        "heading_level": np.where(has, table.heading[at], 0),
        "heading_linked": np.where(has, table.linked[at], 0),
        "heading_size": np.where(has, table.size[at], 0),
        "section_size": np.minimum(size, LONG),
        "section_linked": permille(sums.linked[following] - sums.linked[start], size),
        "section_good": permille(sums.good_size[following] - sums.good_size[start], size),
        "section_count": np.minimum(following - start, 200),
    }


def _anchors(table: Table, place: Ints) -> Features:
    """How far the first and last title and the summary are: negative before them, 300 is none."""

    def distance(marked: Ints, which: int) -> Ints:
        at = np.flatnonzero(marked)
        return np.clip(place - at[which], -_FAR, _FAR) if len(at) else np.full_like(place, 300)

    return {
        "title_distance": distance(table.title, 0),
        "title_last": distance(table.title, -1),
        "summary_distance": distance(table.summary, 0),
    }


def _good_runs(sums: Sums, before: Ints, after: Ints, place: Ints, count: int) -> Features:
    """How much text stands between a segment and the prose before and after it."""
    since = sums.size[place] - sums.size[np.clip(place - before + 1, 0, count)]
    until = sums.size[np.clip(place + after, 0, count)] - sums.size[place + 1]
    return {
        "since_good_size": np.clip(since, 0, 3000),
        "until_good_size": np.clip(until, 0, 3000),
    }


def _of_page(table: Table, sums: Sums, count: int) -> Features:
    """Of the whole page, so the same for each segment."""
    size = int(sums.size[-1])
    found = {
        "page_count": min(count, 150),
        "page_size": min(size, LONG),
        "page_linked": 1000 * int(sums.linked[-1]) // max(size, 1),
        "page_good": 1000 * int(sums.good_size[-1]) // max(size, 1),
        "page_headings": 1000 * int(sums.heading[-1]) // max(count, 1),
        "page_titles": min(int(sums.title[-1]), 20),
        "page_good_count": min(int(sums.good[-1]), 40),
    }
    return {name: np.full(count, value) for name, value in found.items()}
