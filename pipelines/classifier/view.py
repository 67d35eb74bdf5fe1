"""A page's segments into all that the models see of them: a row of numbers for each feature."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.arrays import Ints, stacked
from pipelines.classifier.box_features import BOX_FEATURES, surroundings_of
from pipelines.classifier.position_features import SEQUENCE_FEATURES, sequence_features
from pipelines.classifier.segment_features import SEGMENT_FEATURES, Table, sums_of, table_of
from pipelines.page.front_matter import Top
from pipelines.page.segments import Segments

FEATURES = (*SEGMENT_FEATURES, *SEQUENCE_FEATURES, *BOX_FEATURES)
"""The names of the rows of `View.columns`, in their order."""


@dataclass(frozen=True, slots=True)
class View:
    """A page as the models see it: *columns* has a row per feature and a column per segment."""

    page: Segments
    table: Table
    columns: Ints
    boxes: tuple[Ints, ...]


def view_of(page: Segments, top: Top) -> View | None:
    """The view of *page*, whose titles and summaries *top* knows; None where it has no text."""
    if not page.segments:
        return None
    table = table_of(page, top)
    sums = sums_of(table)
    around = surroundings_of(page, table, sums)
    columns = stacked([*table.columns, *sequence_features(table, sums), *around.columns])
    return View(page, table, columns, around.boxes)
