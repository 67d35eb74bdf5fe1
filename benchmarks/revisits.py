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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from math import inf
from statistics import median, quantiles

from crawlers.frontier import AGES
from crawlers.sources.rhythm import SHORTEST, Look, next_look

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
    """What one schedule came to on some sources; times in hours."""

    looks: int = 0
    requests: int = 0
    missed: int = 0
    ages: list[float] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Count one more source."""
        self.looks += other.looks
        self.requests += other.requests
        self.missed += other.missed
        self.ages += other.ages


@dataclass
class Articles:
    """The known articles of a source, and when each is due by its age: none of them changes."""

    waiting: list[tuple[float, int, int]] = field(default_factory=list)  # due, number, age

    def add(self, at: float, number: int, age: int = 0) -> None:
        """Article *number* was fetched now: it waits for the *age*-th of its ages."""
        if age < len(AGES):
            heappush(self.waiting, (at + AGES[age].total_seconds(), number, age))

    def fetch_due(self, at: float, oldest: int) -> int:
        """Fetch what is due and still listed (from number *oldest* on); how many that are."""
        count = 0
        while self.waiting and self.waiting[0][0] <= at:
            _, number, age = heappop(self.waiting)
            if number >= oldest:
                count += 1
                self.add(at, number, age + 1)
        return count

    def next_due(self, oldest: int) -> float:
        """When the first that is still listed is due."""
        while self.waiting and self.waiting[0][1] < oldest:
            heappop(self.waiting)
        return self.waiting[0][0] if self.waiting else inf


def simulate(
    name: str, times: list[float], listed: int, end: float, following: Callable[..., float]
) -> Result:
    """A year of one source: *times* are those of its articles, its list names the *listed* newest.

    Requests are those for the list, for robots.txt once a day, for each new article, and for each
    known one that is due by its age while it is listed.
    """
    looks: list[Look] = []
    at, seen, robots = 0.0, 0, -DAY
    result, articles = Result(), Articles()
    while at < end:
        published = bisect_right(times, at)
        oldest = max(0, published - listed)
        found = range(max(seen, oldest), published)
        result.missed += max(0, oldest - seen)
        result.ages += [(at - times[number]) / HOUR for number in found]
        result.requests += 1 + (at >= robots + DAY) + len(found) + articles.fetch_due(at, oldest)
        robots = at if at >= robots + DAY else robots
        for number in found:
            articles.add(at, number)
        shown = times[oldest:published]
        span = timedelta(seconds=shown[-1] - shown[0]) if shown else None
        look = Look(START + timedelta(seconds=at), len(shown), len(found), span)
        looks = [*looks[1 - WINDOW :], look]
        seen, result.looks = published, result.looks + 1
        at = following(name, looks, articles.next_due(oldest))
    return result


def adaptive(name: str, looks: list[Look], due: float) -> float:
    """The service's own: by the list's rhythm, or before it for the sake of an article."""
    last = (looks[-1].at - START).total_seconds()
    planned = next_look(name, looks)
    assert planned is not None
    return max(min((planned - START).total_seconds(), due), last + SHORTEST.total_seconds())


def hourly(_name: str, looks: list[Look], _due: float) -> float:
    """The fixed poll, which looks at articles by the same ages."""
    return (looks[-1].at - START).total_seconds() + HOUR


def main() -> None:
    """Run the simulation and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"{'family':10}{'schedule':10}{'articles':>9}{'requests/new':>13}{'looks/new':>10}", end=""
    )
    print(f"{'median h':>10}{'p95 h':>8}{'missed':>8}")
    for family in FAMILIES:
        results = {"adaptive": Result(), "hourly": Result()}
        for number in range(options.sources // len(FAMILIES)):
            random_ = random.Random(f"{options.seed} {family.__name__} {number}")
            times = sorted(family(random_, options.days * DAY))
            listed = random_.choice((10, 20, 20, 50))
            for label, following in (("adaptive", adaptive), ("hourly", hourly)):
                name = f"{family.__name__}-{number}"
                results[label].add(simulate(name, times, listed, options.days * DAY, following))
        for label, result in results.items():
            found = len(result.ages)
            print(f"{family.__name__:10}{label:10}{found:9}{result.requests / found:13.2f}", end="")
            print(f"{result.looks / found:10.2f}{median(result.ages):10.1f}", end="")
            print(f"{quantiles(result.ages, n=20)[-1]:8.1f}{result.missed:8}", flush=True)


if __name__ == "__main__":
    main()
