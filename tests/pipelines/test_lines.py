"""Lines beside an article give themselves away by their words; lines of the article do not."""

from __future__ import annotations

import pytest

from pipelines.blocks import Block
from pipelines.lines import Top, is_date_line, keep_text, top_of


def _block(text: str, kind: str = "paragraph") -> Block:
    return Block(kind, text, text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Top 5 This Week", "popular"),
        ("Related Posts", "related"),
        ("Popular Articles", "popular"),
        ("LEAVE A REPLY", "comments"),
        ("Please enter your comment!", "comments"),
        ("Please enter your name here", "comments"),
        ("Read more: How to salt a pier", "related"),
        ("Lire aussi : le port", "related"),
        ("DON'T MISS\nThe whale that came back", "related"),
        ("Sign up for our weekly letter", "newsletter"),
        ("Photo: Ines Carballo", "caption"),
        ("By Ottilie Brandt", "author"),
        ("© 2026 The Estuary Quarterly", "copyright"),
        ("Filed under: Ports", "meta"),
        ("Updated: 3 March 2026, 10:15", "meta"),
        ("- Advertisement -", "advertisement"),
        ("This page may not be reproduced, and the rest of it is small.", "small print"),
    ],
)
def test_lines_that_are_no_text_are_told_with_their_reason(line: str, reason: str) -> None:
    kept, removed = keep_text([_block("First."), _block(line), _block("Last.")], Top())
    assert [block.text for block in kept] == ["First.", "Last."]
    assert [(row.reason, row.block) for row in removed] == [(reason, line)]


@pytest.mark.parametrize(
    "line",
    [
        "Related problems beset the second crane.",
        "More was to come.",
        "Follow him down to the quay on a wet morning.",
        "Comments like these are heard in every port.",
        "Copyright is a monopoly, said the printer.",
        "Sharing a berth is an art.",
        "By the harbour wall stood a man with a dog.",
        "Don't miss the tide, they say, and it will not miss you.",
        "Topics in dredging fill three shelves.",
        "Tags flutter from the nets.",
    ],
)
def test_lines_of_the_article_that_begin_alike_stay(line: str) -> None:
    assert keep_text([_block("First."), _block(line), _block("Last.")], Top())[1] == []


def test_the_title_goes_at_the_top_only() -> None:
    top = top_of(["The Slow Ferry Again | The Estuary"], ["It sails at noon."])
    blocks = [
        _block("The Slow Ferry, again", "heading"),
        _block("It sails at noon.", "heading"),
        _block("4 March 2026"),
        _block("Text."),
        _block("More text."),
        _block("The slow ferry again"),
    ]
    kept, removed = keep_text(blocks, top)
    assert [block.text for block in kept] == ["Text.", "More text.", "The slow ferry again"]
    assert [row.reason for row in removed] == ["title", "summary", "date"]


def test_a_quote_that_repeats_the_text_is_a_pull_quote() -> None:
    said = _block("It has a harbour cat; what it lacks is a harbour.")
    pulled, own = _block("What it lacks is a harbour", "quote"), _block("Another voice.", "quote")
    kept, removed = keep_text([said, pulled, own, said], Top())
    assert pulled not in kept
    assert own in kept
    assert [row.reason for row in removed] == ["pull quote"]


def test_a_heading_over_nothing_goes() -> None:
    kept, removed = keep_text([_block("Text."), _block("What next", "heading")], Top())
    assert [block.text for block in kept] == ["Text."]
    assert [row.reason for row in removed] == ["empty section"]


@pytest.mark.parametrize(
    "text",
    [
        "Wednesday, February 11, 2026",
        "11. Februar 2026",
        "Posted on 11/02/2026 at 10:30",
        "2026-02-11",
    ],
)
def test_a_date_alone_is_a_date_line(text: str) -> None:
    assert is_date_line(text)
    assert not is_date_line(f"{text} was a wet day in every port of the coast")
