"""Trees become blocks, of HTML and of trafilatura's own tags alike."""

from __future__ import annotations

import lxml.html
from lxml import etree

from pipelines.blocks import Block, blocks_of, markdown, plain


def _blocks(html: str) -> list[Block]:
    return blocks_of(lxml.html.fromstring(f"<body>{html}</body>"))


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


def test_trafilaturas_tags_read_alike() -> None:
    body = etree.fromstring(
        '<body><head rend="h3">H</head><p>a <hi rend="#b">b</hi><lb/>c</p>'
        '<list rend="ol"><item>i</item></list><quote><p>q</p></quote></body>'
    )
    assert markdown(blocks_of(body)) == "### H\n\na **b**\nc\n\n1. i\n\n> q"


def test_markdown_escapes_what_would_be_form() -> None:
    assert markdown(_blocks("<p># not *a* heading [x]</p>")) == r"\# not \*a\* heading \[x\]"
