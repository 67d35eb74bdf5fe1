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
    told = language_of_article(declarations_of(tree, "https://estuary.example/ports/a"), text)
    assert told == ("de", "text", [])


_GERMAN = """Der Hafen liegt vierzig Meilen vom Meer entfernt, und niemand hat sich je darüber beklagt.
Im Herbst werden die Boote an Land gezogen, und im Frühjahr kommen sie wieder ins Wasser, wenn es
eines gibt. Die alte Wirtin sagt, dass ihr Großvater noch Fische gefangen habe, aber das glaubt ihr
hier keiner. Am Sonntag sitzen die Männer auf der Mauer und reden über das Wetter, und die Kinder
werfen Steine in den Schlick, bis es dunkel wird und die Lampen angehen."""
_ENGLISH = """The harbour is forty miles from the sea, and nobody has ever complained about it. In the
autumn the boats are pulled ashore, and in the spring they go back into the water, if there is any.
The old landlady says that her grandfather still caught fish here, but nobody believes her. On Sunday
the men sit on the wall and talk about the weather, and the children throw stones into the mud until
it gets dark and the lamps are lit along the quay."""
_TEXTS = {
    "de": _GERMAN,
    "zh": "港口离大海四十里，从来没有人抱怨过。秋天人们把船拉上岸，春天再放回水里，如果有水的话。",
    "ja": "港は海から四十里も離れているが、文句を言う人は一人もいなかった。秋になると船は陸に上げられる。",
    "ko": "항구는 바다에서 사십 리나 떨어져 있지만 아무도 불평하지 않았다. 가을이면 배를 뭍으로 끌어 올린다.",
    "ar": "يقع الميناء على بعد أربعين ميلا من البحر ولم يشتك أحد من ذلك قط. وفي الخريف تسحب القوارب إلى البر.",
    "el": "Το λιμάνι απέχει σαράντα μίλια από τη θάλασσα και κανείς δεν παραπονέθηκε ποτέ γι' αυτό.",
    "ru": "Гавань находится в сорока милях от моря, и никто никогда на это не жаловался. Осенью лодки "
    "вытаскивают на берег, а весной снова спускают на воду, если она есть.",
}


def _told(lang: str, text: str, head: str = "") -> tuple[str | None, str, list[dict[str, str]]]:
    tree = parse_html(f"<html lang='{lang}'><head>{head}</head><body><p>x</p></body></html>")
    assert tree is not None
    return language_of_article(declarations_of(tree, "https://estuary.example/ports/a"), text)


@pytest.mark.parametrize("language", _TEXTS)
def test_a_text_that_speaks_beyond_doubt_tells_more_than_its_page(language: str) -> None:
    tag, source, rejected = _told("en-US", _TEXTS[language])
    assert (tag, source) == (language, "text")
    assert rejected == [
        {"from": "markup:html.lang", "raw": "en-US", "why": f"the text is in {language}"}
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh-TW", _TEXTS["zh"]),
        ("zh-Hant-HK", _TEXTS["zh"]),
        ("ja", _TEXTS["zh"]),
        ("de-CH", _GERMAN),
        ("en-GB", _ENGLISH),
        ("uk", _TEXTS["ru"]),
        ("nl", "Der Hafen liegt am Meer."),
        ("en", "Der Hafen. 1, 2, 3."),
        ("en", _ENGLISH + " " + _TEXTS["zh"]),
        ("fr", _GERMAN[: len(_GERMAN) // 2] + _ENGLISH[len(_ENGLISH) // 2 :]),
    ],
)
def test_what_is_declared_stays_where_the_text_does_not_gainsay_it(lang: str, text: str) -> None:
    assert _told(lang, text)[:2] == (lang, "markup:html.lang")


def test_of_two_declarations_that_of_the_texts_language_is_true() -> None:
    head = "<meta property='og:locale' content='en_US'>"
    tag, source, rejected = _told("de-AT", _GERMAN, head)
    assert (tag, source) == ("de-AT", "markup:html.lang")
    assert [row["raw"] for row in rejected] == ["en_US"]
