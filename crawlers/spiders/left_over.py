"""What earlier runs of a source had no budget left for, as requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from scrapy import Request

from archive.outcomes import BUDGET_OF_LISTS
from archive.state.database import State
from archive.types import DiscoveredBy, Discovery
from crawlers.capture.run import SourceRun
from crawlers.discovery import Announced
from crawlers.discovery.leads import refused_by_rules
from crawlers.frontier import announced_dates
from crawlers.request_meta import Purpose
from crawlers.spiders.list_walk import ListWalk, Make


def left_over(state: State, walk: ListWalk, make: Make, run: SourceRun) -> Iterator[Request]:
    """Up to half of what *run* may ask for: it goes behind what feeds and sitemaps name."""
    for visit in state.left_over(run.source.name, run.source.budget.requests // 2):
        if visit.outcome == BUDGET_OF_LISTS:
            yield from walk.ask(run, visit.url, None)
        elif refused_by_rules(run.source, Announced(visit.url)) is None:
            by = cast(DiscoveredBy, next(iter(announced_dates(visit)), "section"))
            discovery = Discovery(source=run.source.name, by=by)
            wanted = Purpose(run_id=run.run_id, discovery=discovery, role="page", late=True)
            yield from make(run, visit.url, wanted)
