"""Words are found in every script; where a script sets no spaces, any part of a run is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.library import Library
from archive.search.hits import search
from archive.search.tokens import marked, marked_query, unmarked

TEXTS = {
    "tokyo": "去年、東京の夏は2020年より暑かった。カタカナのメディアも。",
    "kyoto": "京都の冬は寒い。東の京と西の都。",
    "beijing": "北京的夏天很热，媒体这样说。",
    "seoul": "한국에서는 여름이 덥다. 대한민국정부의 발표.",
    "bangkok": "กรุงเทพมหานครร้อนมากในฤดูร้อน",
    "vientiane": "ນະຄອນຫຼວງວຽງຈັນ ຮ້ອນຫຼາຍ",
    "yangon": "ရန်ကုန်မြို့သည် ပူသည်။",
    "penh": "រាជធានីភ្នំពេញ ក្តៅណាស់",
    "delhi": "दिल्ली की गर्मी और हिन्दी भाषा",
    "athens": "Η Αθήνα το καλοκαίρι",
    "rare": "𠮷野家の𩸽",
    "mixed": "The word 東京 in English; iPhoneを買う。",
}


@pytest.fixture
def every(article: Callable[..., Any], publish: Callable[..., None]) -> None:
    publish(1, *(article(name, text) for name, text in TEXTS.items()))


@pytest.mark.usefixtures("every")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("東京の夏", ["tokyo"]),
        ("京の夏", ["tokyo"]),
        ("東京", ["mixed", "tokyo"]),
        ("東の京", ["kyoto"]),
        ("京", ["beijing", "kyoto", "mixed", "tokyo"]),
        ("東京 NOT 夏", ["mixed"]),
        ("東京 AND メディア", ["tokyo"]),
        ("夏は2020年", ["tokyo"]),
        ("夏*", ["beijing", "tokyo"]),
        ("夏は2*", ["tokyo"]),
        ('"東京の夏" OR "京都の冬"', ["kyoto", "tokyo"]),
        ("body : 東京", ["mixed", "tokyo"]),
        ("headline : 東京", []),
        ("NEAR(東京 暑, 12)", ["tokyo"]),
        ("夏天", ["beijing"]),
        ("한국", ["seoul"]),
        ("민국정부", ["seoul"]),
        ("여름이 덥다", ["seoul"]),
        ("มหานคร", ["bangkok"]),
        ("ฤดูร้อน", ["bangkok"]),
        ("ວຽງຈັນ", ["vientiane"]),
        ("ကုန်", ["yangon"]),
        ("ភ្នំពេញ", ["penh"]),
        ("हिन्दी", ["delhi"]),
        ("दिल", []),
        ("αθήνα", ["athens"]),
        ("𠮷野", ["rare"]),
        ("iPhone", ["mixed"]),
        ("買う", ["mixed"]),
        ("大阪", []),
    ],
)
def test_any_part_of_a_run_is_found(query: str, found: list[str], ids: Callable[..., list[str]]):
    assert ids(query) == found


@pytest.mark.usefixtures("every")
@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("東京の夏", "去年、[東京の夏]は2020年より暑かった。カタカナのメディアも。"),
        ("iPhone 東京", "The word [東京] in English; [iPhone]を買う。"),
        ("ฤดู", "กรุงเทพมหานครร้อนมากใน[ฤดู]ร้อน"),
        ("한국", "[한국]에서는 여름이 덥다. 대한민국정부의 발표."),
        ("हिन्दी", "दिल्ली की गर्मी और [हिन्दी] भाषा"),
        ("2020", "去年、東京の夏は[2020]年より暑かった。カタカナのメディアも。"),
    ],
)
def test_a_snippet_shows_the_text_as_it_is(library: Library, query: str, snippet: str):
    (hit,) = search(library, query)
    assert hit.snippet == snippet


@pytest.mark.parametrize(
    "text", [*TEXTS.values(), "", "no such script", "e\u0301 \u845b\U000e0100"]
)
def test_a_text_comes_back_from_its_marks(text: str):
    assert unmarked(marked(text)) == text


def test_a_variation_of_a_character_is_the_character(
    article: Callable[..., Any], publish: Callable[..., None], ids: Callable[..., list[str]]
):
    publish(1, article("katsuragi", "\u845b\U000e0100城市"), article("heart", "love \u2764\ufe0f"))
    assert ids("葛城") == ["katsuragi"]
    assert ids("\u845b\U000e0100城") == ["katsuragi"]
    assert ids("love") == ["heart"]


@pytest.mark.parametrize(
    "query", ["korea AND security", '"a ""quoted"" phrase" *', "headline : (a OR b)", "(", '"open']
)
def test_a_query_without_such_characters_stays_as_it_is(query: str):
    assert marked_query(query) == query


def test_a_long_text_without_spaces_has_a_short_snippet(
    library: Library, article: Callable[..., Any], publish: Callable[..., None]
):
    publish(1, article("long", "山川草木" * 200 + "東京" + "花鳥風月" * 200))
    (hit,) = search(library, "東京")
    assert "[東京]" in hit.snippet
    assert 40 < len(hit.snippet) < 70
