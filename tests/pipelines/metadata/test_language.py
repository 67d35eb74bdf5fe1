from __future__ import annotations

import pytest

from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.language import language_of_article, normalise_language
from pipelines.page.html import parse_html


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en_us", "en-US"),
        ("EN", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("pt-BR", "pt-BR"),
        ("", None),
        ("English", None),
        ("und", None),
    ],
)
def test_language_tags_are_normalised(raw: str, tag: str | None) -> None:
    assert normalise_language(raw) == tag


def test_the_text_tells_the_language_where_nothing_is_declared() -> None:
    tree = parse_html("<p>x</p>")
    assert tree is not None
    text = (
        "Der Hafen liegt vierzig Meilen vom Meer entfernt, und niemand hat sich je darüber beklagt."
    )
    assert language_of_article(declarations_of(tree, "https://estuary.example/ports/a"), text) == (
        "de",
        "text",
    )
