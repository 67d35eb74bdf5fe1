"""What the end of a run leaves to the next one: visits that say that a URL is due still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archive.state.database import State, Visit
from archive.warc.crawl_log import LOST, unfinished
from archive.web.surt import url_surtkey
from crawlers.capture.run import SourceRun
from crawlers.frontier import merged_dates


def to_be_done(state: State, run: SourceRun) -> Iterator[Visit]:
    """The visits that change because *run* has ended, which *state* knows as they were."""
    yield from _announced_later(state, run)
    yield from _undone(state, run)


def _announced_later(state: State, run: SourceRun) -> Iterator[Visit]:
    """Visits of URLs that listings gave newer dates for than are known of them.

    What a date says has changed, and has not come, is due still.
    """
    for key, dates in run.announced.items():
        visit = None if key in run.owed else state.visit(run.source.name, key)
        merged = merged_dates(visit, dates)
        if visit and visit.announced != merged:
            yield replace(visit, announced=merged)


def _undone(state: State, run: SourceRun) -> Iterator[Visit]:
    """Visits of archive pages that must be read again, for what follows them did not come."""
    for url in unfinished(outcome.as_line() for outcome in run.outcomes):
        if visit := state.visit(run.source.name, url_surtkey(url)):
            yield replace(visit, outcome=LOST)
