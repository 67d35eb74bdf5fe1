"""When each host may be asked next: delays, one request at a time, and rest for who asks for it.

One `Pace` serves all sources of a crawl process, so that their requests to a host follow each other
at the distance that the slower source, or the host's robots.txt, demands.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.source import Source
from archive.web.hosts import host_of
from archive.web.http import Head
from crawlers.errors import BudgetSpent, HostResting, Stopped

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

PATIENCE = 300.0
"""Seconds that a run waits for a host which asks for rest; what is to wait longer is put off."""

STRAINED = (429, 503)
"""Statuses by which a server says that it is asked too much."""

_LONGEST = 3600.0  # seconds: no Crawl-delay is taken for more
_FIRST_STEP, _LAST_STEP = 1.0, 300.0  # how much is added to the delay of a strained host
_EASED = 0.75  # what each good answer leaves of that
_NOTHING = 0.1


@dataclass(slots=True)
class Lane:
    """The way to one host. Times are seconds of a monotonic clock."""

    delay: float | None = None  # what the sources that name the host demand
    crawl_delay: float = 0.0  # what its robots.txt demands
    extra: float = 0.0  # what its strain adds
    asked: float = float("-inf")  # when the last request was sent
    rests_until: float = float("-inf")
    is_new_rest: bool = False  # whether nobody has taken note of that rest
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def next_at(self, delay: float) -> float:
        """When the host may be asked; *delay* counts where no source names the host."""
        named = delay if self.delay is None else self.delay
        return max(self.asked + max(named, self.crawl_delay) + self.extra, self.rests_until)

    def strained(self, now: float, retry_after: float | None) -> None:
        """The host is asked too much: more room from now on, and rest as long as it wants."""
        step = max(self.extra, self.delay or 0, self.crawl_delay, _FIRST_STEP / 2)
        self.extra = min(2 * step, _LAST_STEP)
        self.rest(now + max(retry_after or 0, self.extra))
        self.is_new_rest = True

    def rest(self, until: float) -> None:
        """Leave the host alone until then, if not longer."""
        self.rests_until = max(self.rests_until, until)

    def eased(self) -> None:
        """A good answer: a quarter of the added room goes."""
        self.extra *= _EASED
        if self.extra < _NOTHING:
            self.extra = 0.0


class Pace:
    """The lanes to all hosts. It belongs to one event loop; `close` lets nobody wait any more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._closed = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Pace:
        """Scrapy's way to make an extension."""
        return cls()

    def lane(self, host: str) -> Lane:
        """The way to *host*."""
        return self._lanes.setdefault(host, Lane())

    def name(self, delays: Mapping[str, float]) -> None:
        """These hosts are named by sources, which demand these delays from now on."""
        for host, delay in delays.items():
            self.lane(host).delay = delay

    def obey(self, host: str, crawl_delay: float | None) -> None:
        """The host's robots.txt says this of the delay; it can only raise it."""
        self.lane(host).crawl_delay = min(max(crawl_delay or 0.0, 0.0), _LONGEST)

    def rest(self, rests: Mapping[str, float]) -> None:
        """These hosts want to be left alone for so many seconds from now on, as was noted."""
        for host, seconds in rests.items():
            self.lane(host).rest(self._clock() + seconds)

    def take_rests(self) -> dict[str, float]:
        """The hosts that asked for rest since this was asked last, and their seconds from now."""
        resting = {host: lane for host, lane in self._lanes.items() if lane.is_new_rest}
        for lane in resting.values():
            lane.is_new_rest = False
        return {host: lane.rests_until - self._clock() for host, lane in resting.items()}

    def answered(self, host: str, head: Head, ago: float = 0.0) -> None:
        """The host gave an answer to what was sent *ago* seconds: it is asked less, or gently more.

        The distance to the next request counts from there, not from when a connection was begun.
        """
        lane = self.lane(host)
        lane.asked = max(lane.asked, self._clock() - ago)
        if head.status in STRAINED:
            lane.strained(self._clock(), retry_after(head, datetime.now(UTC)))
        else:
            lane.eased()

    @asynccontextmanager
    async def turn(
        self, host: str, delay: float, until: float = float("inf")
    ) -> AsyncIterator[None]:
        """The caller's turn at *host*, alone and in time; HostResting or Stopped instead, and
        BudgetSpent where it would come later than *until* (monotonic seconds)."""
        lane = self.lane(host)
        async with lane.turn:
            await self._wait(host, lane, delay, until)
            lane.asked = self._clock()
            yield

    async def _wait(self, host: str, lane: Lane, delay: float, until: float) -> None:
        while not self._closed.is_set():
            now = self._clock()
            if lane.rests_until - now > PATIENCE:
                raise HostResting(host, lane.rests_until - now)
            seconds = lane.next_at(delay) - now
            if now + max(seconds, 0.0) > until:
                raise BudgetSpent
            if seconds <= 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), seconds)
        raise Stopped

    def close(self) -> None:
        """Nobody waits any more: requests that are not sent yet raise Stopped."""
        self._closed.set()


def host_delays(sources: Iterable[Source]) -> dict[str, float]:
    """For each host that *sources* name the delay they demand: of two, the slower decides."""
    delays: dict[str, float] = {}
    for source in sources:
        seeds = (seed.url for seed in source.seeds() if seed.kind != "archive")
        for host in {host_of(url) for url in (source.url, *seeds)}:
            delays[host] = max(source.delay, delays.get(host, 0.0))
    return delays


def retry_after(head: Head, now: datetime) -> float | None:
    """How many seconds the server asks to be left alone; None where it says nothing that counts.

    A date is read against the server's own clock, if it tells its time.
    """
    said = (head.get("retry-after") or "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    until = _header_date(said)
    if until is None:
        return None
    return max((until - (_header_date(head.get("date")) or now)).total_seconds(), 0.0)


def _header_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def pace_of(crawler: Crawler) -> Pace:
    """The pace of a crawl process; UsageError where Scrapy's settings leave it out."""
    pace = crawler.get_extension(Pace)
    if pace is None:
        raise UsageError("Scrapy's EXTENSIONS must name crawlers.politeness.pace.Pace")
    return pace
