"""Long stories: the last paragraph of hundreds is as much text as the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest

from golden import PARAGRAPHS, Golden, page
from pipelines.extract import extract_html

_SENTENCES = [
    sentence for text in PARAGRAPHS for sentence in re.split(r"(?<=[.”]) ", text) if sentence
]
_BOX = re.compile(r"<div class='k3'>.*?</div>")


def _story(count: int) -> list[str]:
    """Paragraphs of one to six sentences, a third of them a line that somebody says."""
    chance = Random(count)
    return [
        " ".join(chance.choices(_SENTENCES, k=1 if n % 3 == 2 else chance.randint(2, 6)))
        + f" That was on day {n}."
        for n in range(count)
    ]


def _paragraphs(story: list[str]) -> str:
    return "<div class='k3'>" + "".join(f"<p>{text}</p>" for text in story) + "</div>"


def _lines(story: list[str]) -> str:
    return f"<div class='k3'>{'<br><br>'.join(story)}</div>"


def _cell(story: list[str]) -> str:
    return f"<table><tr><td>{_paragraphs(story)}</td></tr></table>"


def _wrapped(story: list[str]) -> str:
    return "<div>" + "".join(f"<div class='k4'><p>{text}</p></div>" for text in story) + "</div>"


def _sections(story: list[str]) -> str:
    parts = (_paragraphs(story[at : at + 12]) for at in range(0, len(story), 12))
    return "".join(f"<section>{part}</section>" for part in parts)


def _illustrated(story: list[str]) -> str:
    picture = (
        "<figure><img src='/p.jpg'><figcaption>The quay. Photo: Jens Holm</figcaption></figure>"
    )
    return (
        "<div class='k3'>"
        + "".join(f"<p>{text}</p>{picture if n % 9 == 4 else ''}" for n, text in enumerate(story))
        + "</div>"
    )


@pytest.mark.parametrize("count", [40, 300, 1_200])
@pytest.mark.parametrize("make", [_paragraphs, _lines, _cell, _wrapped, _sections, _illustrated])
def test_no_paragraph_of_a_long_story_is_lost(make: Callable[[list[str]], str], count: int) -> None:
    story = _story(count)
    html = _BOX.sub(lambda _: make(story), page(Golden("", "")))
    body = extract_html(html, "https://sound.example/last-ferry").article_body
    assert body.split("\n\n") == story


def test_a_cell_that_holds_a_page_is_no_data() -> None:
    """As in pages that lay out their columns with a table."""
    text = "<br><br>".join(PARAGRAPHS)
    html = f"<table><tr><td><a href='/'>Home</a></td><td>{text}</td></tr></table>"
    assert extract_html(html).article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_paragraph_that_the_writer_repeats_is_no_copy() -> None:
    story = [*PARAGRAPHS[:3], PARAGRAPHS[1], *PARAGRAPHS[3:], PARAGRAPHS[1], PARAGRAPHS[1]]
    html = _BOX.sub(lambda _: _paragraphs(story), page(Golden("", "")))
    assert extract_html(html).article_body.split("\n\n") == story


def test_layouts_that_each_hold_the_text_are_copies() -> None:
    lines = "<br><br>".join(PARAGRAPHS)
    twice = f"<div class='wide'>{lines}</div><div class='narrow'>{lines}</div>"
    html = _BOX.sub(lambda _: twice, page(Golden("", "")))
    assert extract_html(html).article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_data_cell_with_lines_stays_in_its_row() -> None:
    cell = "<br>".join([PARAGRAPHS[0], PARAGRAPHS[1], PARAGRAPHS[2]])
    rows = "".join(
        f"<tr><td>Boat {n}</td><td>{1950 + n}</td><td>{cell}</td></tr>" for n in range(4)
    )
    html = page(Golden("between", f"<table>{rows}</table>"))
    assert "Boat 2 | 1952 | The evening boat" in extract_html(html).article_body
