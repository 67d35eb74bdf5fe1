"""`/metrics` for Prometheus, and what `/healthz` answers: made anew for each request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.state.database import State
from backissue.library_health import LibraryState
from backissue.source_health import Condition
from backissue.web.rendering import clean
from backissue.web.view import View


def metrics(view: View) -> bytes:
    """The metrics of the library, in Prometheus' text format."""
    now = datetime.now(UTC)
    sums = view.state(now)
    ages = {
        source: (now - datetime.fromisoformat(started)).total_seconds()
        for source, started in view.ask(_last_done)
    }
    registry = CollectorRegistry()
    registry.register(_Metrics(sums, ages, dict(view.ask(_stalls))))
    return generate_latest(registry)


def health(view: View) -> str | None:
    """Why the library is not well; None where it is."""
    sums = view.state()
    if sums.missing:
        return sums.missing
    if sums.is_below_floor:
        free, floor = sums.disk_free / 2**20, sums.disk_floor / 2**20
        return f"disk: {free:,.0f} MiB free, below the floor of {floor:,.0f} MiB: crawls wait"
    damaged = view.cache.query("SELECT path, why FROM damaged ORDER BY path LIMIT 1")
    return f"{damaged[0][0]}: {damaged[0][1]}" if damaged else None


def _last_done(state: State) -> list[tuple[str, str]]:
    """By source when its last run began that came to its end."""
    found = ((name, state.last_done(name)) for name in state.sources_with_runs())
    return [(name, started) for name, started in found if started]


def _stalls(state: State) -> list[tuple[str, float]]:
    """By source for how long the event loop kept its last run waiting at one time."""
    found = ((name, state.last_runs(name, 1)) for name in state.sources_with_runs())
    noted = ((name, [run.longest_stall for run in runs]) for name, runs in found)
    return [(name, stall) for name, stalls in noted if (stall := stalls[-1]) is not None]


class _Metrics(Collector):
    """The state of a library as metrics."""

    def __init__(
        self, sums: LibraryState, ages: dict[str, float], stalls: dict[str, float]
    ) -> None:
        self._sums, self._ages, self._stalls = sums, ages, stalls

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        sums = self._sums
        by_state = GaugeMetricFamily("backissue_sources", "sources by state", labels=["state"])
        counts = Counter(one.state for one in sums.sources)
        for state in get_args(Condition):
            by_state.add_metric([state], counts[state])
        yield by_state
        age = GaugeMetricFamily(
            "backissue_source_last_success_age_seconds",
            "seconds since the last run of a source began that came to its end",
            labels=["source"],
        )
        for source, seconds in sorted(self._ages.items()):
            age.add_metric([clean(source)], seconds)
        yield age
        stall = GaugeMetricFamily(
            "backissue_source_longest_stall_seconds",
            "the longest time in the last run of a source for which its crawl process read alone",
            labels=["source"],
        )
        for source, seconds in sorted(self._stalls.items()):
            stall.add_metric([clean(source)], seconds)
        yield stall
        for name, text, value in (
            ("articles", "articles in the tables", sums.articles),
            ("article_versions", "versions of articles in the tables", sums.versions),
            ("captures", "captures in the tables", sums.captures),
            ("warc_bytes", "bytes of WARC on the disk", sums.warc_bytes),
            ("unpublished_bytes", "bytes of WARC that the tables lack", sums.unpublished_bytes),
            ("disk_free_bytes", "free bytes of the disk", sums.disk_free),
            ("disk_floor_bytes", "bytes that must stay free", sums.disk_floor),
            ("serving", "1 while a service crawls by schedule", int(sums.serving)),
        ):
            yield GaugeMetricFamily(f"backissue_{name}", text, value=value)
