"""Bylines and dates stand in the lines around a title, not in boxes of other things."""

from __future__ import annotations

import lxml.html

from pipelines.metadata.header import header_of
from pipelines.page.walk import segments_of

_TEXT = (
    "<p>" + "A sentence of the text that is long enough to be one of its paragraphs. " * 2 + "</p>"
)


def _lines(html: str, *titles: str) -> list[str]:
    page = segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))
    return [line.text for line in header_of(page, titles, [])]


def test_lines_after_the_title_come_first_and_end_with_the_text() -> None:
    html = f"<div><p>Ports</p><h1>T</h1><p>By A B</p><p>4 March</p>{_TEXT * 3}<p>late</p></div>"
    assert _lines(html)[:2] == ["By A B", "4 March"]
    assert "Ports" in _lines(html)
    assert "late" not in _lines(html)


def test_the_heading_that_says_a_declared_title_is_the_title() -> None:
    html = "<h1>The Estuary</h1><p>away</p><div><h2>Slow Ferry</h2><p>near</p></div>"
    assert _lines(html, "Slow ferry")[0] == "near"


def test_a_main_heading_with_the_sites_name_is_not_the_title() -> None:
    html = "<div><h1>The Estuary</h1><p>away</p></div><div><h3>Slow Ferry</h3><p>near</p></div>"
    page = segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))
    lines = header_of(page, ["Slow Ferry"], ["The Estuary", "Slow Ferry"])
    assert lines[0].text == "near"


def test_boxes_of_other_things_and_the_head_of_the_page_have_no_lines() -> None:
    html = "<div>7 March</div><div><h1>T</h1><footer>x</footer><p>near</p></div>"
    assert _lines(html) == ["near"]


def test_a_page_of_several_main_headings_and_no_known_title_has_none() -> None:
    assert _lines("<h1>A</h1><p>x</p><h1>B</h1>") == []


def test_links_of_a_line_are_found_through_their_markup() -> None:
    page = segments_of(
        lxml.html.document_fromstring(
            "<body><h1>T</h1><p>By <a href=/a><b>A</b> B</a></p></body>"
        ).find("body")
    )
    (line,) = header_of(page, [], [])
    assert [link.get("href") for link in line.links()] == ["/a"]


def test_the_mark_of_a_note_is_no_part_of_a_line() -> None:
    byline = "<p>By Ida Lund<sup><a href='#n1'>1</a></sup>, 5 March 2024</p>"
    body = lxml.html.document_fromstring(f"<body><h1>T</h1>{byline}{_TEXT * 3}</body>").find("body")
    line = header_of(segments_of(body), ("T",), [])[0]
    assert line.text == "By Ida Lund, 5 March 2024"
    assert "".join(line.pieces).isprintable()
