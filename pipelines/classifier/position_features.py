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


def sequence_features(table: Table, sums: Sums) -> list[Ints]:
    """Where each segment stands among those before and after it."""
    count = len(table.size)
    place = np.arange(count)
    good_total = sums.good_size[-1:]
    before, after = distances(place, table.good, count)
    columns = [
        1000 * place // count,
        permille(sums.good_size[:-1], good_total),
        permille(good_total - sums.good_size[1:], good_total),
        np.minimum(before, 60),
        np.minimum(after, 60),
    ]
    columns += _neighbours(table)
    columns += _windows(sums, place, count)
    columns += _sections(table, sums, place, count)
    columns += _anchors(table, place)
    columns += _good_runs(sums, before, after, place, count)
    columns += _of_page(table, sums, count)
    return columns


def distances(place: Ints, marked: Ints, count: int) -> tuple[Ints, Ints]:
    """How many segments each stands after the last, before the next that is *marked*."""
    last = np.maximum.accumulate(np.where(marked > 0, place, -1000))
    last = np.concatenate((np.full(1, -1000), last[:-1]))
    following = np.minimum.accumulate(np.where(marked > 0, place, count + 1000)[::-1])[::-1]
    following = np.concatenate((following[1:], np.full(1, count + 1000)))
    return place - last, following - place


def shifted(values: Ints, by: int) -> Ints:
    """*values* as seen *by* places further: -1 is the one before; -1 where there is none."""
    moved = np.full_like(values, -1)
    if by < 0:
        moved[-by:] = values[:by]
    elif by < len(values):
        moved[:-by] = values[by:]
    return moved


def _neighbours(table: Table) -> list[Ints]:
    columns = []
    for by in (-1, 1):
        rows = (table.size, table.linked, table.good, table.heading)
        columns += [shifted(values, by) for values in rows]
    for by in (-2, 2):
        columns += [shifted(values, by) for values in (table.size, table.linked, table.good)]
    return columns


def _windows(sums: Sums, place: Ints, count: int) -> list[Ints]:
    columns = []
    for reach in (3, 8):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        size = sums.size[high] - sums.size[low]
        columns += [
            permille(sums.linked[high] - sums.linked[low], size),
            permille(sums.good_size[high] - sums.good_size[low], size),
        ]
    width = high - low
    columns.append(permille(sums.short[high] - sums.short[low], width))
    columns.append(permille(sums.dated[high] - sums.dated[low], width))
    return columns


def _sections(table: Table, sums: Sums, place: Ints, count: int) -> list[Ints]:
    """The heading that a segment stands under, and what follows up to the next."""
    is_heading = table.heading > 0
    last = np.maximum.accumulate(np.where(is_heading, place, -1))
    following = np.minimum.accumulate(np.where(is_heading, place, count)[::-1])[::-1]
    following = np.concatenate((following[1:], np.full(1, count)))
    has = last >= 0
    at = np.maximum(last, 0)
    start = last + 1
    size = sums.size[following] - sums.size[start]
    return [
        np.where(has, np.minimum(place - last, 99), 99),
        np.where(has, table.heading[at], 0),
        np.where(has, table.linked[at], 0),
        np.where(has, table.size[at], 0),
        np.minimum(size, LONG),
        permille(sums.linked[following] - sums.linked[start], size),
        permille(sums.good_size[following] - sums.good_size[start], size),
        np.minimum(following - start, 200),
    ]


def _anchors(table: Table, place: Ints) -> list[Ints]:
    """How far the first and last title and the summary are: negative before them, 300 is none."""
    none = np.full_like(place, 300)
    columns = []
    for marked, which in ((table.title, 0), (table.title, -1), (table.summary, 0)):
        found = np.flatnonzero(marked)
        distance = np.clip(place - found[which], -_FAR, _FAR) if len(found) else none
        columns.append(distance)
    return columns


def _good_runs(sums: Sums, before: Ints, after: Ints, place: Ints, count: int) -> list[Ints]:
    """How much text stands between a segment and the prose before and after it."""
    since = sums.size[place] - sums.size[np.clip(place - before + 1, 0, count)]
    until = sums.size[np.clip(place + after, 0, count)] - sums.size[place + 1]
    return [np.clip(since, 0, 3000), np.clip(until, 0, 3000)]


def _of_page(table: Table, sums: Sums, count: int) -> list[Ints]:
    size = int(sums.size[-1])
    values = (
        min(count, 150),
        min(size, LONG),
        1000 * int(sums.linked[-1]) // max(size, 1),
        1000 * int(sums.good_size[-1]) // max(size, 1),
        1000 * int(sums.heading[-1]) // max(count, 1),
        min(int(sums.title[-1]), 20),
        min(int(sums.good[-1]), 40),
    )
    return [np.full(count, value) for value in values]
