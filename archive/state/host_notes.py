"""What one process leaves to the next about hosts: their robots.txt, and how long they rest.

It is kept in `state/backissue.db`, and lost with it: then the hosts are simply asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

from archive.state.database import State
from archive.state.rows import now_text


@dataclass(frozen=True, slots=True)
class RobotsNote:
    """The robots.txt of *origin* (scheme, name, port) as it was at *fetch_time* (ISO 8601, UTC).

    *content* is what was answered with *status*, decoded, no more of it than is ever read.
    """

    origin: str
    status: int
    content: bytes
    fetch_time: str


def put_robots(state: State, note: RobotsNote) -> None:
    """Remember *note*, in place of an older one of its origin."""
    with state.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)", astuple(note))


def robots_note(state: State, origin: str, age: timedelta) -> RobotsNote | None:
    """The robots.txt of *origin*, if it was fetched at most *age* ago."""
    query = "SELECT * FROM robots WHERE origin = ? AND fetch_time >= ?"
    rows = state.rows(query, origin, now_text(datetime.now(UTC) - age))
    return RobotsNote(*rows[0]) if rows else None


def put_rests(state: State, rests: Mapping[str, float]) -> None:
    """These hosts want to be left alone for so many seconds from now on; what is over is dropped.

    A state that has nothing to remember is not written to.
    """
    if not rests:
        return
    now = datetime.now(UTC)
    rows = [(host, now_text(now + timedelta(seconds=left))) for host, left in rests.items()]
    with state.transaction() as connection:
        connection.execute("DELETE FROM resting WHERE until < ?", (now_text(now),))
        connection.executemany("INSERT OR REPLACE INTO resting VALUES (?, ?)", rows)


def rests(state: State) -> dict[str, float]:
    """Hosts that want to be left alone, and for how many seconds from now on."""
    now = datetime.now(UTC)
    rows = state.rows("SELECT host, until FROM resting WHERE until > ?", now_text(now))
    return {host: (datetime.fromisoformat(until) - now).total_seconds() for host, until in rows}
