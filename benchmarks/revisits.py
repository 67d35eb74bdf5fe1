"""A simulated year of sources: how fresh and how frugal the adaptive schedule is.

No network: each source publishes by a seeded model, and a schedule decides when its list is read.
Five families of rhythms; `bursts` took no part in choosing the schedule's constants. Beside the
adaptive schedule runs a fixed poll each hour. Freshness is the time from publication to the look
that finds the article; articles that roll off the list unseen are counted as missed.

    python benchmarks/revisits.py [--sources 1000] [--days 365] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from crawlers.rhythm import Look, next_look

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0
WINDOW = 50  # looks that are remembered, as the service does


def poisson(random_: random.Random, end: float) -> Iterator[float]:
    """Articles at any time, one a month up to forty a day."""
    mean, at = DAY * 30 / 10 ** random_.uniform(0, 3.1), 0.0
    while (at := at + random_.expovariate(1 / mean)) < end:
        yield at


def newsroom(random_: random.Random, end: float) -> Iterator[float]:
    """Three to thirty a working day, between 7 and 19 o'clock; few at the week-end."""
    daily = random_.randint(3, 30)
    for day in range(int(end / DAY)):
        busy = daily if (day + 3) % 7 < 5 else daily // 8
        yield from sorted(DAY * day + HOUR * random_.uniform(7, 19) for _ in range(busy))


def weekly(random_: random.Random, end: float) -> Iterator[float]:
    """An issue a week: ten to thirty pieces within two hours, and a few between."""
    first, size = random_.uniform(0, 7) * DAY, random_.randint(10, 30)
    times = [random_.uniform(0, end) for _ in range(int(end / DAY / 5))]
    for week in range(int(end / DAY / 7)):
        opening = first + week * 7 * DAY + random_.gauss(0, HOUR)
        times += [opening + random_.uniform(0, 2) * HOUR for _ in range(size)]
    yield from sorted(at for at in times if 0 <= at < end)


def monthly(random_: random.Random, end: float) -> Iterator[float]:
    """An issue a month or a quarter, put on the web within a day."""
    gap, size = random_.choice((30, 30, 91)) * DAY, random_.randint(5, 25)
    at = random_.uniform(0, gap)
    while at < end:
        yield from sorted(at + random_.uniform(0, DAY) for _ in range(size))
        at += gap


def bursts(random_: random.Random, end: float) -> Iterator[float]:
    """Held out: silence of days to weeks, then a dozen a day for some days; one long summer gap."""
    at, gap = random_.uniform(0, 20) * DAY, random_.uniform(170, 200) * DAY
    while at < end:
        length = random_.uniform(1, 6) * DAY
        while length > 0:
            step = random_.expovariate(1 / (2 * HOUR))
            at, length = at + step, length - step
            if at < end and not gap < at < gap + 30 * DAY:
                yield at
        at += random_.expovariate(1 / (12 * DAY))


FAMILIES: tuple[Callable[[random.Random, float], Iterator[float]], ...] = (
    poisson,
    newsroom,
    weekly,
    monthly,
    bursts,
)


@dataclass
class Result:
    """What one schedule came to on the sources of one family; times in hours."""

    looks: int = 0
    missed: int = 0
    ages: list[float] | None = None

    def add(self, looks: int, missed: int, ages: list[float]) -> None:
        """Count one more source."""
        self.looks, self.missed = self.looks + looks, self.missed + missed
        self.ages = (self.ages or []) + ages


def simulate(
    name: str, times: list[float], listed: int, end: float, following: Callable[..., datetime]
) -> tuple[int, int, list[float]]:
    """Looks, missed articles and ages of the found ones; the list names the *listed* newest."""
    looks: list[Look] = []
    at, seen, count, missed = 0.0, 0, 0, 0
    ages: list[float] = []
    while at < end:
        published = bisect_right(times, at)
        new = published - seen
        missed += max(0, new - listed)
        ages += [at - moment for moment in times[max(seen, published - listed) : published]]
        shown = times[max(0, published - listed) : published]
        span = timedelta(seconds=shown[-1] - shown[0]) if shown else None
        look = Look(START + timedelta(seconds=at), len(shown), min(new, len(shown)), span)
        looks = [*looks[1 - WINDOW :], look]
        seen, count = published, count + 1
        at = (following(name, looks) - START).total_seconds()
    return count, missed, [age / HOUR for age in ages]


def hourly(_name: str, looks: list[Look]) -> datetime:
    """The fixed poll."""
    return looks[-1].at + timedelta(hours=1)


def main() -> None:
    """Run the simulation and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{'family':10}{'schedule':10}{'articles':>9}{'looks/new':>10}", end="")
    print(f"{'median h':>10}{'p95 h':>8}{'missed':>8}")
    for family in FAMILIES:
        results = {"adaptive": Result(), "hourly": Result()}
        for number in range(options.sources // len(FAMILIES)):
            random_ = random.Random(f"{options.seed} {family.__name__} {number}")
            times = sorted(family(random_, options.days * DAY))
            listed = random_.choice((10, 20, 20, 50))
            for label, following in (("adaptive", next_look), ("hourly", hourly)):
                name = f"{family.__name__}-{number}"
                results[label].add(*simulate(name, times, listed, options.days * DAY, following))
        for label, result in results.items():
            ages = result.ages or [0.0, 0.0]
            found = len(ages)
            print(f"{family.__name__:10}{label:10}{found:9}{result.looks / found:10.2f}", end="")
            print(f"{median(ages):10.1f}{quantiles(ages, n=20)[-1]:8.1f}{result.missed:8}")


if __name__ == "__main__":
    main()
