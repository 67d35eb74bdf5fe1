"""A capture into its two rows: what they say of one page comes from one reading of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.types import Capture, Pointer
from pipelines.derive.captures_row import capture_row
from pipelines.derive.spans import derive_page
from pipelines.page.html import opened

POINTER = Pointer("warc/a.warc.gz", 0, 100)
TEXTS = {
    "tha": "เรือข้ามฟากเที่ยวสุดท้ายของฤดูกาลมาถึงในวันอาทิตย์ และดูเหมือนว่าไม่มีใครบนท่าเรือสังเกตเห็นว่ามันมาถึงแล้ว โดยเฉพาะคนที่ได้รับเงินค่าจ้างให้คอยดู",
    "heb": "המעבורת האחרונה של העונה הגיעה ביום ראשון, ואיש על הרציף לא שם לב לכך, ופחות מכולם מי ששולם לו כדי לשים לב לכך.",
    "rus": "Последний паром сезона пришёл в воскресенье, и никто на причале не заметил, что он вообще прибыл, и меньше всех тот, кому за это платили.",
    "ukr": "Останній пором сезону прийшов у неділю, і ніхто на причалі не помітив, що він узагалі прибув, і найменше той, кому за це платили.",
    "jpn": "今季最後のフェリーは日曜日に到着したが、桟橋では誰もそれに気づかなかったようで、それを仕事にしている男は特にそうだった。",
    "kor": "이번 시즌의 마지막 배는 일요일에 들어왔지만 부두에 있던 누구도 배가 왔다는 사실을 눈치채지 못한 듯했다. 돈을 받고 지켜보던 사람은 더욱 그랬다.",
    "zho": "本季最后一班渡轮在星期天靠岸，码头上似乎没有人注意到它已经到了，尤其是那个拿钱负责注意这件事的人。",
}


def capture_of(content: bytes, content_type: str) -> Capture:
    return Capture(
        url="https://quay.example/essays/ferries/",
        fetch_time=datetime(2026, 3, 7, 12, tzinfo=UTC),
        request=b"",
        head=f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode(),
        body=content,
        warc_record_id="urn:uuid:1",
    )


def page(text: str, head: str = "") -> str:
    body = "".join(f"<p>{text} {text} {number}.</p>" for number in range(4))
    return f"<html><head>{head}<title>x</title></head><body><article>{body}</article></body></html>"


@pytest.mark.parametrize(
    ("label", "codec", "language", "charset"),
    [
        ("windows-874", "cp874", "tha", "windows-874"),
        ("tis-620", "cp874", "tha", "windows-874"),
        ("iso-8859-8-i", "iso8859-8", "heb", "ISO-8859-8-I"),
        ("koi8-u", "koi8-u", "ukr", "KOI8-U"),
        ("x-mac-cyrillic", "mac-cyrillic", "rus", "x-mac-cyrillic"),
        ("x-sjis", "cp932", "jpn", "Shift_JIS"),
        ("ks_c_5601-1987", "cp949", "kor", "EUC-KR"),
        ("gb2312", "gb18030", "zho", "GBK"),
        ("windows-874", "utf-8", "rus", "UTF-8"),
    ],
)
@pytest.mark.parametrize("where", ["the header", "a meta element", "a late meta element"])
def test_encoding_language_and_text_are_of_one_reading(
    label: str, codec: str, language: str, charset: str, where: str
) -> None:
    head, kind = f"<meta charset={label}>", "text/html"
    if where == "the header":
        head, kind = "", f"text/html; charset={label}"
    elif where == "a late meta element":
        head = f"<style>{' ' * 1500}</style>{head}"
    capture = capture_of(page(TEXTS[language], head).encode(codec), kind)
    row, found = capture_row(capture, POINTER, "x"), derive_page(capture, POINTER)
    assert (row["content_charset"], row["content_languages"]) == (charset, language)
    assert found is not None
    assert TEXTS[language] in found["article_body"]


def test_what_was_opened_before_gives_the_same_rows() -> None:
    for capture in (
        capture_of(page(TEXTS["tha"]).encode("cp874"), "text/html; charset=windows-874"),
        capture_of(b"\x89PNG\r\n\x1a\n", "image/png"),
        capture_of(b"", "text/html"),
        replace(capture_of(page(TEXTS["rus"]).encode(), "text/html"), truncated="length"),
    ):
        content = opened(capture)
        assert capture_row(capture, POINTER, "x", content) == capture_row(capture, POINTER, "x")
        assert derive_page(capture, POINTER, content) == derive_page(capture, POINTER)


def test_a_page_whose_coding_is_unknown_says_so() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: rot13\r\n\r\n"
    capture = replace(capture_of(b"\x80\x01 no text", "text/html"), head=head)
    found = derive_page(capture, POINTER)
    assert found is not None
    assert (found["completeness"], found["evidence"]) == ("error", '{"error": "bad_encoding"}')
