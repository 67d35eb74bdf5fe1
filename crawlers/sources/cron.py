"""Five cron fields into a trigger of APScheduler: days of the week as cron numbers them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archive.source import Source

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WEEKDAY_ITEM = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?")


def cron_trigger(source: Source) -> CronTrigger | None:
    """When *source*'s cron schedule fires, None if it has none; ValueError says what was expected.

    Weekdays count as in crontab (0 and 7 are Sunday), where APScheduler would begin with Monday.
    """
    cron = source.cadence.cron
    if cron is None:
        return None
    from apscheduler.triggers.cron import CronTrigger  # 0.1 s that other sources need not wait

    minute, hour, day, month, weekday = cron.split()
    try:
        trigger = CronTrigger(
            **{"minute": minute, "hour": hour, "day": day, "month": month},
            day_of_week=_weekdays(weekday),
            timezone=ZoneInfo(source.timezone),
        )
    except ValueError as error:
        raise ValueError(f"five cron fields ({one_line(str(error))})") from error
    if trigger.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=UTC)) is None:
        raise ValueError(f"a cron schedule that comes due, {cron!r} never does")
    return trigger


def _weekdays(field: str) -> str:
    """A crontab's weekday field with its days by name, in which APScheduler and cron agree."""
    if field == "*":
        return field
    days = {day % 7 for item in field.split(",") for day in _weekday_range(item)}
    return ",".join(_WEEKDAYS[day] for day in sorted(days))


def _weekday_range(item: str) -> range:
    match = _WEEKDAY_ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is no day of the week")
    first, last, step = match.groups()
    if first is None:
        return range(0, 7, int(step or 1))
    start = _weekday(first)
    end = _weekday(last) if last else 6 if step else start
    return range(start, end + (7 if end < start else 0) + 1, int(step or 1))


def _weekday(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 7:
        return int(text)
    if text.lower() in _WEEKDAYS:
        return _WEEKDAYS.index(text.lower())
    raise ValueError(f"{text!r} is no day of the week")


def one_line(text: str) -> str:
    """*text* without line ends and other characters that cannot be seen."""
    return "".join(char if char.isprintable() else " " for char in text)
