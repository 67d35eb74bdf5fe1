from __future__ import annotations

from backissue.sample.blocks import parse_blocks
from backissue.sample.markup import Form, inline, render, slugify

FORM = Form(
    figure="<figure>{}</figure>", pull="<aside>{}</aside>", insert="<ins></ins>", position=1
)


def test_runs_of_items_and_rows_become_one_list_and_one_table() -> None:
    html = render(parse_blocks("p\n\n- a\n- b\n\n1. c\n\n| x | y |\n| 1 | 2 |\n"), FORM)
    assert html.split("\n") == [
        "<p>p</p>",
        "<ins></ins>",
        "<ul><li>a</li><li>b</li></ul>",
        "<ol><li>c</li></ol>",
        '<table><thead><tr><th scope="col">x</th><th scope="col">y</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ]


def test_text_is_escaped_and_code_is_left_as_it_is() -> None:
    assert inline("a < b & *c*") == "a &lt; b &amp; <em>c</em>"
    assert "<code>a *b* &lt; c</code>" in render(parse_blocks("```\na *b* < c\n```"), FORM)


def test_a_note_is_linked_from_its_mark() -> None:
    assert inline("so.[^2]") == 'so.<sup id="ref-2"><a href="#note-2">2</a></sup>'


def test_addresses_are_percent_encoded() -> None:
    assert slugify("Coastal Erosion & Me") == "coastal-erosion-me"
    assert slugify("حرف").startswith("%D8%AD")
