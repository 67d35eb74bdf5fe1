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

    segments: Segments
    table: Table
    columns: Ints
    boxes: tuple[Ints, ...]


def view_of(segments: Segments, top: Top) -> View | None:
    """The view of *segments*, whose titles and summaries *top* knows; None where it has no text."""
    if not segments:
        return None
    table = table_of(segments, top)
    sums = sums_of(table)
    around = surroundings_of(segments, table, sums)
    columns = stacked([*table.columns, *sequence_features(table, sums), *around.columns])
    return View(segments, table, columns, around.boxes)
