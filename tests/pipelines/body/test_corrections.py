"""Notes of corrections are found at the edges of a text, in several languages."""

from __future__ import annotations

import pytest

from pipelines.body.blocks import Block
from pipelines.body.corrections import corrections_in, is_correction
from pipelines.extract import extract_html


@pytest.mark.parametrize(
    "text",
    [
        "Correction: the lamp was lit by his sister, not by his wife.",
        "CORRECTION (12 March): the bridge opened in May.",
        "An earlier version of this article gave the wrong year for the bridge.",
        "This story was amended on 3 May to name the skipper.",
        "Editor’s note: the fare was given wrongly, and corrected.",
        "Correction, Nov. 15, 2019: the boat was green.",
        "Correction added Nov. 18, 2019: the line below the picture named the wrong quay.",
        "Editor's note, Nov. 11, 2022: this piece has been updated with what the skipper said.",
        "Korrektur vom 3. Mai 2024: Das Boot war blau.",
        "*In einer früheren Version dieses Textes stand, das Boot sei grün gewesen.",
        "Korrektur: Das Boot war blau.",
        "Une version précédente de cet article situait le quai au nord.",
        "Corrección: el puente se abrió en mayo.",
        "更正：桥于五月开通。",
        "تصحيح: افتتح الجسر في مايو.",
        "Уточнение: мост открыли в мае.",
    ],
)
def test_notes_are_known_by_how_they_open(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize(
    "text",
    [
        "Corrections to the chart were made by hand, and nobody checked them.",
        "The correction of the river took eleven years.",
        "An earlier version of the boat had two masts.",
        "Editor’s note: this list is of boats that anybody may hire.",
        "Corrections of 2019: they were many, and most of them late." * 40,
        "Correction: " + "word " * 200,
    ],
)
def test_what_speaks_of_corrections_is_none(text: str) -> None:
    assert not is_correction(text)


def test_only_the_edges_of_a_text_hold_notes() -> None:
    note = Block("paragraph", "Correction: it was blue.", "Correction: it was blue.")
    plain = Block("paragraph", "A line.", "A line.")
    assert corrections_in([note, *[plain] * 9]) == (note.text,)
    assert corrections_in([*[plain] * 9, note]) == (note.text,)
    assert corrections_in([*[plain] * 5, note, *[plain] * 9]) == ()


def test_an_article_has_its_notes_as_evidence() -> None:
    prose = (
        "<p>The boat left the quay at six each evening, and nobody could say why it was six.</p>"
    )
    html = f"<h1>The boat</h1>{prose * 3}<p>Correction: it left at seven on Sundays.</p>"
    article = extract_html(f"<article>{html}</article>")
    assert article.evidence["corrections"] == ["Correction: it left at seven on Sundays."]
