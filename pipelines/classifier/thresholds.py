"""Probabilities of segments into the choice of those that are the article's text."""

from __future__ import annotations

import numpy as np

from pipelines.arrays import Ints

BESIDE_TEXT = "beside the text"
"""The reason where no rule and no name gives any: the models judged it unlike the article."""
SURE = 900
"""Permille of F1 to be expected: from here on a page needs no second opinion."""
LESS_SURE = 50
"""Permille of F1 to be expected by which a second opinion may lie below the first."""
CLEAR = 900
"""Permille of F1 to be expected: from here on text and clutter of a page stand well apart."""
UNLIKELY = 30
"""Permille below which a segment is certainly not text."""
POSSIBLE = 200
"""Permille that a paragraph needs where its surroundings say that it is text."""
_BAR = 440
"""Permille of the F1 to be expected: a segment that is likelier than this is text."""
RAISED = 800
"""Permille that a segment needs where a rule speaks against it."""
HIGHEST = 970
"""Permille that a segment needs in a box that is made as no article is."""


def expected_f1(probability: Ints, words: Ints) -> int:
    """The F1 to be expected, in permille, of the best choice by *probability*."""
    order = np.argsort(-probability, kind="stable")
    likely = np.cumsum((probability * words)[order])
    taken = np.cumsum(words[order])
    if not len(likely) or likely[-1] == 0:
        return 0
    return int((2000 * likely // (1000 * taken + likely[-1])).max())


def bar_of(expected: int) -> int:
    """The bar of a page of which so much F1 is *expected*: a likelier segment is text.

    Half of the F1 is best where probabilities are true (Lipton, Elkan and Narayanaswamy, "Optimal
    Thresholding of Classifiers to Maximize F1 Measure", 2014); on pages that the models had not
    learned, a little less is better.
    """
    return _BAR * expected // 1000
