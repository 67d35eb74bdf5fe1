"""Lines that look like text are none where they stand: above it, at its end."""

from __future__ import annotations

import lxml.html
import numpy as np
import pytest

from pipelines.boilerplate.edges import above_the_text, reasons_by_place
from pipelines.page.front_matter import Top, top_of
from pipelines.page.segments import Segments
from pipelines.page.walk import segments_of
from pipelines.text.phrases import is_credited

_PROSE = f"<p>{'A paragraph of some length, as texts are made of. ' * 3}</p>"


def _segments(html: str) -> Segments:
    return segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))


def _told(html: str, likely: int) -> dict[str, str]:
    segments = _segments(html)
    words = np.array([len(segment.text.split()) for segment in segments])
    probability = np.full(len(words), likely)
    told = reasons_by_place(segments, [None] * len(words), Top(), probability, probability * words)
    return {segments[number].text[:13]: why for number, why in told}


@pytest.mark.parametrize(("likely", "why"), [(900, "newsletter"), (980, None)])
def test_a_call_at_the_end_of_a_text_has_to_be_likelier(likely: int, why: str | None) -> None:
    told = _told(_PROSE * 9 + "<p>Sign up now for more of this</p>", likely)
    assert told.get("Sign up now f") == why


def test_a_call_in_the_middle_of_a_text_is_left_to_others() -> None:
    assert _told(_PROSE * 5 + "<p>Sign up now for more</p>" + _PROSE * 5, 900) == {}


@pytest.mark.parametrize(
    "text",
    [
        "The crane at the quay (Image: GETTY )",
        "Der Kran am Kai (Foto: Ines Carballo)",
        "The engines of November. (credit: NASA/Jude Guidry)",
        "The hall at night (Photo Credit: Haley Hoekstra)",
        "The kitchen from the yard. Photo: Thomas Kuoh",
        "Sanjeev Verma/Hindustan Times/Getty Images",
        "© Ines Carballo, for the harbour",
    ],
)
def test_a_line_that_says_whose_its_picture_is_belongs_to_the_picture(text: str) -> None:
    assert is_credited(text)


@pytest.mark.parametrize(
    "text",
    [
        "Photo: see the next page. It shows the quay.",
        "Wallet (credit/debit cards, cash, etc.)",
        "The share of the north rose (Source: harbour office)",
        "She lifted it (in the image: left) and went.",
    ],
)
def test_other_brackets_at_an_end_tell_nothing(text: str) -> None:
    assert not is_credited(text)


def test_lines_with_a_day_above_the_text_are_told() -> None:
    summary = (
        "What the ferry carried in the winter of the long ice, and for whom, and at which price."
    )
    lines = (
        f"<p>{summary}</p><p>By Ulf Hollis 22 April 2025 3947 readers</p><p>22.04.2025</p>"
        f"<p>On 22 April 2025 it left.</p><p>22 April 2025 को नाव गई।</p><p>12 boats</p>{_PROSE}<p>Seen 23 April 2025</p>"
    )
    segments = _segments(lines)
    nothing: list[str | None] = [None] * len(segments)
    assert [*above_the_text(segments, nothing, top_of([], [summary]))] == [(1, "date"), (2, "date")]
    assert [*above_the_text(segments, nothing, Top())] == []


def test_prose_right_above_a_wall_is_text() -> None:
    wall = "<h3>Subscribe to read on</h3><p>Three months for the price of one.</p>"
    segments = _segments(f"{_PROSE}<p>By Ulf Hollis</p>{_PROSE}{wall}")
    likely = np.array([900, 100, 300, 100, 300])
    reasons = [None, "author", "beside the text", "related", "wall"]
    mass = likely * 20
    assert [*reasons_by_place(segments, reasons, Top(), likely, mass)] == [(2, None)]
    assert [
        *reasons_by_place(segments, reasons, Top(), np.array([700, 100, 300, 100, 300]), mass)
    ] == []
