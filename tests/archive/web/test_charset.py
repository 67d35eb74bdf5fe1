"""Bytes into characters, declarations into encodings: as browsers read them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.charset import Decoded, decode, decode_xml, decoded
from archive.web.encodings import encoding_name, read_as

RUSSIAN = "Последний паром сезона пришёл в воскресенье, и никто этого не заметил. "
CHINESE = "本季最后一班渡轮在星期天靠岸，码头上似乎没有人注意到它已经到了。"
THAI = "เรือข้ามฟากเที่ยวสุดท้ายของฤดูกาลมาถึงในวันอาทิตย์"


@pytest.mark.parametrize(
    ("content", "content_type", "charset"),
    [
        (b"\xef\xbb\xbf<meta charset=koi8-r>", "text/html; charset=latin1", "UTF-8"),
        (b"\xff\xfe<\0", None, "UTF-16LE"),
        (b"\xfe\xff\0<", None, "UTF-16BE"),
        (b"<meta charset=koi8-r>", "text/html; charset=latin1", "windows-1252"),
        (b"a", 'text/html; charset="Shift_JIS"', "Shift_JIS"),
        (b"a", "text/html;CHARSET = utf8 ; x", "UTF-8"),
        (b"<meta charset=koi8-r>", "text/html; charset=nonsense", "KOI8-R"),
        (b"<meta charset=koi8-r>", "text/html", "KOI8-R"),
        (b"<META CHARSET='gb2312' >", None, "GBK"),
        (
            b'<head><meta name=a><meta content="text/html; charset=euc-kr" http-equiv="Content-Type">',
            None,
            "EUC-KR",
        ),
        (b"<meta http-equiv=content-type content='text/html;charset=big5'>", None, "Big5"),
        (b"<meta http-equiv=refresh content='charset=big5'>caf\xe9", None, None),
        (b"<meta charset=utf-16>", None, "UTF-8"),
        (b"<meta charset=x-user-defined>", None, "windows-1252"),
        (b"<!-- <meta charset=big5> --><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<!--><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<a title='<meta charset=big5>'><meta charset=koi8-r>", None, "KOI8-R"),
        (b"</a title='<meta charset=big5>'><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<metadata charset=big5>caf\xe9", None, None),
        (b"<meta charset=nonsense><meta charset=koi8-r>", None, "KOI8-R"),
        (b"<meta charset=big5 charset=koi8-r>", None, "Big5"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?><html>", None, "ISO-8859-2"),
        (b" " * 1003 + b"<meta charset=koi8-r>", None, "KOI8-R"),
        (b" " * 1024 + b"<meta charset=koi8-r>", None, "UTF-8"),
        (b"plain", None, "UTF-8"),
        ("déjà".encode(), None, "UTF-8"),
        ("déjà".encode()[:-1], None, "UTF-8"),
        (b"d\xe9j\xe0", None, None),
        (b"", None, "UTF-8"),
    ],
)
def test_a_page_has_the_encoding_that_browsers_give_it(content, content_type, charset) -> None:
    assert decoded(content, content_type).charset == charset


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf8", "UTF-8"),
        (" Latin1\n", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("iso-8859-9", "windows-1254"),
        ("l4", "ISO-8859-4"),
        ("latin3", "ISO-8859-3"),
        ("sun_eu_greek", "ISO-8859-7"),
        ("x-sjis", "Shift_JIS"),
        ("hz-gb-2312", "replacement"),
        ("utf-7", None),
        ("base64", None),
        ("", None),
    ],
)
def test_labels_become_names(label, name) -> None:
    assert encoding_name(label) == name


@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        ("iso-8859-1", b"\x93quoted\x94 \x80", "“quoted” €"),
        ("us-ascii", b"caf\xe9 \x85", "café …"),
        ("iso-8859-9", b"\xfe\x99", "ş™"),
        ("latin2", b"\xb1\xea", "ąę"),
        ("iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
        ("tis-620", THAI.encode("cp874") + b"\x85", THAI + "…"),
        ("gb2312", "镕、朱".encode("gbk") + b"\x81\x30\x84\x36", "镕、朱¥"),
        ("gbk", b"\x80 5\xa3\xa0", "€ 5\u3000"),
        ("big5", b"\xa3\xe1\x87\x40", "€䏰"),
        ("shift_jis", b"\x87\x40\xfa\xb1\xb1", "①﨑ｱ"),
        ("euc-jp", b"\xad\xa1\xa1\xc1\xf9\xf5\xc6\xfc", "①～﨑日"),
        ("iso-2022-jp", b"\x1b$B%U%'!<\x1b(J \x1b(I1", "フェー ｱ"),
        ("euc-kr", b"\x8c\x63", "똠"),
        ("ks_c_5601-1987", b"\xb0\xa1", "가"),
        ("koi8-u", b"\xce\xae\xbe", "нўЎ"),
        ("x-mac-ukrainian", b"\x80\xff", "А€"),
        ("macintosh", b"\x8e\xdb", "é€"),
        ("utf-16", "日本".encode("utf-16-le"), "日本"),
        ("unicodefffe", "日本".encode("utf-16-be"), "日本"),
        ("x-user-defined", b"a\x80\xff", "a\uf780\uf7ff"),
        ("hz-gb-2312", b"~{<:Ky2;~}", "\ufffd"),
        ("iso-2022-kr", b"\x1b$)C\x0e0!\x0f", "\ufffd"),
    ],
)
def test_each_label_is_read_as_browsers_read_it(label: str, content: bytes, text: str) -> None:
    assert decoded(content, f"text/html; charset={label}") == Decoded(text, encoding_name(label))


@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        ("windows-1252", b"a\x81\x8d\x8f\x90\x9d\xe9", "a\x81\x8d\x8f\x90\x9dé"),
        ("windows-874", b"\xa1\x80\x9f\xdb\xff", "ก€\x9f\ufffd\ufffd"),
        ("windows-1253", b"\xe1\x88\xd2", "α\x88\ufffd"),
        ("windows-1255", b"\xe0\x81\xd9", "א\x81\ufffd"),
        ("iso-8859-7", b"\xe1\xae", "α\ufffd"),
        ("gb18030", b"\xff\xb0\xa1", "\ufffd啊"),
        ("euc-jp", b"\xc6\xfc\xff", "日\ufffd"),
        ("euc-jp", b"\xa9\xa1\xc6\xfc", "\ufffd日"),
    ],
)
def test_bytes_that_no_character_has_are_what_browsers_show(
    label: str, content: bytes, text: str
) -> None:
    assert decoded(content, f"text/html; charset={label}") == Decoded(text, encoding_name(label))


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("é".encode(), None, "é"),
        ("\ufeffé".encode(), "text/html; charset=latin-1", "é"),
        ("é".encode("utf-16"), None, "é"),
        (b'<meta charset="windows-1251">\xcf', None, '<meta charset="windows-1251">П'),
        (b"caf\xe9 noir", None, "café noir"),
        (b"caf\xe9 noir", "text/html; charset=utf-8", "café noir"),
        ("naïve".encode(), "text/html; charset=us-ascii", "naÃ¯ve"),
        ("déjà".encode()[:-1], None, "déj\ufffd"),
    ],
)
def test_characters_are_read_as_browsers_read_them(
    content: bytes, content_type: str | None, text: str
) -> None:
    assert decode(content, content_type) == text


@pytest.mark.parametrize("label", ["shift_jis", "windows-874", "iso-8859-1", "x-user-defined"])
def test_what_is_utf_8_throughout_is_read_so_where_it_cannot_be_what_it_says(label: str) -> None:
    text = "“Été” — 日本語"
    assert decoded(text.encode(), f"text/html; charset={label}") == Decoded(text, "UTF-8")


@pytest.mark.parametrize("text", ["plain words", "Été"])
def test_a_page_is_legible_that_only_says_that_browsers_do_not_read_it(text: str) -> None:
    page = f"<meta charset=iso-2022-kr>{text}"
    assert decoded(page.encode()) == Decoded(page, "UTF-8")


def test_where_nothing_is_said_the_encoding_is_a_guess() -> None:
    assert decoded(b"caf\xe9 \x9d") == Decoded("café \x9d", None)
    assert decoded(b"caf\xe9 \x80", "text/html; charset=utf-8") == Decoded("café €", None)


def test_a_slip_in_utf_8_costs_itself() -> None:
    assert decoded(b"a" * 600 + b"\xff", "text/html; charset=utf-8") == Decoded(
        "a" * 600 + "\ufffd", "UTF-8"
    )


@pytest.mark.parametrize(
    ("page", "charset", "content_type"),
    [
        (f"{' ' * 2000}<meta charset=windows-1251>{RUSSIAN}", "windows-1251", None),
        (f"{' ' * 2000}<meta charset='koi8-r'>{RUSSIAN}", "KOI8-R", "text/html; charset=utf-8"),
        (f'<meta httpequiv="ContentType" content="text/html; charset=gbk">{CHINESE}', "GBK", None),
        (f"<meta charset=nonsense>{' ' * 2000}<META name=x charset = big5>渡輪", "Big5", None),
    ],
)
def test_a_late_or_misspelt_declaration_is_better_than_none(
    page: str, charset: str, content_type: str | None
) -> None:
    assert decoded(page.encode(charset), content_type) == Decoded(page, charset)


@pytest.mark.parametrize(
    "hint", ["utf-8", "utf-16", "x-user-defined", "replacement", "shift_jis", "nonsense"]
)
def test_a_late_declaration_that_the_bytes_contradict_is_none(hint: str) -> None:
    page = f"{' ' * 2000}<meta charset={hint}>Voilà: «déjà» l'été à Genève"
    assert decoded(page.encode("cp1252")) == Decoded(page, None)


@pytest.mark.parametrize("part", [b"<meta ", b"<meta charset=", b"<!--", b"<meta charset=koi8-r>"])
def test_no_page_makes_the_search_for_a_declaration_long(part: bytes) -> None:
    content = b"\xe9" + part * (2_000_000 // len(part))
    started = time.process_time()
    decoded(content)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "windows-874", "gbk", "big5", "euc-jp", "sjis", "utf-8"]
)
def test_bytes_that_are_no_text_are_read_in_no_time(label: str) -> None:
    content = b"\x81\xff\x98\xa9\xa1" * 2_000_000
    started = time.process_time()
    decoded(content, f"text/html; charset={label}")
    assert time.process_time() - started < 4


def test_every_encoding_has_a_codec() -> None:
    labels = "utf-8 866 l2 l3 l4 cyrillic arabic greek hebrew logical l6 iso-8859-13 iso-8859-14 l9 iso-8859-16 koi koi8-u mac dos-874 cp1250 cp1251 ascii cp1253 l5 cp1255 cp1256 cp1257 cp1258 x-mac-cyrillic gbk gb18030 big5 euc-jp iso-2022-jp sjis euc-kr replacement utf-16be utf-16le x-user-defined"
    names = [str(encoding_name(label)) for label in labels.split()]
    assert len(names) == len(set(names)) == 40
    for name in set(names) - {"replacement", "UTF-16BE", "UTF-16LE"}:
        assert read_as(b"a", name) == "a"


@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            "gbk",
            "big5",
            "euc-jp",
            "iso-2022-jp",
            "sjis",
            "euc-kr",
            "utf-16",
            "dos-874",
            "x-user-defined",
            "replacement",
            "base64",
            "\0",
        ]
    )
    | st.none(),
)
def test_nothing_makes_it_fail(content: bytes, label: str | None) -> None:
    decoded(content, label and f"text/html; charset={label}")


@given(st.text("<>!-/meta chrs=\"'?xl", max_size=200))
def test_no_markup_makes_the_prescan_fail(text: str) -> None:
    assert decoded(text.encode()).charset == "UTF-8"


_UNDECLARED = {
    "ru": ("cp1251", "Паром пришёл в воскресенье, и никто на причале не заметил, что он прибыл."),
    "uk": ("koi8_u", "Пором прийшов у неділю, і ніхто на причалі не помітив, що він прибув."),
    "zh": ("gb18030", "渡轮在星期天靠岸，码头上似乎没有人注意到它已经到了。"),
    "ja": ("euc_jp", "渡し船は日曜日に着いたが、桟橋の誰もそれに気づかなかったようだ。"),
    "ko": ("cp949", "나룻배는 일요일에 닿았지만 부두의 누구도 알아차리지 못한 듯했다."),
    "el": ("cp1253", "Το πλοίο έφτασε την Κυριακή και κανείς στην προβλήτα δεν το πρόσεξε."),
    "th": ("cp874", "เรือข้ามฟากมาถึงในวันอาทิตย์ และดูเหมือนไม่มีใครบนท่าเรือสังเกตเห็น"),
}


@pytest.mark.parametrize("language", _UNDECLARED)
def test_where_nothing_is_said_the_bytes_tell_a_script_that_is_not_latin(language: str) -> None:
    codec, text = _UNDECLARED[language]
    page = f"<html lang='{language}'><title>{text}</title><p>{text}</p><p>{text}</p></html>"
    assert decoded(page.encode(codec)) == Decoded(page, None)
    if language != "th":
        page = f"<title>{text}</title><p>{text}</p><p>{text}</p>"
        assert decode(page.encode(codec)) == page


def test_a_page_in_latin_script_is_still_windows_1252() -> None:
    page = "<p>" + "L'été, la marée découvre l'épave où l'on s'assoit à midi. " * 5
    assert decode(page.encode("cp1252")) == page


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("<?xml version='1.0' encoding='windows-1251'?><a>{}</a>", ""),
        ("<a>{}</a>", "text/xml; charset=windows-1251"),
        ("<a>{}</a>", "text/xml; charset=utf-8"),
        ("<?xml version='1.0' encoding='utf-8'?><a>{}</a>", ""),
    ],
)
def test_a_feed_is_read_by_its_bytes_then_by_what_it_claims(
    content: str, content_type: str
) -> None:
    text = content.format(_UNDECLARED["ru"][1] * 2)
    assert decode_xml(text.encode("cp1251"), content_type) == text
    assert decode_xml(text.encode(), content_type) == text
