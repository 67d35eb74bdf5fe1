"""A page is cut at the edges of its blocks, and every segment knows where it stands."""

from __future__ import annotations

import lxml.html
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.page.html import parse_html
from pipelines.page.segments import MAX_SEGMENTS, Segments
from pipelines.page.walk import segments_of


def _segments(html: str) -> Segments:
    return segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))


def _texts(html: str) -> list[str]:
    return [segment.text for segment in _segments(html)]


def test_blocks_end_runs_and_inline_markup_does_not() -> None:
    assert _texts("a <b>b</b><p>c<span>d</span></p>e<div>f</div>") == ["a b", "cd", "e", "f"]


def test_a_block_within_inline_markup_is_a_block() -> None:
    assert _texts("<span>a<p>b</p>c</span>") == ["a", "b", "c"]


def test_two_breaks_part_and_one_does_not() -> None:
    assert _texts("a<br>b<br> <br>c") == ["a\nb", "c"]


def test_links_and_bold_are_counted() -> None:
    segment = _segments("<p>ab <a href=/x>cde</a> <b>f</b></p>")[0]
    assert (segment.linked, segment.links, segment.bold) == (3, 1, 1)
    card = _segments("<a href=/x><div>abc</div></a>")[0]
    assert card.linked == 3


def test_marks_of_notes_and_arrows_are_no_text() -> None:
    assert _texts("<p>Text<sup><a href=#n>1</a></sup>.</p><p>Note <a href=#r>↩</a></p>") == [
        "Text.",
        "Note",
    ]


def test_nodes_know_their_segments_and_what_is_in_them() -> None:
    segments = _segments("<div><p>a</p><p>b<img></p></div><form>c<input></form>")
    nodes = segments.nodes
    tags = [element.tag for element in nodes.elements]
    box = tags.index("div")
    assert (nodes.first[box], nodes.end[box], nodes.images[box]) == (0, 2, 1)
    assert nodes.inputs[tags.index("form")] == 1
    assert all(parent < number for number, parent in enumerate(nodes.parent))


def test_a_button_that_never_ends_does_not_swallow_the_page() -> None:
    assert _texts("<button>Menu<div><p>The text.</p></div>") == ["Menu", "The text."]
    assert _texts("<button>Menu</button><p>x</p>") == ["x"]


def test_what_follows_a_pages_early_end_is_read() -> None:
    tree = parse_html(f"<html><body><p>a</p></body></html><p>{'b ' * 100}</p></body></html>")
    assert tree is not None
    assert len(segments_of(tree.find("body"))) == 2


def test_segments_are_bounded() -> None:
    assert len(_texts("<p>x</p>" * (MAX_SEGMENTS + 50))) == MAX_SEGMENTS


_PIECES = """
<p> </p> <div> </div> <a> </a> <br> <li> <ul> </ul> <b> </b> <table><tr><td> <td> </table> <pre>
</pre> <code> </code> <sup> </sup> text 1 . ü 字 <h2> </h2> <button> <svg>
"""
_HTML = st.lists(st.sampled_from(_PIECES.split()), max_size=60).map(" ".join)


@given(_HTML)
@settings(max_examples=150, deadline=None)
def test_any_markup_gives_segments_that_cover_it_in_order(html: str) -> None:
    segments = _segments(html)
    assert all(any(map(str.isalnum, segment.text)) for segment in segments)
    nodes = segments.nodes
    for number, segment in enumerate(segments):
        node = segment.node
        while node >= 0:
            assert nodes.first[node] <= number < nodes.end[node]
            node = nodes.parent[node]
