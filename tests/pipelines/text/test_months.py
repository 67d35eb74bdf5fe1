"""The days that pages write in many languages, calendars and scripts."""

from __future__ import annotations

import runpy
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date

from pipelines.text.calendars import from_solar, in_ascii_digits
from pipelines.text.dates import parse_date, url_date
from pipelines.text.months import month_of

_DAY = date(2021, 11, 3)


def _day(text: str, month_first: bool | None = None, language: str | None = None) -> date | None:
    found = parse_date(text, month_first, language)
    return found.day if found else None


def test_the_table_of_names_is_that_of_cldr() -> None:
    root = Path(__file__).parents[3]
    made = runpy.run_path(str(root / "benchmarks" / "month_names.py"))["table"]()
    assert files("pipelines.text").joinpath("month_names.txt").read_text("utf-8") == made


_LANGUAGES = """ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id is it ja ka kk km ko lt
lv mk mn ms nb nl pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi zh"""


@pytest.mark.parametrize("language", _LANGUAGES.split())
def test_every_month_is_read_as_cldr_writes_it(language: str) -> None:
    days = [date(2023, month, 19) for month in range(1, 13)]
    locale = Locale.parse(language)
    for form in ("full", "long"):
        said = [format_date(day, form, locale) for day in days]
        assert [_day(text, language=language) for text in said] == days, said


@pytest.mark.parametrize(
    "text",
    [
        "٣ تشرين الثاني ٢٠٢١",
        "3 نوفمبر/تشرين الثاني 2021",
        "الأربعاء، 3 نوفمبر (تشرين الثاني) 2021",
        "28 ربيع الأول 1443 هـ الموافق 3 نوفمبر 2021",
        "۱۲ آبان ۱۴۰۰",
        "چهارشنبه ۱۲ آبان ۱۴۰۰ - ۱۶:۴۰",
        "۱۴۰۰/۰۸/۱۲",
        "令和3年11月3日",
        "令和3(2021)年11月3日",
        "2021年(令和3年)11月3日（水）",
        "民國110年11月3日",
        "二〇二一年十一月三日",
        "2021. 11. 3. 오전 9:12",
        "3 พฤศจิกายน 2564",
        "วันพุธที่ 3 พ.ย. พ.ศ. 2564",
        "ΤΕΤΑΡΤΗ 3 ΝΟΕΜΒΡΙΟΥ 2021",
        "ב-3 בנובמבר 2021",
        "ngày 3 tháng 11 năm 2021",
        "十一月 3, 2021",
        "३ नवंबर २०२१",
        "3. listopadu 2021",
        "3 Novembre 2021",
        "3NOV2021",
        "Wednesday, 03-Nov-21 08:49:37 GMT",
        "Wed, 3 Nov 21 08:49:37 +0100",
        "Wed Nov  3 08:49:37 2021",
        "Wed Nov 03 08:49:37 CET 2021",
        "Wed, 11/03/2021 - 17:57",
        "Wed 03/11/2021",
    ],
)
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert _day(text) == _DAY


@pytest.mark.parametrize(
    "text",
    [
        "05/04/2025",
        "28 ربيع الأول 1443",
        "1400/08/12",
        "3 of 2021 boats",
        "lip 3, 2021",
        "30/02/2021",
    ],
)
def test_what_may_be_another_day_is_none(text: str) -> None:
    assert _day(text) is None


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("3. listopada 2021", "hr", date(2021, 10, 3)),
        ("3 listopada 2021", "pl", date(2021, 11, 3)),
        ("1400/08/12", "fa-IR", _DAY),
        ("12/08/1400", "fa", _DAY),
    ],
)
def test_the_language_tells_what_is_written_alike(text: str, language: str, day: date) -> None:
    assert _day(text, False, language) == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("3 نوفمبر 2021 - 03:05 م", 15),
        ("3 نوفمبر 2021 - 03:05 ص", 3),
        ("3 Νοεμβρίου 2021, 3:05 μ.μ.", 15),
        ("2021年11月3日 下午3:05", 15),
        ("2021年11月3日(水) 午前3:05", 3),
        ("2021. 11. 3. 오후 3:05", 15),
        ("3.11.2021 klo 15.05", 15),
        ("2021-11-03 15:05:00 +0000", 15),
        ("2021年11月3日 15时05分", 15),
    ],
)
def test_the_time_beside_a_day_is_read(text: str, hour: int) -> None:
    found = parse_date(text)
    assert found is not None
    assert (found.day, found.value.hour, found.value.minute) == (_DAY, hour, 5)


@pytest.mark.parametrize(
    ("solar", "day"),
    [
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 1, 1), date(2025, 3, 21)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1404, 12, 30), None),
        ((1400, 13, 1), None),
        ((1400, 7, 31), None),
    ],
)
def test_a_day_of_the_solar_calendar(solar: tuple[int, int, int], day: date | None) -> None:
    assert from_solar(*solar) == day


def test_digits_of_all_scripts_become_ascii() -> None:
    assert in_ascii_digits("٣/۴/५ ２０２１\u200f") == "3/4/5 2021"


def test_a_name_is_known_in_any_case_and_without_accents() -> None:
    months = {month_of(name) for name in ("MÄRZ", "mars", "марта", "Mar.", "ΜΑΡΤΙΟΥ", "آذار/مارس")}
    assert {month and month.number for month in months} == {3}
    assert month_of("lip") is None
    assert month_of("آذار/أيار") is None


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2021/11/03/boats", _DAY),
        ("/2021/11/3/", _DAY),
        ("/2021-11-03-boats.html", _DAY),
        ("/20211103/boats", _DAY),
        ("/2021/11/03.html", _DAY),
        ("/2021/11/3-boats-that-came-back/", None),
        ("/2021/11/03-boats/", None),
        ("/2021/11/3.html", None),
        ("/2021/11/", None),
        ("/read?at=/2021/11/03/", None),
    ],
)
def test_a_number_at_the_head_of_a_slug_is_no_day(path: str, day: date | None) -> None:
    found = url_date(f"https://quay.example{path}")
    assert (found and found.day) == day
