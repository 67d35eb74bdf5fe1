"""Readers' comments come out as they were written, whatever the theme calls them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.types import Comment
from archive.web.charset import decode
from backissue.sample.magazines import MAGAZINES, TODAY
from backissue.sample.pieces import Piece
from backissue.sample.site import build_edition
from pipelines.comments import comments_of
from pipelines.page.html import parse_html

EDITION = build_edition(1, TODAY)
NESTED = """
<article><h1>A piece</h1><p>Text.</p></article><section id="comments"><h2>3 comments</h2><ol>
<li class="comment even" id="comment-1"><div><cite class="fn">Ada</cite><time datetime="2026-03-01T10:00:00Z">
March 1</time></div><div><p>First.</p><p>And more.</p></div><a href="#r">Reply</a>
<ol class="children"><li class="comment odd" id="comment-2"><div><cite class="fn">Bo</cite></div>
<div><p>An answer to it.</p></div></li></ol></li>
<li class="comment even" id="comment-3"><div><cite class="fn">Cy</cite></div><div><p>Another one.</p></div></li>
</ol><form><textarea name="comment"></textarea></form></section>
"""


def of(html: str) -> tuple[Comment, ...]:
    tree = parse_html(html)
    assert tree is not None
    return comments_of(tree)


@pytest.mark.parametrize("piece", EDITION.pieces, ids=lambda piece: piece.slug)
def test_the_comments_of_a_piece_are_found_in_each_theme(piece: Piece) -> None:
    page = decode(EDITION.resources[piece.magazine.host][piece.path].body)
    assert [(one.author, one.text) for one in of(page)] == [tuple(one) for one in piece.comments]


def test_replies_name_what_they_answer() -> None:
    assert of(NESTED) == (
        Comment(
            author="Ada",
            date_published=datetime(2026, 3, 1, 10, tzinfo=UTC),
            text="First.\n\nAnd more.",
        ),
        Comment(author="Bo", text="An answer to it.", parent=1),
        Comment(author="Cy", text="Another one."),
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>No thread at all.</p>",
        "<article><p>Text.</p></article><form><textarea></textarea></form>",
        "<section id='comments'><h2>No comments yet</h2></section>",
        "<div>" * 300 + "<textarea>",
    ],
)
def test_where_there_is_no_comment_there_is_none(html: str) -> None:
    assert of(html) == ()


def test_each_magazine_has_pieces_with_comments() -> None:
    assert {p.magazine for p in EDITION.pieces if p.comments} == set(MAGAZINES)
