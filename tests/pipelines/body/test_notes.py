"""Footnotes in Markdown: marks with their notes, whatever markup binds the two."""

from __future__ import annotations

import pytest

import backissue

PROSE = [
    "The pilot of the harbour keeps a notebook in which each ship has a line of its own{}, and "
    "beside each line stands what the wind was and who had the watch.",
    "When the old pilot died, the notebook lay open in the tower for a winter, and the gulls came "
    "in by the broken window{} and walked on the pages.",
    "The next pilot wrote on where the last line stood, in another ink, and left the marks of the "
    "gulls where they were, since they were a record, too.",
]


def page(marks: list[str], notes: str) -> str:
    texts = [PROSE[0].format(marks[0]), PROSE[1].format(marks[1]), PROSE[2]]
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f"<html><body><article><h1>Notebook</h1>{body}{notes}</article></body></html>"


KRAMDOWN = (
    [f'<sup id="fnref:{n}"><a href="#fn:{n}" class="footnote">{n}</a></sup>' for n in (1, 2)],
    '<div class="footnotes"><ol><li id="fn:1"><p>Kept since 1921. <a href="#fnref:1">↩</a></p></li>'
    '<li id="fn:2"><p>It was never mended. <a href="#fnref:2">↩</a></p></li></ol></div>',
)
BY_HAND = (
    [f'<a href="#n{n}" name="r{n}"><sup>[{n}]</sup></a>' for n in (1, 2)],
    '<p><a name="n1"></a>[1] Kept since 1921.</p><p><a name="n2"></a>[2] It was never mended.</p>',
)
DEFINITIONS = (
    [f'<sup class="footnote-ref"><a href="/x#note-{n}">{n}</a></sup>' for n in (1, 2)],
    '<section><p id="note-1">Kept since 1921.</p><p id="note-2">It was never mended.</p></section>',
)


@pytest.mark.parametrize(
    "markup", [KRAMDOWN, BY_HAND, DEFINITIONS], ids=["list", "by hand", "paragraphs"]
)
def test_a_mark_and_its_note_have_the_same_label(markup: tuple[list[str], str]) -> None:
    article = backissue.extract(page(*markup), "https://quay.example/x")
    text = article.article_body_markdown
    for number in (1, 2):
        assert text.count(f"[^{number}]") == 2
    assert "own[^1], and" in text
    assert "\n[^1]: " in text
    assert "Kept since 1921." in text.partition("\n[^1]: ")[2]
    assert "own, and" in article.article_body


def test_a_mark_without_its_note_is_left_out() -> None:
    article = backissue.extract(page(KRAMDOWN[0], ""), "https://quay.example/x")
    assert "[^" not in article.article_body_markdown
    assert "own, and" in article.article_body_markdown
