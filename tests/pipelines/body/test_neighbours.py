from __future__ import annotations

from pipelines.body.neighbours import between, islands
from pipelines.page.html import parse_html
from pipelines.page.walk import segments_of


def _islands(probability: list[int]) -> list[int]:
    tree = parse_html("<body>" + "<p>one</p>" * len(probability))
    assert tree is not None
    return [*islands(probability, [None] * len(probability), segments_of(tree).nodes)]


def test_what_stands_far_from_all_likely_text_is_an_island() -> None:
    assert _islands([900, *[500] * 8, 500, 500]) == [9, 10]
    assert _islands([500, 500, *[500] * 8, 900]) == [0, 1]


def test_a_long_text_that_gets_less_likely_is_no_island() -> None:
    assert _islands([900, *[750] * 30]) == []
    assert _islands([*[750] * 30, 900]) == []


def _between(html: str, probability: list[int]) -> list[int]:
    tree = parse_html(f"<body>{html}")
    assert tree is not None
    segments = segments_of(tree.find("body"))
    assert len(segments) == len(probability)
    reasons = [None if p > 440 else "beside the text" for p in probability]
    return [*between(segments, reasons, probability, [1] * len(probability))]


def test_a_doubtful_paragraph_between_sure_ones_is_text_in_their_box_or_in_a_quote() -> None:
    quote = "<p>one</p><blockquote><p>two</p><div>three</div></blockquote><p>four</p>"
    assert _between(quote, [950, 300, 100, 950]) == [1]
    assert _between("<p>one</p><p>two</p><p>three</p>", [950, 300, 950]) == [1]
    assert _between("<p>one</p><p>two</p><p>three</p>", [950, 300, 800]) == []
    assert _between("<p>one</p><div><p>two</p></div><p>three</p>", [950, 300, 950]) == []
