"""Lines that are the article's by where they stand, though they look like clutter."""

from __future__ import annotations

import pytest

import backissue

PROSE = [
    "The pilot of the harbour keeps a notebook in which each ship has a line of its own, and beside "
    "each line stands what the wind was and who had the watch.",
    "When the old pilot died, the notebook lay open in the tower for a winter, and the gulls came "
    "in by the broken window and walked on the pages.",
    "The next pilot wrote on where the last line stood, in another ink, and left the marks of the "
    "gulls where they were, since they were a record, too.",
    "Of the ships that came that year only two are named twice, and nobody on the quay can say what "
    "it was that brought them back before the ice.",
]


def body(*blocks: str) -> str:
    inside = "".join(block if block[0] == "<" else f"<p>{block}</p>" for block in blocks)
    html = (
        '<html><head><title>Notebook | Quay</title><meta property="og:type" content="article">'
        '</head><body><header><a href="/">Quay</a></header><nav><a href="/essays">Essays</a> '
        f'<a href="/poems">Poems</a></nav><main><article><h1>Notebook</h1>{inside}</article></main>'
        "<footer><p>© Quay</p></footer></body></html>"
    )
    return backissue.extract(html, "https://quay.example/notebook").article_body


VERSE = [
    "The wind is in the rope,",
    "the rope is in the hand,",
    "the hand is on the hope",
    "of land.",
]


@pytest.mark.parametrize("behind", [True, False], ids=["between", "at the end"])
@pytest.mark.parametrize("stanza", ["<div>{}</div>", "<blockquote>{}</blockquote>"])
def test_verse_stays_however_its_lines_are_boxed(stanza: str, behind: bool) -> None:
    verse = stanza.format("".join(f'<div class="l">{line}</div>' for line in VERSE))
    text = body(*PROSE[:3], verse, *([PROSE[3]] if behind else []))
    assert [line for line in VERSE if line not in text] == []


def test_a_small_table_of_facts_stays() -> None:
    rows = [("Year", "Ships", "Gulls"), ("1921", "forty", "9"), ("1922", "two", "300")]
    table = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    text = body(*PROSE[:2], f"<table>{table}</table>", *PROSE[2:])
    assert "1922 | two | 300" in text


@pytest.mark.parametrize(
    "line",
    [
        "Follow us along the mole, the keeper said, and mind the ropes.",
        "Sign up for a berth at the office before nine.",
        "Subscribe to the view that a ship has a soul.",
        "It froze.",
    ],
)
def test_a_line_between_paragraphs_is_not_judged_by_its_first_words(line: str) -> None:
    assert line in body(PROSE[0], PROSE[1], line, PROSE[2], PROSE[3])


@pytest.mark.parametrize(
    "line",
    [
        '<p><a href="/letter">Sign up for our newsletter</a></p>',
        "<p>Subscribe to our newsletter.</p>",
        '<p>Follow us on <a href="https://social.example/q">Facebook</a></p>',
        '<div class="share"><p>Share this article</p></div>',
    ],
)
def test_a_call_between_paragraphs_goes(line: str) -> None:
    text = body(PROSE[0], PROSE[1], line, PROSE[2], PROSE[3])
    assert text == "\n\n".join(PROSE)


@pytest.mark.parametrize(
    "line",
    [
        "(Reporting by Ida Lund in Oslo; Editing by Per Holm)",
        "Reporting by Ida Lund; Additional reporting by Mia Krog; Editing by Per Holm",
    ],
)
def test_the_sign_off_of_an_agency_is_the_last_line(line: str) -> None:
    assert body(*PROSE, line).endswith(line)


def test_a_heading_in_a_box_beside_its_anchor_stays() -> None:
    headed = '<div class="w"><h2 id="g">The gulls</h2><a href="#g">Link to The gulls</a></div>'
    text = body(*PROSE[:2], headed, *PROSE[2:])
    assert "The gulls" in text.split("\n\n")
    assert "Link to" not in text


@pytest.mark.parametrize("below", range(1, 4))
def test_a_sentence_under_a_title_that_goes_does_not_stay(below: int) -> None:
    title, line = "The Friday letter", "One long read and one photograph, by post at high water."
    box = f'<div class="x9a0de0"><h4><span>{title}</span></h4><p class="xdfa">{line}</p></div>'
    text = body(*PROSE[:below], box, *PROSE[below:])
    assert (title in text) == (line in text)
