"""Years and digits of other calendars and scripts into the Gregorian calendar and ASCII digits."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_ERAS = {
    "明治": 1868,
    "大正": 1912,
    "昭和": 1926,
    "平成": 1989,
    "令和": 2019,
    "民國": 1912,
    "民国": 1912,
}
"""The first years of Japan's eras, and of the Republic of China's calendar."""
_ERA = re.compile(rf"(?:中華|中华)?({'|'.join(_ERAS)})\s?(\d{{1,3}}|元)\s?(年|(?=[/.-]))")
_ASIDE = re.compile(r"(?<=[年\d])\s?[(（][^()（）]{0,4}\d{1,4}\s?年?[)）](?=\s?[年\d])")
_HAN_DIGITS = "〇一二三四五六七八九"
_HAN_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_JOINERS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FIRST_NOWRUZ = date(622, 3, 21)  # 1 Farvardin of the year 1, in the proleptic Gregorian calendar
_SOLAR_YEARS = range(1300, 1451)  # where the cycle of 33 years is that of the calendar in use
_SOLAR_LANGUAGES = ("fa", "ps", "prs", "glk", "mzn", "lrc")
_PERSIAN = re.compile(r"[۰-۹]")
_PERSIAN_NOW = range(1370, 1415)  # such years of the lunar calendar were before the Web
_BUDDHIST_YEARS, _FROM_BUDDHIST = range(2400, 2700), 543


def in_ascii_digits(text: str) -> str:
    """*text* with ASCII digits, Western years for Japan's and Taiwan's, without invisible marks."""
    if text.isascii():
        return text
    text = _JOINERS.sub("", text)
    text = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
    if "年" in text or _ERA.search(text):
        text = _HAN_DATE.sub(_han_date, text)
        text = _ASIDE.sub("", text)
        text = _ERA.sub(_era_year, text)
    return text


def _han_date(found: re.Match[str]) -> str:
    year = "".join(
        str(_HAN_DIGITS.index(char.translate({0x25CB: "〇", 0x96F6: "〇"}))) for char in found[1]
    )
    return f"{year}年{_han_number(found[2])}月{_han_number(found[3])}日"


def _han_number(text: str) -> int:
    """A number up to 99, as 二十九 or 十."""
    tens, ten, ones = text.rpartition("十")
    high = _HAN_DIGITS.find(tens or "一") if ten else 0
    return 10 * high + (_HAN_DIGITS.find(ones) if ones else 0)


def _era_year(found: re.Match[str]) -> str:
    number = 1 if found[2] == "元" else int(found[2])
    return f"{_ERAS[found[1]] + number - 1}{found[3]}"


def is_solar(year: int, raw: str, language: str | None) -> bool:
    """Whether *year* of a date in numbers is one of the Solar Hijri calendar."""
    if (language or "").lower().partition("-")[0] in _SOLAR_LANGUAGES:
        return year in _SOLAR_YEARS
    return year in _PERSIAN_NOW and _PERSIAN.search(raw) is not None


def western_year(year: int) -> int:
    """*year*, of the Buddhist era where it is that far ahead, in the Gregorian calendar."""
    return year - _FROM_BUDDHIST if year in _BUDDHIST_YEARS else year


def from_solar(year: int, month: int, day: int) -> date | None:
    """A day of the Solar Hijri calendar; None where it is none."""
    if year not in _SOLAR_YEARS or not 1 <= month <= 12:
        return None
    before = 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    longest = 31 if month < 7 else 30 if month < 12 or _is_leap(year) else 29
    if not 1 <= day <= longest:
        return None
    days = 365 * (year - 1) + (8 * year + 21) // 33 + before + day - 1
    return _FIRST_NOWRUZ + timedelta(days=days)


def _is_leap(year: int) -> bool:
    return (8 * (year + 1) + 21) // 33 > (8 * year + 21) // 33
