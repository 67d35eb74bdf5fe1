"""When a source is due, as its TOML file says it, into a value; how fast it is crawled then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

DEFAULT_DELAY = 1.0
"""Seconds between two requests to a host of which nobody says otherwise."""

_UNIT = {"m": "minutes", "h": "hours", "d": "days"}
_EVERY = re.compile(r"every ([1-9]\d{0,4})([mhd])")
_CRON_FIELD = re.compile(r"[0-9A-Za-z*/,\-]+")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a source is due: as its own rhythm suggests, at an *interval*, or as *cron* says."""

    kind: Literal["adaptive", "every", "cron"]
    interval: timedelta | None = None
    cron: str | None = None


def parse_schedule(text: str) -> Schedule:
    """`adaptive`, `every 30m` (or `2h`, `7d`), or five cron fields, checked for their form only."""
    if text == "adaptive":
        return Schedule("adaptive")
    if every := _EVERY.fullmatch(text):
        return Schedule("every", interval=timedelta(**{_UNIT[every[2]]: int(every[1])}))
    fields = text.split()
    if len(fields) == 5 and all(map(_CRON_FIELD.fullmatch, fields)):
        return Schedule("cron", cron=" ".join(fields))
    raise ValueError(
        '"adaptive", "every 30m", "every 2h", "every 7d" '
        'or five cron fields such as "0 6 * * MON-FRI"'
    )
