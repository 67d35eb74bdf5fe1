"""Dates of feeds, sitemaps (W3C, RFC 822 and their accidents) and pages into aware UTC datetimes.

feedparser's own reading is not used: it fills gaps from the clock and the machine's time zone, and
rolls 31 February over into March.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    **{"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8},
    **{"bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3},
}
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?$")
_CLOCK = r"""
    (?:(?:[t,\s]|\sat\s)\s*(?P<hour>\d{1,2}):?(?P<minute>\d\d)
       (?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?\s*(?P<half>[ap]m)?)?
    \s*(?P<zone>(?:gmt|utc)?[+-]\d\d?:?(?:\d\d)?|[a-z]{1,5})?(?:\s*\([^)]*\))?
"""
DATE = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\b|\b\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:19|20)\d\d"
    r"|\b\d{1,2}(?:st|nd|rd|th|er|º)?\.?\s(?:de\s|of\s)?[^\W\d]{3,12}\.?,?\s(?:de\s)?(?:19|20)\d\d"
    r"|\b[^\W\d]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\d{1,2}月\s?\d{1,2}日"
)
"""A date in the words of a page, in any language that writes a year or signs for month and day."""
_MOST_TEXT = 3000  # characters of an item that are searched for a date
_WEEKDAY = r"(?:[a-z]{2,9}\.?,?\s+)?"
_YEAR = r"(?P<year>\d{4})"
_MONTH = r"(?P<name>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form, re.VERBOSE | re.ASCII)
    for form in (
        rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}){_CLOCK})?)?",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d){_CLOCK}",
        rf"{_WEEKDAY}{_DAY}[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d\d){_CLOCK}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}{_CLOCK}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)\s+{_YEAR}",
    )
)


def read_date(text: str | None) -> datetime | None:
    """*text* as aware UTC, None where it is no possible date; without a zone it is taken as UTC.

    The beginning of 1970 is what software writes that has no date: None too.
    """
    if not text or len(text) > 100:
        return None
    lowered = text.strip().lower()
    for form in _FORMS:
        if match := form.fullmatch(lowered):
            return _listed_moment(match.groupdict())
    return None


def _listed_moment(parts: dict[str, str | None]) -> datetime | None:
    try:
        local = datetime(
            _year(parts["year"] or ""),
            _month(parts),
            int(parts.get("day") or 1),
            _hour(parts),
            int(parts.get("minute") or 0),
            _second(parts),
            int(f"{parts.get('fraction') or '0':0<6}"[:6]),
            tzinfo=_zone(parts.get("zone")),
        )
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment == datetime(1970, 1, 1, tzinfo=UTC) or moment.year < 1000 else moment


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _month(parts: dict[str, str | None]) -> int:
    if name := parts.get("name"):
        return _MONTHS.index(name[:3]) + 1
    return int(parts.get("month") or 1)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    return hour if half is None else hour % 12 + (12 if half == "pm" else 0)


def _second(parts: dict[str, str | None]) -> int:
    second = int(parts.get("second") or 0)
    return 59 if second == 60 else second  # a leap second, which Python does not know


def _zone(text: str | None) -> timezone:
    if text is None:
        return UTC
    if offset := _OFFSET.search(text):
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))
    return timezone(timedelta(hours=_ZONES.get(text, 0)))


def date_in(element: Any) -> tuple[bool, datetime | None]:
    """Whether a date stands in *element*, and the date, if a `time` says it."""
    for time in element.iter("time"):
        if date := read_date(time.get("datetime") or ""):
            return True, date
    text = " ".join(" ".join(_first_texts(element)).split())
    return bool(DATE.search(text)) or element.find(".//time") is not None, None


def _first_texts(element: Any) -> Iterator[str]:
    length = 0
    for text in element.itertext():
        yield text[:_MOST_TEXT]
        length += len(text)
        if length > _MOST_TEXT:
            return
