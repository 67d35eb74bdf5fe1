"""Segments become blocks with their form, in plain text and in Markdown."""

from __future__ import annotations

import lxml.html

from pipelines.body.blocks import Block, blocks_of, markdown, plain
from pipelines.page.walk import segments_of


def _blocks(html: str) -> list[Block]:
    segments = segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))
    return blocks_of(segments, segments.nodes)


def test_paragraphs_and_headings_are_blocks() -> None:
    found = _blocks("<h2>One <em>two</em></h2><p>Three\n  four.</p>loose")
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "One two"),
        ("paragraph", "Three four."),
        ("paragraph", "loose"),
    ]
    assert plain(found) == "One two\n\nThree four.\n\nloose"
    assert markdown(found) == "## One *two*\n\nThree four.\n\nloose"


def test_the_items_of_a_list_stay_together_in_markdown() -> None:
    found = _blocks("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol><ul><li>d</li></ul>")
    assert plain(found) == "a\n\nb\n\nc\n\nd"
    assert markdown(found) == "1. a\n2. b\n  - c\n\n- d"


def test_a_table_of_data_becomes_rows() -> None:
    found = _blocks(
        "<table><tr><th>Year</th><th>Boxes</th></tr><tr><td>1</td><td>a|b</td></tr></table>"
    )
    assert plain(found) == "Year | Boxes\n\n1 | a|b"
    assert markdown(found) == "| Year | Boxes |\n| --- | --- |\n| 1 | a\\|b |"


def test_a_table_that_lays_out_a_page_gives_the_blocks_of_its_cells() -> None:
    found = _blocks("<table><tr><td><p>One.</p><p>Two.</p></td><td>Three.</td></tr></table>")
    assert [(block.kind, block.text) for block in found] == [
        ("paragraph", "One."),
        ("paragraph", "Two."),
        ("paragraph", "Three."),
    ]


def test_two_breaks_part_paragraphs_and_one_a_line() -> None:
    assert [block.text for block in _blocks("<div>a<br>b<br><br>c</div>")] == ["a\nb", "c"]


def test_code_keeps_its_lines_and_quotes_their_mark() -> None:
    found = _blocks(
        "<pre>if x:\n    y()\n</pre><blockquote><p>Said <code>so</code>.</p></blockquote>"
    )
    assert found[0].text == "if x:\n    y()"
    assert markdown(found) == "```\nif x:\n    y()\n```\n\n> Said `so`."


def test_what_no_reader_sees_is_no_text() -> None:
    assert (
        _blocks("<script>var a</script><p>x<style>p{}</style></p><p>…</p><noscript>n</noscript>")[
            0
        ].text
        == "x"
    )


def test_an_item_of_several_paragraphs_has_one_mark() -> None:
    found = _blocks("<ol start=3><li><p>One.</p><p>More.</p></li><li>Two.</li></ol>")
    assert markdown(found) == "3. One.\n\n   More.\n4. Two."


def test_emphasis_and_links_nest_and_keep_their_spaces_outside() -> None:
    found = _blocks(
        "<p>a <strong> b <em>c</em> </strong>d <a href='https://x.example/y'>e<i>f</i></a> "
        "<a href='/local'>g</a> <a href='javascript:alert(1)'>h</a></p>"
    )
    assert markdown(found) == "a **b *c*** d [e*f*](https://x.example/y) g h"


def test_each_kind_of_block_is_told() -> None:
    found = _blocks(
        "<h3>H</h3><p>p</p><ul><li>i</li></ul><blockquote>q</blockquote><pre>c</pre>"
        "<table><tr><td>a</td><td>b</td></tr></table>"
    )
    kinds = ["heading", "paragraph", "item", "quote", "code", "row"]
    assert [block.kind for block in found] == kinds


def test_markdown_escapes_what_would_be_form() -> None:
    assert markdown(_blocks("<p># not *a* heading [x]</p>")) == r"\# not \*a\* heading \[x\]"
