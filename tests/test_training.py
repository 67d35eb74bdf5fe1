"""What the models learn from: pages remade so that their text is longer, shorter or alone."""

from __future__ import annotations

from random import Random

from lxml.html import HtmlElement

from benchmarks.training.labels import labels_of
from benchmarks.training.lengths import relengthened
from golden import BODY, NAMED, PARAGRAPHS, Golden, page
from pipelines.page.html import parse_html
from pipelines.page.segments import Segments
from pipelines.page.walk import segments_of

_PROSE = [f"Paragraph number {n} of another text." for n in range(500)]


def _read(tree: HtmlElement | None) -> Segments:
    assert tree is not None
    return segments_of(tree.find("body"))


def _remade(seed: int) -> tuple[list[str], str]:
    """The texts of the page once it is remade by the chance of *seed*, and what was let in."""
    tree = parse_html(page(Golden("below", NAMED["related"])))
    before = _read(tree)
    labels = labels_of([segment.text for segment in before], BODY)
    more = relengthened(before, labels, _PROSE, Random(seed))
    return [segment.text for segment in _read(tree)], more


def test_pages_are_made_longer_shorter_or_bare_and_their_text_is_known() -> None:
    whole, _ = _remade(0)
    made = [_remade(seed) for seed in range(1, 120)]
    longer = [(texts, more) for texts, more in made if more]
    assert 5 < len(longer) < 30
    for texts, more in longer:
        assert set(more.splitlines()) <= set(texts)
        assert set(PARAGRAPHS) <= set(texts)
    bare = [texts for texts, _ in made if "Home" not in texts]
    assert 5 < len(bare) < 40
    assert all(PARAGRAPHS[0] in texts and len(texts) < len(whole) for texts in bare)
    assert {PARAGRAPHS[5] in texts for texts in bare} == {True, False}
