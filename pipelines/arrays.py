"""Rows of whole numbers: what is known of the segments or the nodes of a page, and their sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Whole numbers in a row, one for each segment or node of a page; or several such rows."""


def permille(part: Ints, whole: Ints) -> Ints:
    """*part* of *whole* in thousandths; 0 where there is no whole."""
    return np.asarray(1000 * part // np.maximum(whole, 1))


def prefix(values: Ints) -> Ints:
    """The sums of *values* before each place: one more entry than *values*."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))


def stacked(rows: Sequence[Ints]) -> Ints:
    """*rows* of one length as one array; `numpy.stack` takes longer for each of them."""
    return np.concatenate(rows).reshape(len(rows), -1)
