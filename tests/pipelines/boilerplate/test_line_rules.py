"""Lines beside an article give themselves away by their words; lines of the article do not."""

from __future__ import annotations

import lxml.html
import pytest

from pipelines.boilerplate.line_rules import reason_against
from pipelines.page.front_matter import Top, top_of
from pipelines.page.segments import Segments
from pipelines.page.walk import segments_of
from pipelines.text.phrases import cue_of


def _segments(html: str) -> Segments:
    return segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))


def _reason(text: str, top: Top = Top(), tag: str = "p") -> str | None:  # noqa: B008 - frozen
    segments = _segments(f"<{tag}>{'<br>'.join(text.splitlines())}</{tag}>")
    return reason_against(segments, segments[0], top)


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
    assert _reason(line) == reason
    assert cue_of(line) > 0


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
    assert _reason(line) is None
    assert cue_of(line) == 0


def test_titles_summaries_and_dates_are_known() -> None:
    top = top_of(["The Slow Ferry Again | The Estuary"], ["It sails at noon."])
    assert _reason("The Slow Ferry, again", top) == "title"
    assert _reason("It sails at noon.", top, "h2") == "summary"
    assert _reason("It sails at noon.", top) == "summary"
    assert _reason("It sails at noon, and again at six.", top) is None
    assert _reason("4 March 2026", top) == "date"


def test_a_line_of_the_numbers_of_pages_is_told() -> None:
    numbers = "".join(f" <a href='?page={n}'>{n}</a>" for n in range(2, 5))
    segments = _segments(f"<p>Page 1{numbers}</p><p>From <a href=/a>1</a> to <a href=/b>2</a></p>")
    assert [reason_against(segments, segment, Top()) for segment in segments] == [
        "navigation",
        None,
    ]
