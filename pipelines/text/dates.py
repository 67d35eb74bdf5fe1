"""What pages write for a date into aware UTC datetimes with their precision; it reads no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from archive.types import Precision

_OLDEST, _NEWEST = 1600, 2999  # years: another number is no year
_MAX_LENGTH = 200  # characters of a text that are read for a date

_MONTH_NAMES = """
january jan januar jänner januari janvier janv enero ene janeiro gennaio gen ocak stycznia
    январь января янв
february feb februar februari février févr fév febrero febreiro fevereiro fev febbraio şubat
    lutego февраль февраля фев
march mar märz mrz mär maart mars marzo março mart marca март марта мар
april apr avril avr abril abr aprile nisan kwietnia апрель апреля апр
may mai mei mayo maio maggio mag mayıs maja май мая
june jun juni juin junio junho giugno giu haziran czerwca июнь июня июн
july jul juli juillet juil julio julho luglio lug temmuz lipca июль июля июл
august aug augustus août aout agosto ago ağustos sierpnia август августа авг
september sep sept septembre septiembre setiembre setembro set settembre eylül września
    сентябрь сентября сен сент
october oct oktober okt octobre octubre outubro out ottobre ott ekim października
    октябрь октября окт
november nov novembre noviembre novembro kasım listopada ноябрь ноября ноя нояб
december dec dezember dez december décembre déc diciembre dic dezembro dicembre aralık grudnia
    декабрь декабря дек
"""
_MONTHS = {
    name: number
    for number, line in enumerate(_MONTH_NAMES.replace("\n    ", " ").strip().splitlines(), 1)
    for name in line.split()
}
_ZONE_HOURS = """
z:0 utc:0 gmt:0 wet:0 bst:1 west:1 cet:1 cest:2 mez:1 mesz:2 eet:2 eest:3 msk:3 ist:5.5 jst:9 kst:9
aest:10 aedt:11 et:-5 est:-5 edt:-4 cst:-6 cdt:-5 mst:-7 mdt:-6 pst:-8 pdt:-7
"""
_NAMED_ZONES = {
    name: float(hours) for name, hours in (pair.split(":") for pair in _ZONE_HOURS.split())
}

_ZONE = r"(?P<zone>(?:gmt|utc)?\s?[+-]\d\d:?(?:\d\d)?\b|[a-z]{1,5}\b)?"
_TIME = (
    r"(?:[\sT,|•·@–-]*(?:\b(?:at|um|à|a\s+las|às|alle|om|kl\.?)\s+)?"
    r"(?P<hour>[01]?\d|2[0-4])\s?[:.h]\s?(?P<minute>[0-5]\d)"
    r"(?:[:.](?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?\s?(?P<half>[ap]\.?m\b\.?)?"
    rf"[\s(]{{0,2}}{_ZONE})?"
)
_COMPACT_TIME = r"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>z|[+-]\d{4})?)?"
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"
_FORMATS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}(?P<sep>[-/.]){_MONTH}(?P=sep){_DAY}(?!\d){_TIME}",
        r"(?<!\d)(?P<year>(?:1[89]|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])"
        rf"{_COMPACT_TIME}(?!\d)",
        rf"{_YEAR}\s?[年년]\s?{_MONTH}\s?[月월]\s?{_DAY}\s?[日일]{_TIME}",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:of\s+|de\s+)?{_NAME},?[\s-]+"
        rf"(?:de\s+|of\s+)?{_YEAR}(?!\d){_TIME}",
        rf"\b{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d){_TIME}",
        r"(?<!\d)(?P<one>\d{1,2})(?P<sep>[./-])\s?(?P<two>\d{1,2})(?P=sep)\s?"
        rf"{_YEAR}(?!\d){_TIME}",
        rf"^\W*{_YEAR}-{_MONTH}\W*$",
        rf"^\W*{_NAME}\s+{_YEAR}\W*$",
        rf"^\W*{_YEAR}\W*$",
    )
)
_DIGITS_OF_A_YEAR = 4  # a text with fewer digits has no date
_EPOCH = re.compile(r"(\d{10})(\d{3})?")
_URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?:(?P<sep>[/-])(?:(?P<month>0?[1-9]|1[0-2])|(?P<name>[a-z]{3,9}))"
    r"(?P=sep)(?P<day>0?[1-9]|[12]\d|3[01])"
    r"|(?P<month2>0[1-9]|1[0-2])(?P<day2>0[1-9]|[12]\d|3[01]))(?=[/_.-]|$)",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})[/-]\s?(\d{1,2})[/-]\s?(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Date:
    """A moment in UTC and how exactly it is known; a date without a time is midnight UTC."""

    value: datetime
    precision: Precision


def month_names() -> frozenset[str]:
    """The names of months that are read, and their short forms, in lower case."""
    return frozenset(_MONTHS)


def parse_date(raw: str, month_first: bool = False) -> Date | None:
    """The first date in *raw*, in any of the forms that pages write; None where there is none.

    *month_first* reads 2/9/2026 as February 9th. A time without a zone is taken for UTC.
    """
    text = raw.strip()[:_MAX_LENGTH]
    if sum(map(str.isdecimal, text)) < _DIGITS_OF_A_YEAR:
        return None
    if epoch := _EPOCH.fullmatch(text):
        return Date(datetime.fromtimestamp(int(epoch[1]), UTC), "second")
    for pattern in _FORMATS:
        for match in pattern.finditer(text):
            if found := _date(match.groupdict(), month_first):
                return found
    return None


def url_date(url: str) -> Date | None:
    """The day in the path of *url*: `/2026/02/09/`, `/2026/feb/09/`."""
    match = _URL_DATE.search(url.partition("?")[0])
    if match is None:
        return None
    month, day = match["month"] or match["month2"], match["day"] or match["day2"]
    return _date({"year": match["year"], "month": month, "name": match["name"], "day": day}, False)


def order_of(text: str) -> Literal["day", "month"] | None:
    """What comes first in a date of *text* that can be read in one way only, as 13/2/2026 can."""
    for match in _NUMERIC.finditer(text):
        one, two = int(match[1]), int(match[2])
        if 12 < one <= 31 and two <= 12:
            return "day"
        if 12 < two <= 31 and one <= 12:
            return "month"
    return None


def has_day(text: str) -> bool:
    """Whether a day stands somewhere in *text*."""
    found = parse_date(text) if sum(map(str.isdecimal, text)) > _DIGITS_OF_A_YEAR else None
    return found is not None and found.precision not in ("year", "month")


def is_in_numbers(text: str) -> bool:
    """Whether *text* has a date of numbers alone, in an order that others of its page may tell."""
    return _NUMERIC.search(text) is not None


def _date(part: dict[str, str | None], month_first: bool) -> Date | None:
    month, day = _month_and_day(part, month_first)
    year = int(part["year"] or 0)
    if month is None or not _OLDEST <= year <= _NEWEST:
        return None
    try:
        midnight = datetime(year, month, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if part.get("hour"):
        return _with_time(midnight, part)
    named = part.get("name") or part.get("month")
    return Date(midnight, "day" if day else "month" if named else "year")


def _month_and_day(part: dict[str, str | None], month_first: bool) -> tuple[int | None, int | None]:
    if first := part.get("one"):
        one, two = int(first), int(part["two"] or 0)
        swap = (month_first and part.get("sep") != "." and one <= 12) or two > 12
        return (one, two) if swap else (two, one)
    day = int(part["day"] or 0) if part.get("day") else None
    if name := part.get("name"):
        return _MONTHS.get(name.lower()), day
    return int(part.get("month") or 1), day


def _with_time(midnight: datetime, part: dict[str, str | None]) -> Date:
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    second = part.get("second")
    half = (part.get("half") or "").lower()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = int((part.get("fraction") or "0")[:6].ljust(6, "0"))
    local = timedelta(hours=hour, minutes=minute, seconds=int(second or 0), microseconds=fraction)
    moment = midnight + local - _offset(part.get("zone"))
    return Date(moment, "second" if second else "minute")


def _offset(zone: str | None) -> timedelta:
    name = (zone or "").lower().replace(" ", "")
    if name in _NAMED_ZONES:
        return timedelta(hours=_NAMED_ZONES[name])
    match = re.fullmatch(r"(?:gmt|utc)?([+-])(\d\d):?(\d\d)?", name)
    if not match:
        return timedelta(0)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return offset if match[1] == "+" else -offset
