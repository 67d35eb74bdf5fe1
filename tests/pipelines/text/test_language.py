"""Texts and pages into languages: the same answer every time, and none where there is no telling."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.page.html import parse_html
from pipelines.text.language import language_of, language_of_page, language_tag

TEXTS = {
    "eng": "The magazine appears every month with new essays on books and politics, its editor said.",
    "deu": "Die Zeitschrift erscheint jeden Monat mit neuen Aufsätzen über Bücher und Politik.",
    "fra": "La revue paraît chaque mois avec de nouveaux essais sur les livres et la politique.",
    "spa": "La revista aparece cada mes con nuevos ensayos sobre libros y política internacional.",
    "rus": "Журнал выходит каждый месяц и печатает новые статьи о книгах и политике.",
    "ell": "Το περιοδικό κυκλοφορεί κάθε μήνα με νέα δοκίμια για βιβλία και πολιτική.",
    "zho": "这本杂志每个月出版一期，刊登有关书籍和政治的新文章，编辑在星期一说。",
    "jpn": "この雑誌は毎月発行され、本と政治に関する新しいエッセイを掲載しています。",
    "kor": "이 잡지는 매달 발행되며 책과 정치에 관한 새로운 글을 싣고 있습니다.",
    "ara": "تصدر المجلة كل شهر وفيها مقالات جديدة عن الكتب والسياسة كما قال رئيس التحرير.",
}


@pytest.mark.parametrize(("code", "text"), list(TEXTS.items()))
def test_a_text_has_its_language(code: str, text: str) -> None:
    assert language_of(text) == code
    assert language_of(text * 500) == code


@pytest.mark.parametrize(("code", "tag"), [("eng", "en"), ("deu", "de"), ("zho", "zh")])
def test_the_tag_is_the_short_one_of_bcp_47(code: str, tag: str) -> None:
    assert language_tag(TEXTS[code]) == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Review",
        "Read more",
        "1984 " * 100,
        "— … !? " * 50,
        "https://review.example/" + "a" * 200,
        "短い文",
        "\ud800" * 100,
    ],
)
def test_too_little_text_has_none(text: str) -> None:
    assert language_of(text) is None
    assert language_tag(text) is None


def test_every_label_of_the_model_has_a_code_of_three_letters() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    from pipelines.text.language import _iso_639_3

    codes = _iso_639_3()
    assert len(codes) == 184
    assert all(len(tag) == 2 and len(code) == 3 for tag, code in codes.items())
    labels = LanguageIdentifier.from_model_file(MODEL_FILE).nb_classes
    assert {len(codes.get(label, label)) for label in labels} == {3}


def test_a_page_has_the_language_that_its_readers_see() -> None:
    page = f"""<html lang=en><head><title>{TEXTS["eng"]}</title></head><body>
        <script>var words = "{TEXTS["eng"] * 3}";</script><style>/* {TEXTS["eng"] * 3} */</style>
        <!-- {TEXTS["eng"] * 3} --><p>{TEXTS["deu"]}</p></body></html>"""
    assert language_of(page) != "deu"
    assert language(page) == "deu"


def language(page: str) -> str | None:
    tree = parse_html(page)
    assert tree is not None
    return language_of_page(tree)


def test_words_beside_what_is_not_seen_are_seen() -> None:
    words = TEXTS["deu"].split()
    assert language(f"<p>{'<script>x</script>'.join(f' {word} ' for word in words)}") == "deu"
    deep = "".join(f"<div>{word} " for word in words)
    assert language(f"{'<div>' * 150}{deep}") == "deu"


def test_the_beginning_of_a_long_page_tells() -> None:
    assert language(f"<p>{TEXTS['deu'] * 60}</p><p>{TEXTS['eng'] * 500}</p>") == "deu"


@pytest.mark.parametrize(
    "page", ["<", "<html></html>", "<p>Home</p>", "\ufffd" * 100, "<div>" * 5000]
)
def test_a_page_without_text_has_none(page: str) -> None:
    assert language(page) is None


def test_the_model_is_loaded_when_it_is_needed_only() -> None:
    program = "import pipelines.text.language, sys; sys.exit('py3langid' in sys.modules or 'lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
