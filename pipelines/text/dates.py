"""What pages write for a date into aware UTC datetimes with their precision; it reads no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from archive.types import Precision
from pipelines.text.calendars import from_solar, in_ascii_digits, is_solar, western_year
from pipelines.text.date_forms import EPOCH, FORMS, NUMERIC, URL_DATE, WEEKDAY_BEFORE
from pipelines.text.months import ANY_LANGUAGE, month_of

_OLDEST, _NEWEST = 1600, 2999  # years: another number is no year
_MAX_LENGTH = 200  # characters of a text that are read for a date
_MAY_BE_DATE = re.compile(r"\d{4}|[a-z][ -]\d\d \d\d?:\d\d", re.IGNORECASE)
_TURN = 50  # two digits from here on are a year of the 20th century, as in RFC 2822

_ZONE_HOURS = """
z:0 utc:0 gmt:0 wet:0 bst:1 west:1 cet:1 cest:2 mez:1 mesz:2 eet:2 eest:3 msk:3 ist:5.5 jst:9 kst:9
aest:10 aedt:11 et:-5 est:-5 edt:-4 cst:-6 cdt:-5 mst:-7 mdt:-6 pst:-8 pdt:-7
"""
_NAMED_ZONES = {
    name: float(hours) for name, hours in (pair.split(":") for pair in _ZONE_HOURS.split())
}
_OFFSET = re.compile(r"(?:gmt|utc)?([+-])(\d\d?):?(\d\d)?")
_AFTERNOON = ("p", "μμ", "م", "بظ", "下午", "午後", "午后", "오후")
_FORENOON = ("a", "πμ", "ص", "قظ", "上午", "午前", "오전")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_Part = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Date:
    """A moment in UTC and how exactly it is known; a date without a time is midnight UTC.

    *offset* is that of the zone that is named; None where none is.
    """

    value: datetime
    precision: Precision
    offset: timedelta | None = None

    @property
    def day(self) -> date | None:
        """The day as it is written; None where only a month or a year is."""
        if self.precision in ("year", "month"):
            return None
        return (self.value + (self.offset or timedelta(0))).date()


def parse_date(
    raw: str, month_first: bool | None = False, language: str | None = None
) -> Date | None:
    """The first date in *raw*, in any of the forms that pages write; None where there is none.

    *month_first* reads 2/9/2026 as February 9th; where it is None, such a date is none, unless the
    day of the week before it tells. A time without a zone is taken for UTC. *language* tells
    apart what is written alike.
    """
    return _first_date(raw.strip()[:_MAX_LENGTH], month_first, language)


@lru_cache(maxsize=1024)
def _first_date(raw: str, month_first: bool | None, language: str | None) -> Date | None:
    text = in_ascii_digits(raw)
    if not _MAY_BE_DATE.search(text):
        return None
    if epoch := EPOCH.fullmatch(text):
        return Date(datetime.fromtimestamp(int(epoch[1]), UTC), "second", timedelta(0))
    for form in FORMS:
        match = form.search(text)
        while match:
            if found := _read(match, raw, month_first, language):
                return found
            match = form.search(text, match.start() + 1)
    return None


def url_date(url: str) -> Date | None:
    """The day in the path of *url*: `/2026/02/09/`, `/2026/feb/09/`, `/2026-02-09-slug`."""
    match = URL_DATE.search(re.split("[?#]", url, maxsplit=1)[0])
    if match is None:
        return None
    month, name = (
        match["month"] or match["month2"] or match["month3"],
        match["name"] or match["name3"],
    )
    day = match["day"] or match["day2"] or match["day3"] or match["day4"]
    return _date({"year": match["year"], "month": month, "name": name, "day": day}, False, "", "en")


def order_of(text: str) -> Literal["day", "month"] | None:
    """What comes first in a date of *text* that can be read in one way only, as 13/2/2026 can."""
    for match in NUMERIC.finditer(text):
        one, two = int(match[1]), int(match[2])
        if 12 < one <= 31 and two <= 12:
            return "day"
        if 12 < two <= 31 and one <= 12:
            return "month"
    return None


def has_day(text: str) -> bool:
    """Whether a day stands somewhere in *text*."""
    found = parse_date(text, language=ANY_LANGUAGE)
    return found is not None and found.precision not in ("year", "month")


def without_date(text: str) -> str | None:
    """What *text* says besides its first date; None where it has none."""
    plain = in_ascii_digits(text.strip()[:_MAX_LENGTH])
    for form in FORMS:
        for match in form.finditer(plain):
            if _read(match, text, False, ANY_LANGUAGE):
                return plain[: match.start()] + plain[match.end() :]
    return None


def is_in_numbers(text: str) -> bool:
    """Whether *text* has a date of numbers alone, in an order that others of its page may tell."""
    return NUMERIC.search(in_ascii_digits(text)) is not None


def _read(
    match: re.Match[str], raw: str, month_first: bool | None, language: str | None
) -> Date | None:
    part = match.groupdict()
    if part.get("one") and (told := WEEKDAY_BEFORE.search(match.string, 0, match.start())):
        month_first = _order_by_weekday(part, told[1].lower(), month_first)
    return _date(part, month_first, raw, language)


def _order_by_weekday(part: _Part, weekday: str, month_first: bool | None) -> bool | None:
    """Whether the month comes first, by the day of the week on which the date falls."""
    fitting = []
    for order in (True, False):
        found = _date(part, order, "", None)
        if found and found.day and _WEEKDAYS[found.day.weekday()] == weekday:
            fitting.append(order)
    return fitting[0] if len(fitting) == 1 else month_first


def _date(part: _Part, month_first: bool | None, raw: str, language: str | None) -> Date | None:
    day = _day_of(part, month_first, raw, language)
    if day is None or not _OLDEST <= day.year <= _NEWEST:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if part.get("hour"):
        return _with_time(midnight, part)
    if part.get("day") or part.get("one"):
        return Date(midnight, "day")
    return Date(midnight, "month" if part.get("name") or part.get("month") else "year")


def _day_of(part: _Part, month_first: bool | None, raw: str, language: str | None) -> date | None:
    """The day, or the first of the month or year, in the Gregorian calendar."""
    year = _year_of(part)
    number, day = _month_and_day(part, month_first)
    solar = year < _OLDEST and is_solar(year, raw, language)
    if name := part.get("name"):
        month = month_of(name, language)
        if month is None:
            return None
        number, solar = month.number, month.calendar == "solar"
    if number is None:
        return None
    if solar:
        return from_solar(year, number, day)
    try:
        return date(western_year(year), number, day)
    except ValueError:
        return None


def _year_of(part: _Part) -> int:
    if short := part.get("short_year"):
        return int(short) + (1900 if int(short) >= _TURN else 2000)
    return int(part["year"] or 0)


def _month_and_day(part: _Part, month_first: bool | None) -> tuple[int | None, int]:
    if first := part.get("one"):
        one, two = int(first), int(part["two"] or 0)
        ordered = part.get("sep") == "." or one > 12 or two > 12 or one == two
        if month_first is None and not ordered:
            return None, 1
        swap = (month_first and part.get("sep") != "." and one <= 12) or two > 12
        return (one, two) if swap else (two, one)
    return int(part.get("month") or 1), int(part.get("day") or 1)


def _with_time(midnight: datetime, part: _Part) -> Date:
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    second = part.get("second")
    half = re.sub(r"[.\s]", "", (part.get("half") or part.get("first_half") or "").lower())
    if half and 1 <= hour <= 12:
        if half.startswith(_AFTERNOON):
            hour = hour % 12 + 12
        elif half.startswith(_FORENOON):
            hour %= 12
    fraction = int((part.get("fraction") or "0")[:6].ljust(6, "0"))
    local = timedelta(hours=hour, minutes=minute, seconds=int(second or 0), microseconds=fraction)
    offset = _offset(part.get("zone"))
    moment = midnight + local - (offset or timedelta(0))
    return Date(moment, "second" if second else "minute", offset)


def _offset(zone: str | None) -> timedelta | None:
    """The offset of *zone* from UTC; None where it is no zone that is known."""
    name = (zone or "").lower().replace(" ", "")
    if name in _NAMED_ZONES:
        return timedelta(hours=_NAMED_ZONES[name])
    match = _OFFSET.fullmatch(name)
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return offset if match[1] == "+" else -offset
