"""Names of months, in the languages and calendars that pages write, into numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

Calendar = Literal["gregorian", "solar"]

_FURTHER = (
    """
jänner janv gen ene sty янв|feb fév febreiro фев|mrz mär|abr avr апр|maio|junho июн|julho juil июл|
août aout ago авг|sept set setiembre сен сент|okt out окт|nov ноя нояб|dez déc дек
""",
    """
tháng_một tháng_giêng|tháng_hai|tháng_ba|tháng_tư|tháng_năm|tháng_sáu|tháng_bảy|tháng_tám|
tháng_chín|tháng_mười|tháng_mười_một|tháng_mười_hai
""",
)
"""What pages write besides CLDR's names: the names of January, of February …"""
_SOLAR = """
فروردین حمل وری|اردیبهشت ثور غویی|خرداد جوزا غبرگولی|تیر سرطان چنگاښ|مرداد امرداد اسد زمری|
شهریور سنبله وږی|مهر میزان تله|آبان عقرب لړم|آذر قوس لیندۍ|دی جدی مرغومی|بهمن دلو سلواغه|
اسفند حوت کب
"""
"""The months of the Solar Hijri calendar in Iran, in Dari, in Pashto."""
_LETTERS = str.maketrans("أإيىكٱ", "اایی\u06a9ا", "\u0640\u200c\u200d.'’׳॰\u0670\u0654")
_JOINED = re.compile(r"[\s/_-]+")
_LINKS = frozenset(["de", "del", "di", "da", "do", "dos", "of", "ng", "ta", "d", "an", "من", "ماه"])
_PREFIX = re.compile(r"^[בל](?=[א-ת]{2})")  # "in" and "of" in Hebrew
_ENDING = re.compile(r"(?<=a)ren$|(?<=сар)ын$")  # cases: Basque, Mongolian
_OF_EUROPE = frozenset(
    [
        "en",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "da",
        "sv",
        "nb",
        "no",
        "fi",
        "pl",
        "cs",
        "sk",
        "ru",
        "uk",
        "tr",
        "ro",
        "hu",
        "el",
        "hr",
        "ca",
    ]
)
ANY_LANGUAGE = "*"
_SHORTEST = 3  # letters of a name in Latin script


class Month(NamedTuple):
    """A month by its number, 1 to 12, in its calendar."""

    number: int
    calendar: Calendar = "gregorian"


@lru_cache(maxsize=4096)
def month_of(name: str, language: str | None = None) -> Month | None:
    """The month called *name*, or by two names at once, as in `آذار/مارس`; None where it is none.

    A few names are of one month in one language, of another in the next: they need *language*.
    """
    found = _month(folded(name), language)
    if found or not _JOINED.search(name):
        return found
    parts = [part for part in map(folded, re.split(r"\s*/\s*", name)) if part]
    if len(parts) == 1:
        parts = [word for word in parts[0].split() if word not in _LINKS]
    months = {_month(_without_links(part), language) for part in parts}
    return months.pop() if len(months) == 1 else None


def folded(name: str) -> str:
    """*name* in small letters without accents, dots and what joins letters."""
    small = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(char for char in small if not "\u0300" <= char <= "\u036f")
    plain = unicodedata.normalize("NFC", plain).translate(_LETTERS)
    return " ".join(plain.replace("_", " ").replace("-", " ").split())


def _without_links(name: str) -> str:
    return " ".join(word for word in name.split() if word not in _LINKS)


def _month(name: str, language: str | None) -> Month | None:
    names = _names()
    found = names.get(name) or names.get(_ENDING.sub("", _PREFIX.sub("", name, count=1)))
    if not found:
        return None
    if len(found) == 1 or language == ANY_LANGUAGE:
        return next(iter(found))
    spoken = (language or "").lower().replace("_", "-").partition("-")[0]
    months = [month for month, languages in found.items() if spoken in languages]
    return months[0] if len(months) == 1 else None


@cache
def month_names() -> frozenset[str]:
    """The names of months in the languages of Europe, and their short forms, in lower case."""
    rows = [line.split("|") for line in _table() if line.partition("|")[0] in _OF_EUROPE]
    texts = [name for _, *months in rows for name in months] + [*map(_spread, _FURTHER)]
    words = (word.rstrip(".").lower() for text in texts for word in text.split())
    return frozenset(word for word in words if "_" not in word and len(word) >= _SHORTEST)


def _spread(text: str) -> str:
    return text.replace("|", " ")


@cache
def _names() -> dict[str, dict[Month, set[str]]]:
    """The months of each name, and the languages in which they are called so."""
    found: dict[str, dict[Month, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in _table():
        language, *months = line.split("|")
        _add(found, months, language.partition("_")[0], "gregorian")
    for further in _FURTHER:
        _add(found, _twelve(further), "", "gregorian")
    _add(found, _twelve(_SOLAR), "fa", "solar")
    return found


def _table() -> list[str]:
    text = files("pipelines.text").joinpath("month_names.txt").read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _twelve(text: str) -> list[str]:
    return text.strip().replace("|\n", "|").split("|")


def _add(
    found: dict[str, dict[Month, set[str]]], months: list[str], language: str, calendar: Calendar
) -> None:
    for number, names in enumerate(months, 1):
        for name in map(folded, names.split()):
            if len(name) >= _SHORTEST or not name.isascii():
                found[name][Month(number, calendar)].add(language)
