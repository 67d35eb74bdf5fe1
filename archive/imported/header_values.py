"""Values in headers that others wrote: text, addresses, dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")  # no URI has these
_DATE = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d{2,3})(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?"
    r" ?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d{14})\d{0,3}|(\d{12})|(\d{8})", re.ASCII)


def text_of(value: bytes) -> str:
    """*value* in UTF-8, else in latin-1, without spaces around it."""
    try:
        return value.strip().decode()
    except UnicodeDecodeError:
        return value.strip().decode("latin-1")


def clean_uri(uri: str) -> str:
    """*uri* without the brackets of WARC 1.0, and with nothing in it that no URL may have."""
    bare = uri.strip().removeprefix("<").removesuffix(">")
    return _UNSAFE.sub(lambda match: quote(match[0], safe=""), bare)


def moment_of(text: str) -> datetime | None:
    """A WARC-Date of any precision that WARC 1.1 allows, or of 12 or 14 digits; None for what is
    none.

    The files of ClueWeb09 count the day within the year, in local time:

    >>> moment_of("2009-03-65T08:43:19-0800")
    datetime.datetime(2009, 3, 6, 16, 43, 19, tzinfo=datetime.timezone.utc)
    """
    text = text.strip()
    if digits := _DIGITS.fullmatch(text):
        text = digits[1] or digits[2] or digits[3]
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:]}" if len(text) > 8 else text
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    time = (int(hour or 0), int(minute or 0), min(59, int(second or 0)), micro)
    try:
        moment = datetime(*_day(int(year), int(month or 1), int(day or 1)), *time, tzinfo=UTC)
        if zone and zone != "Z":
            moment -= datetime.strptime(zone, "%z").utcoffset() or timedelta()
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= 1900 else None


def _day(year: int, month: int, day: int) -> tuple[int, int, int]:
    """Year, month and day; a *day* that the month has not may be counted from the year's begin.

    So writes Java's `yyyy-MM-DD`. ValueError where that leads into another month.
    """
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        found = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
        if (found.year, found.month) != (year, month) or day < 1:
            raise
        return year, month, found.day
    return year, month, day
