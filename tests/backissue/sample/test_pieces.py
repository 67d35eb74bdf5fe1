from __future__ import annotations

import pytest

from backissue.sample.blocks import FURNITURE
from backissue.sample.magazines import EDITION_TIMES, MAGAZINES, TIDELINE
from backissue.sample.pieces import Piece, load_pieces, read_piece
from pipelines.text.words import word_count

FIRST = [piece for magazine in MAGAZINES for piece in load_pieces(magazine, 1)]
SECOND = [piece for magazine in MAGAZINES for piece in load_pieces(magazine, 2)]


@pytest.mark.parametrize("piece", SECOND, ids=lambda piece: piece.slug[:24])
def test_a_piece_is_of_real_length_and_complete(piece: Piece) -> None:
    assert 350 <= word_count(piece.true_text) <= 1000
    assert len(piece.blocks) >= 8
    assert piece.authors
    assert piece.keywords
    assert 2 <= len(piece.comments) <= 3
    assert piece.date_published <= piece.date_modified <= EDITION_TIMES[1]
    assert any(block.kind == "heading" for block in piece.blocks)


def test_the_magazines_are_varied() -> None:
    kinds = {block.kind for piece in SECOND for block in piece.layout}
    assert {"item", "step", "quote", "row", "code", "note"} | FURNITURE <= kinds
    assert {piece.language for piece in SECOND} == {"en", "de", "es", "ar", "fr", "it", "ja"}
    assert len({piece.date_published.month for piece in SECOND}) >= 6
    assert len({piece.title for piece in SECOND}) == len(SECOND) == 25


def test_pieces_come_newest_first_and_new_ones_wait_for_their_edition() -> None:
    dates = [piece.date_published for piece in load_pieces(TIDELINE, 1)]
    assert dates == sorted(dates, reverse=True)
    assert max(dates) < EDITION_TIMES[0]
    new = {piece.slug for piece in SECOND} - {piece.slug for piece in FIRST}
    assert len(new) == 2


def test_one_piece_is_forbidden() -> None:
    assert [piece.path for piece in FIRST if piece.forbidden] == [
        "/private/letter-to-members-what-spring-cost"
    ]


def test_captions_and_pull_quotes_are_no_part_of_the_text() -> None:
    piece = next(p for p in FIRST if p.slug == "the-crane-drivers-who-went-upstairs")
    assert "two of five cranes are at work" not in piece.true_text
    assert piece.true_text.count("it is silent") == 1
    assert piece.true_text.count("\n\n") == len(piece.blocks) - 1


def test_a_correction_that_matches_nothing_is_refused() -> None:
    text = (
        '+++\ntitle = "T"\nauthors = []\nsection = "S"\nkeywords = []\nlanguage = "en"\n'
        'summary = ""\npublished = 2026-01-01T00:00:00Z\n[second_edition]\nkind = "corrected"\n'
        'at = 2026-02-01T00:00:00Z\nwrong = "absent"\nright = "x"\nnote = "n"\n+++\nBody.\n'
    )
    assert read_piece(TIDELINE, "t", text, 1).true_text == "Body."
    with pytest.raises(ValueError, match="must match once"):
        read_piece(TIDELINE, "t", text, 2)
