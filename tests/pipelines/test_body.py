"""The body is read in up to three ways, and the best of them is taken."""

from __future__ import annotations

from pipelines.blocks import plain
from pipelines.body import Body, body_of
from pipelines.lines import Top
from pipelines.page import parse


def _prose(subject: str) -> str:
    return (
        f"<p>{subject} stood on the quay for the whole of that winter, in rain and in frost, and nobody "
        "who passed could say to whom it belonged or what it had been meant to lift.</p>"
    )


def _read(html: str) -> Body:
    tree = parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    return body_of(tree, Top())


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
    body = _read(f"<h1>Cranes</h1><div>{refrain}{text}{refrain}</div>")
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


def test_the_tree_is_left_as_it_is() -> None:
    tree = parse(f"<body><div class='share'>Share</div>{_prose('The crane')}</body>")
    assert tree is not None
    body = body_of(tree, Top())
    assert tree.text_content().startswith("Share")
    assert [row.block for row in body.removed] == ["Share"]
