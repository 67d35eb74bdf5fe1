"""The disk of a library: what the library takes of it, and when it is full at the present rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.disk import files
from backissue.web.cache.tables import DAY, micros
from backissue.web.view import View

_RATE_DAYS = 28  # that give the present rate
_FARTHEST = 36_500  # days: what is full later is never full


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of a library and its disk. At *per_week* new bytes, crawls wait from *full_on* on: then
    fewer than *floor* bytes are free. None where it does not grow."""

    warc: int
    tables: int
    free: int
    floor: int
    per_week: int
    full_on: datetime | None


def disk_of(view: View, warc: int, now: datetime) -> Disk:
    """The disk of the library, whose WARC files have *warc* bytes."""
    free, floor = files.free(view.library.path), view.library.settings.disk.floor
    tables = view.cache.first("SELECT coalesce(sum(bytes), 0) FROM files") or 0
    today = micros(now) // DAY
    query = "SELECT min(day), sum(warc + tables) FROM growth WHERE day > ?"
    first, grown = view.cache.query(query, today - _RATE_DAYS)[0]
    per_day = (grown or 0) / max(1, today - first + 1) if first is not None else 0.0
    full_on = None
    if per_day > 0 and (days := max(0, free - floor) / per_day) < _FARTHEST:
        full_on = now + timedelta(days=days)
    return Disk(warc, tables, free, floor, round(7 * per_day), full_on)
