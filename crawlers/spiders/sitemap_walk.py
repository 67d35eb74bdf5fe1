"""The sitemaps that an index names, as requests: how many of them, how deep, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from scrapy import Request

from archive.types import Discovery
from crawlers.capture.run import SourceRun
from crawlers.discovery import Announced
from crawlers.request_meta import Purpose
from crawlers.spiders.list_walk import ListWalk, Make

MOST = 1000  # sitemaps of a run: the next goes on
_FIRST = 50  # magazines have fewer, or one for each month or day
_DEEPEST = 3  # an index of indexes is no more than a slip


def sitemaps_of(
    walk: ListWalk, make: Make, run: SourceRun, index: tuple[str, Purpose, Sequence[Announced]]
) -> Iterator[Request]:
    """The sitemaps of an *index*: those that no run has read, then those that changed last.

    All but the first wait until the articles have come that are known by then.
    """
    via, purpose, children = index
    spending, early = run.spending, datetime.min.replace(tzinfo=UTC)
    if len(children) > MOST - spending.sitemaps:
        children = sorted(children, key=lambda one: one.modified or early, reverse=True)
        children = sorted(children, key=lambda one: walk.known(run, one.url) is not None)
    for child in children:
        if spending.sitemaps >= MOST or purpose.depth >= _DEEPEST:
            if walk.known(run, child.url) is None:  # else all of them were read once
                spending.reasons.setdefault("sitemaps")
            return
        wanted = Purpose(
            run_id=run.run_id,
            discovery=Discovery(
                source=run.source.name, by="sitemap", via=via, modified=child.modified
            ),
            role="listing",
            kind="sitemap",
            depth=purpose.depth + 1,
            late=spending.sitemaps >= _FIRST,
        )
        requests = list(make(run, child.url, wanted))
        spending.sitemaps += len(requests)
        yield from requests
