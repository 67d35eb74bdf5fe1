"""What becomes of each URL of a run, kept until the run's log goes into the WARC."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.outcomes import LOST, is_failure
from archive.source import Source
from archive.state.database import State
from archive.state.rows import Run, Visit, now_text
from archive.types import Discovery
from archive.warc import crawl_log
from archive.warc.crawl_log import unfinished
from archive.warc.records import warc_date
from archive.web.hosts import host_of, registered_domain
from archive.web.surt import url_surtkey
from crawlers.capture.spending import MOST_NOTED, Spending
from crawlers.discovery.url_shapes import Shapes
from crawlers.frontier import look_again, merged_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one URL. *outcome* and the columns are those of the table `crawl_log`."""

    url: str
    outcome: str
    discovery: Discovery
    detail: str | None = None
    fetch_status: int | None = None
    latency_ms: int | None = None
    bytes_received: int | None = None
    warc_record_id: str | None = None
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_line(self) -> dict[str, Any]:
        """The line of the run's log."""
        discovery = self.discovery
        return {
            "url": self.url,
            "outcome": self.outcome,
            "detail": self.detail,
            "discovered_by": discovery.by,
            "discovered_via": discovery.via,
            "date_announced": discovery.announced and warc_date(discovery.announced),
            "fetch_time": warc_date(self.time),
            "fetch_status": self.fetch_status,
            "latency_ms": self.latency_ms,
            "bytes_received": self.bytes_received,
            "warc_record_id": self.warc_record_id,
        }

    @property
    def failed(self) -> bool:
        """Whether the URL could not be had."""
        return is_failure(self.outcome)


class SourceRun:
    """One run of one source, while it goes on: what is waiting, what has come."""

    def __init__(self, source: Source, scheduled_for: str | None = None) -> None:
        self.source, self.scheduled_for = source, scheduled_for
        self.started = datetime.now(UTC)
        stamp = f"{self.started:%Y%m%dT%H%M%SZ}"
        self.run_id = f"{stamp}-{source.name}-{secrets.token_hex(3)}"
        self.seen: set[str] = set()
        self.lists: set[str] = set()  # keys of what is asked for as a list that pages lead to
        self.style_sheets: set[str] = set()  # keys of those that were kept before, once looked into
        self.owed: set[str] = set()  # keys of articles that are due and have not come yet
        self.announced: dict[str, dict[str, str]] = {}
        self.listed: dict[str, datetime | None] = {}  # what listings named, with its date
        self.whole: set[str] = set()  # keys of what is asked for again, as an article
        self.found: set[str] = set()  # what only pages of links named, beside feeds and sitemaps
        self.new = 0  # how many of both were not known
        self.look_again: datetime | None = None  # when the first known article is due by its age
        self.outcomes: list[Outcome] = []
        self.problems: list[str] = []  # one line for each seed or listing that could not be read
        self.waiting = self.captures = 0
        self.seeds = self.seeds_read = 0
        self.first = False  # no run of the source has come to its end before
        self.spending = Spending(source.budget)
        self.too_many: set[str] = set()  # keys of pages that name more than is noted
        self.seeds_ended = 0
        self.took_left_over = False  # whether it has asked for what earlier runs left over
        self.shapes = Shapes(Counter())  # of the addresses of the source's articles
        self.secrets: tuple[tuple[str, str], ...] = ()  # header fields, for those who may hear
        self.recheck = False  # articles are asked for before they are due, too
        self.homes: set[str] = set()  # domains of the magazines that the declared feeds are of
        self.off_scope: dict[
            str, str
        ] = {}  # announced addresses that are of no such domain, by key
        self.longest_stall = 0.0  # seconds for which the event loop had no turn
        self.halted = False  # nothing more is asked for in this run
        self.ended: datetime | None = None
        self.state, self.detail = "running", ""

    def leave(self, via: str | None) -> bool:
        """Count an address that is left to the next run; whether it is noted, too.

        Where it is not, the page at *via*, which names it, is read again.
        """
        self.spending.left += 1
        if self.spending.noted < MOST_NOTED:
            self.spending.noted += 1
            return True
        if via:
            self.too_many.add(url_surtkey(via))
        return False

    def in_scope(self, url: str) -> bool:
        """Whether the run may visit *url*: on the magazine's domain, as its source or feed says."""
        return self.source.in_scope(url) or registered_domain(host_of(url)) in self.homes

    def note_home(self, url: str) -> None:
        """A feed that the source declares is of the magazine at *url*, wherever it is served."""
        if host := host_of(url):
            self.homes.add(registered_domain(host))

    def why_nothing(self) -> list[str]:
        """One line where all that listings name is off scope: such a run has nothing to show."""
        if not self.off_scope or self.listed.keys() - self.off_scope.keys():
            return []
        count, example = len(self.off_scope), next(iter(self.off_scope.values()))
        what = f"off scope: {count} of {count} addresses that listings name, as {example}"
        return [f"{what}; the source's url is {self.source.url}"]

    def note_announced(self, key: str, by: str, moment: datetime | None) -> None:
        """Remember the newest date that a listing of the kind *by* gave for a URL."""
        if moment:
            dates = self.announced.setdefault(key, {})
            dates[by] = max(now_text(moment), dates.get(by, ""))

    def note_listed(self, key: str, date: datetime | None, visit: Visit | None) -> None:
        """Count an article that a listing names and the source's rules let in."""
        self.new += visit is None and key not in self.listed and key not in self.found
        self.listed[key] = date or self.listed.get(key)
        if visit:
            self.note_visit(visit)

    def note_found(self, key: str, visit: Visit | None) -> None:
        """Count an article that pages of links name; the rhythm is that of feeds and sitemaps."""
        self.new += visit is None and key not in self.listed and key not in self.found
        self.found.add(key)
        if visit:
            self.note_visit(visit)

    def note_visit(self, visit: Visit) -> None:
        """Take into account when a known article is due again."""
        again = look_again(visit)
        if again and again > self.started:
            self.look_again = min(again, self.look_again or again)

    @property
    def span(self) -> timedelta | None:
        """The time from the oldest to the newest date that listings gave."""
        dates = [date for date in self.listed.values() if date]
        return max(dates) - min(dates) if dates else None

    def _looked(self) -> dict[str, Any]:
        """What decides on the time of the next run, and how the crawl process fared."""
        span = self.span
        return {
            "announced": len(self.listed),
            "new": self.new,
            "span": None if span is None else span.total_seconds(),
            "look_again": self.look_again and now_text(self.look_again),
            "longest_stall": round(self.longest_stall, 3),
        }

    def end(self, state: str, detail: str = "") -> None:
        """No more URLs are fetched in this run."""
        self.ended, self.state, self.detail = datetime.now(UTC), state, detail

    def why_aborted(self) -> str:
        """One line on the first thing that went wrong."""
        first = next((o for o in self.outcomes if o.failed or o.detail), None)
        return f"{first.url}: {first.detail or first.outcome}" if first else "no seed could be read"

    def as_row(self) -> Run:
        """The run as the state keeps it."""
        return Run(
            run_id=self.run_id,
            source=self.source.name,
            scheduled_for=self.scheduled_for,
            started=now_text(self.started),
            ended=now_text(self.ended) if self.ended else None,
            state=self.state,
            detail=self.detail or None,
            known=self.waiting + len(self.outcomes),
            finished=len(self.outcomes),
            captures=self.captures,
            failed=sum(outcome.failed for outcome in self.outcomes),
            **self._looked(),
        )

    def log(self) -> list[bytes]:
        """The bodies of the run's `resource` records, one but for very long logs."""
        card = {
            "format": crawl_log.LOG_FORMAT,
            "run_id": self.run_id,
            "source": self.source.name,
            "source_digest": self.source.digest,
            "started": warc_date(self.started),
            "ended": warc_date(self.ended or self.started),
            "state": self.state,
            "detail": self.detail or None,
            **self._looked(),
        }
        return crawl_log.bodies(card, (outcome.as_line() for outcome in self.outcomes))


def to_be_done(state: State, run: SourceRun) -> Iterator[Visit]:
    """The visits that change because *run* has ended, which *state* knows as they were."""
    yield from _announced_later(state, run)
    yield from _archives_to_read_again(state, run)
    for key in run.too_many:
        if visit := state.visit(run.source.name, key):
            yield replace(visit, outcome=LOST)


def _announced_later(state: State, run: SourceRun) -> Iterator[Visit]:
    """Visits of URLs that listings gave newer dates for than are known of them.

    What a date says has changed, and has not come, is due still.
    """
    for key, dates in run.announced.items():
        visit = None if key in run.owed else state.visit(run.source.name, key)
        merged = merged_dates(visit, dates)
        if visit and visit.announced != merged:
            yield replace(visit, announced=merged)


def _archives_to_read_again(state: State, run: SourceRun) -> Iterator[Visit]:
    """Visits of archive pages that must be read again, for what follows them did not come."""
    for url in unfinished(outcome.as_line() for outcome in run.outcomes):
        if visit := state.visit(run.source.name, url_surtkey(url)):
            yield replace(visit, outcome=LOST)
