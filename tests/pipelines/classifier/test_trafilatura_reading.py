"""A second reading sees the page without its clutter, and leaves the page itself as it is."""

from __future__ import annotations

import lxml.html
import numpy as np

from pipelines.body.blocks import blocks_of, markdown
from pipelines.classifier.trafilatura_reading import said_by_trafilatura, without_clutter
from pipelines.page.html import parse_html
from pipelines.page.walk import segments_of

_HTML = """<html><body><nav><ul><li>Ports</li><li>Cranes</li></ul></nav> and a line of its own
<ol><li>Up with the red crane.</li>
<li>Advertisement</li>
<li>Down with the grey crane.</li></ol>
<footer><p>About us</p></footer></body></html>"""


def test_boxes_without_likely_text_are_left_out_of_a_copy() -> None:
    tree = parse_html(_HTML)
    assert tree is not None
    before = lxml.html.tostring(tree)
    segments = segments_of(tree.find("body"))
    texts = [segment.text for segment in segments]
    likely = np.array([900 if "crane." in text or "own" in text else 5 for text in texts])
    copied = without_clutter(segments, tree, likely)
    assert copied.text_content().split() == (
        [
            "and",
            "a",
            "line",
            "of",
            "its",
            "own",
            "Up",
            "with",
            "the",
            "red",
            "crane.",
            "Down",
            "with",
            "the",
            "grey",
            "crane.",
        ]
    )
    assert lxml.html.tostring(tree) == before
    assert said_by_trafilatura(segments, tree).shape == (len(segments),)


def test_items_are_counted_as_the_page_has_them_after_a_second_reading_too() -> None:
    tree = parse_html(_HTML)
    assert tree is not None
    segments = segments_of(tree.find("body"))
    likely = np.array([900 if "crane." in segment.text else 5 for segment in segments])
    without_clutter(segments, tree, likely)
    kept = [segment for segment, p in zip(segments, likely, strict=True) if p > 500]
    assert markdown(blocks_of(kept, segments.nodes)).splitlines() == [
        "1. Up with the red crane.",
        "3. Down with the grey crane.",
    ]
