"""Golden pages: one article with each thing that does not belong to it; its text is always exact."""

from __future__ import annotations

import hashlib
import re
from random import Random

import pytest

from golden import (
    APART,
    BODY,
    LATER,
    NAMED,
    PARAGRAPHS,
    PLACED,
    SAID,
    SHAPED,
    Golden,
    page,
)
from pipelines.extract import extract_html, read_page
from pipelines.page.html import Page

ONE_LINE = {
    *("comments", "newsletter", "author", "meta", "caption", "advertisement", "dialog", "hidden"),
}
PLACES = ("between", "end", "below")
HASHED = [
    (name, place)
    for name in (*NAMED, *SHAPED)
    for place in PLACES
    if place == "below" or name not in ONE_LINE
]
"""One line among paragraphs, or behind them, has nothing but its name: only a template tells."""


def _body(golden: Golden) -> str:
    return extract_html(page(golden), "https://sound.example/last-ferry").article_body


def _reasons(golden: Golden) -> set[str]:
    read = read_page(Page("https://sound.example/last-ferry", page(golden).encode()))[1]
    return {part.reason for part in read.parts if part.reason}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("reason", NAMED)
def test_boxes_that_are_named_are_cut_with_their_reason(reason: str, place: str) -> None:
    golden = Golden(place, NAMED[reason])
    assert _body(golden) == BODY
    assert reason in _reasons(golden)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SHAPED)
def test_boxes_whose_names_say_nothing_are_cut_by_their_shape(name: str, place: str) -> None:
    assert _body(Golden(place, SHAPED[name])) == BODY


@pytest.mark.parametrize("reason", SAID)
def test_lines_above_a_text_are_no_part_of_it(reason: str) -> None:
    assert _body(Golden("above", SAID[reason])) == BODY


@pytest.mark.parametrize("name", PLACED)
def test_lines_at_the_end_of_a_text_are_no_part_of_it(name: str) -> None:
    assert _body(Golden("end", PLACED[name])) == BODY


@pytest.mark.parametrize("reason", APART)
def test_what_is_seen_once_the_text_is_chosen(reason: str) -> None:
    golden = Golden("end", APART[reason])
    assert _body(golden) == BODY
    assert reason in _reasons(golden)


@pytest.mark.parametrize("name", LATER)
def test_readers_and_further_stories_are_none_of_the_text(name: str) -> None:
    assert _body(Golden("after", LATER[name])) == BODY


def test_a_further_story_may_stand_in_a_box_that_says_nothing() -> None:
    html = page(Golden("after", LATER["next story"])).replace("article>", "div>")
    assert extract_html(html).article_body == BODY


def test_a_quote_stays_though_a_theme_puts_a_form_into_it() -> None:
    html = page(Golden("", ""))
    quoted = html.replace(
        f"<p>{PARAGRAPHS[3]}</p>", f"<blockquote><p>{PARAGRAPHS[3]}</p>{NAMED['form']}</blockquote>"
    )
    assert quoted != html
    assert extract_html(quoted).article_body == BODY


def _hashed(html: str) -> str:
    """*html* with names that say nothing."""
    return re.sub(r"class='([^']+)'", lambda found: f"class='c{_hash_of(found[1])}'", html)


def _hash_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:6]


def _pages() -> list[str]:
    boxes = (*NAMED.values(), *SHAPED.values())
    return [page(Golden(place, html)) for html in boxes for place in PLACES]


CODECS = ("utf-8", "utf-16", "cp1252", "koi8-u")


@pytest.mark.parametrize("codec", CODECS)
def test_another_encoding_gives_the_same_body(codec: str) -> None:
    """Characters that the encoding lacks are written as references."""
    declared = f"<meta charset='{codec}'>" if codec != "utf-16" else ""
    for html in _pages():
        made = html.replace("<head>", f"<head>{declared}").encode(codec, "xmlcharrefreplace")
        assert extract_html(made).article_body == extract_html(html).article_body


@pytest.mark.parametrize(("name", "place"), HASHED)
def test_hashed_names_give_the_same_body(name: str, place: str) -> None:
    html = {**NAMED, **SHAPED}[name]
    assert extract_html(_hashed(page(Golden(place, html)))).article_body == BODY


def test_widgets_added_give_the_same_body() -> None:
    """Three more boxes on each page."""
    chance = Random(5)
    boxes = [*NAMED.values(), *SHAPED.values()]
    for html in _pages():
        more = "".join(chance.sample(boxes, 3))
        wider = html.replace("</article>", f"{more}</article>")
        assert extract_html(wider).article_body == BODY
