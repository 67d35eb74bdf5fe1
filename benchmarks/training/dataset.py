"""Samples into rows to learn from: the features of each segment, how much of it is true text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import lxml.html
import numpy as np
from lxml.html import HtmlElement

from archive.web.charset import decode
from benchmarks.training.augment import augmented
from benchmarks.training.corpus import Sample
from benchmarks.training.labels import labels_of
from benchmarks.training.lengths import relengthened
from pipelines.arrays import Ints
from pipelines.classifier.view import FEATURES, View, view_of
from pipelines.metadata.declarations import Declarations, declarations_of
from pipelines.page.front_matter import Top, top_of
from pipelines.page.html import parse_html

COPIES = 3
"""The page as it is, and two of another make."""
_CUES = [FEATURES.index(name) for name in ("cue",)]
_HASHED = (0.0, 0.7, 0.3)
_WITHOUT_CUES = 0.3
_FEWEST = 20  # words of a true text


@dataclass(frozen=True, slots=True)
class Page:
    """One make of a sample as the models see it, and what of it is true."""

    columns: Ints
    words: Ints
    labels: Ints
    truth_words: int

    @property
    def weights(self) -> np.ndarray:
        """How much each segment counts: as much as in the score, where pages are equal."""
        return (np.minimum(self.words, 400) + 3) / (self.truth_words + 60)


def seen(sample: Sample) -> tuple[HtmlElement, View] | None:
    """The tree and view of *sample* as it is."""
    tree = parse_html(decode(sample.html))
    return None if tree is None else _viewed(tree, sample.url)


def _viewed(tree: HtmlElement, url: str) -> tuple[HtmlElement, View] | None:
    declared = declarations_of(tree, url)
    view = view_of(declared.segments, _top(declared))
    return None if view is None else (tree, view)


def _top(declared: Declarations) -> Top:
    return top_of(declared.titles, (text for _, text in declared.candidates("description")))


def top_in(tree: HtmlElement, url: str) -> Top:
    """The titles and summaries that *tree* declares."""
    return _top(declarations_of(tree, url))


class Made(NamedTuple):
    """A make of a sample: its tree, the view of it, and its true text."""

    tree: HtmlElement
    view: View
    truth: str


def made(sample: Sample, copy: int, widgets: Sequence[str], prose: Sequence[str]) -> Made | None:
    """The *copy* of *sample*, always the same one; copy 0 is the page itself.

    Others get some of *widgets*, and paragraphs of *prose*.
    """
    found = seen(sample)
    if found is None or copy == 0:
        return found and Made(*found, sample.text)
    tree, view = found
    random = Random(f"{sample.id} {copy}")
    labels = labels_of([segment.text for segment in view.segments], sample.text)
    more = relengthened(view.segments, labels, prose, random)
    body = view.segments.nodes.elements[0]
    elements = [
        lxml.html.fromstring(widget) for widget in random.sample(widgets, min(6, len(widgets)))
    ]
    augmented(body, _main(view), elements, random, _HASHED[copy])
    changed = _viewed(tree, sample.url)
    return changed and Made(*changed, f"{sample.text}\n{more}")


def _main(view: View) -> HtmlElement:
    """The box where the page's prose parts."""
    level = view.columns[FEATURES.index("chain_level")]
    top = view.boxes[-1]
    nodes = view.segments.nodes
    at = int(np.argmin(level))
    node = int(top[at])
    parent = nodes.parent[node]
    return nodes.elements[parent if parent >= 0 else node]


def page_of(sample: Sample, copy: int, widgets: Sequence[str], prose: Sequence[str]) -> Page | None:
    """What there is to learn from the *copy* of *sample*."""
    found = made(sample, copy, widgets, prose)
    if found is None:
        return None
    view = found.view
    columns = view.columns.astype(np.int32)
    if copy and Random(f"cues {sample.id} {copy}").random() < _WITHOUT_CUES:
        columns[_CUES] = 0
    texts = [segment.text for segment in view.segments]
    labels = np.array(labels_of(texts, found.truth))
    words = len(sample.text.split())
    if copy:
        words = max(int((labels * view.table.words).sum()), _FEWEST)
    return Page(columns, view.table.words, labels, words)


def widgets_of(sample: Sample) -> list[str]:
    """Boxes of *sample* that hold none of its text, to be let into other pages."""
    found = seen(sample)
    if found is None:
        return []
    _, view = found
    nodes, segments = view.segments.nodes, view.segments
    labels = labels_of([segment.text for segment in segments], sample.text)
    widgets = []
    for element, first, end, inputs in zip(
        nodes.elements, nodes.first, nodes.end, nodes.inputs, strict=True
    ):
        inside = segments[first:end]
        size = sum(len(segment.text) for segment in inside)
        true = sum(len(s.text) * share for s, share in zip(inside, labels[first:end], strict=True))
        active = inputs or any(segment.links for segment in inside)
        if len(inside) >= 3 and 60 <= size <= 5000 and true < 0.02 * size and active:
            widgets.append(lxml.html.tostring(element, encoding="unicode", with_tail=False))
    return [w for w in Random(sample.id).sample(widgets, min(8, len(widgets))) if len(w) < 60_000]
