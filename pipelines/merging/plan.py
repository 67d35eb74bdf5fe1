"""The batches of a library into groups, each of which is to share its files.

The batches' own `closed` times decide, and no clock: so a rebuild groups them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from archive.tables.journal import Batch, JournalEntry

_MONTH: Final = len("2026-11")
_DAY: Final = len("2026-11-30")

Group = tuple[JournalEntry, ...]


def closed_groups(batches: Sequence[Batch]) -> list[tuple[Batch, ...]]:
    """Each closed month as one group, then each closed day of the month that is still open.

    A day or month (UTC) is closed once a batch of another follows. Where the clock went back, what
    the batches before and after have in common is no one group: batches of a group follow on each
    other.

    >>> days = ["2026-11-02T08", "2026-11-29T08", "2026-12-01T08", "2026-12-01T09", "2026-12-02T08"]
    >>> batches = [Batch(number, day, ()) for number, day in enumerate(days, 1)]
    >>> [[batch.number for batch in group] for group in closed_groups(batches)]
    [[1, 2], [3, 4]]
    """
    months = _runs(batches, _MONTH)
    days = _runs(months[-1], _DAY) if months else []
    return [*months[:-1], *days[:-1]]


def _runs(batches: Iterable[Batch], length: int) -> list[tuple[Batch, ...]]:
    return [tuple(run) for _, run in groupby(batches, lambda batch: batch.closed[:length])]


def unmerged(entries: Sequence[JournalEntry]) -> list[Group]:
    """The closed groups of which another batch than the last still has files."""
    found, begin = [], 0
    for batches in closed_groups([entry.batch for entry in entries]):
        group = tuple(entries[begin : begin + len(batches)])
        begin += len(batches)
        if any(entry.all_files for entry in group[:-1]):
            found.append(group)
    return found
