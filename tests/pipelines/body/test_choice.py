"""The body is read in up to three ways, and the best of them is taken."""

from __future__ import annotations

import pytest

from backissue.sample.quarrysite import QuarrySite
from pipelines.body.blocks import plain
from pipelines.body.choice import Body, body_of
from pipelines.extract import extract_html
from pipelines.page.front_matter import Top
from pipelines.page.html import parse_html
from pipelines.page.walk import segments_of


def _prose(subject: str) -> str:
    return (
        f"<p>{subject} stood on the quay for the whole of that winter, in rain and in frost, and nobody "
        "who passed could say to whom it belonged or what it had been meant to lift.</p>"
    )


def _read(html: str) -> Body:
    tree = parse_html(f"<html><body>{html}</body></html>")
    assert tree is not None
    return body_of(segments_of(tree.find("body")), tree, Top())


def test_a_body_in_many_sections_is_whole() -> None:
    sections = "".join(
        f"<section><div><div>{_prose(f'Crane number {n}')}</div></div></section>" for n in range(12)
    )
    body = _read(f"<header><h1>Cranes</h1></header><div>{sections}</div>")
    assert [f"Crane number {n} " in plain(body.blocks) for n in range(12)] == [True] * 12


def test_a_body_that_stands_there_twice_is_read_once() -> None:
    text = "".join(_prose(f"The {name} crane") for name in ("red", "blue", "grey", "old"))
    layouts = f"<div class='wide'>{text}</div><div class='narrow'>{text}</div>"
    body = _read(f"<h1>Cranes</h1><div>{layouts}</div>")
    assert plain(body.blocks).count("The red crane") == 1


def test_a_sentence_that_comes_again_in_a_long_text_stays() -> None:
    refrain = _prose("The old crane")
    text = "".join(f"{_prose(f'Crane {n}')}" for n in range(9))
    body = _read(f"<h1>Cranes</h1><div>{refrain}{text}{refrain}{_prose('The end of it')}</div>")
    assert plain(body.blocks).count("The old crane") == 2


def test_a_page_of_other_peoples_titles_is_not_taken_for_its_article() -> None:
    cards = "".join(
        f"<div><h3><a href='/{n}'>Another piece {n}</a></h3>{_prose(f'Its teaser {n}')}</div>"
        for n in range(9)
    )
    text = "".join(_prose(f"Crane {n}") for n in range(6))
    body = _read(f"<article><h1>Cranes</h1>{text}</article><div>{cards}</div>")
    assert "Crane 3" in plain(body.blocks)
    assert "Another piece" not in plain(body.blocks)


def test_titles_that_lead_to_other_sites_may_be_the_article() -> None:
    books = "".join(
        f"<div><h3><a href='https://shop.example/{n}'>Book number {n}</a></h3>{_prose(f'It {n}')}</div>"
        for n in range(9)
    )
    text = "".join(_prose(f"Crane {n}") for n in range(6))
    menu = "".join(f"<li><a href='/{n}'>Quay {n}</a></li>" for n in range(20))
    body = _read(f"<ul>{menu}</ul><article><h1>Cranes</h1>{text}<div>{books}</div></article>")
    assert "Book number 3" in plain(body.blocks)
    assert "It 3 stood" in plain(body.blocks)


def test_every_block_of_the_page_is_told_with_its_fate() -> None:
    body = _read(
        f"<h1>Cranes</h1>{''.join(_prose(f'Crane {n}') for n in range(6))}"
        "<div class='share'><p>Share</p></div>"
    )
    fates = {part.text[:7]: part.reason for part in body.parts}
    assert fates["Crane 0"] is None
    assert fates["Share"] == "share"
    assert [row.reason for row in body.removed if row.block == "Share"] == ["share"]


@pytest.mark.parametrize("week", [1, 4, 9])
def test_a_text_ends_at_a_wall(week: int) -> None:
    site = QuarrySite(week)
    walled = [story for story in site.stories if story.kind == "paywall"]
    assert len(walled) == 5
    for story in walled:
        found = site.find(story.path)
        assert found is not None
        article = extract_html(found.body, story.url)
        assert set(article.article_body.split("\n\n")) <= {story.summary, story.text[0]}
        assert story.text[0] in article.article_body
        assert article.completeness == "paywall"


def test_a_wall_above_a_text_does_not_end_it() -> None:
    text = "".join(_prose(f"Crane {n}") for n in range(9))
    body = _read(f"<div>Subscribe to read on</div><h1>Cranes</h1><article>{text}</article>")
    assert len(body.blocks) == 9


def test_a_menu_is_cut_without_a_row() -> None:
    menu = "".join(f"<li><a href='/{n}'>Quay {n}</a></li>" for n in range(40))
    body = _read(f"<nav><ul>{menu}</ul></nav><h1>C</h1>{_prose('It') * 3}{_prose('The crane') * 2}")
    assert not [row for row in body.removed if row.block == "Quay 5"]


def test_a_page_without_text_has_an_empty_body() -> None:
    assert _read("<img>") == Body()
