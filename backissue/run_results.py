"""The crawl log of runs into what they brought: verdicts, and announced pages without article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from archive.outcomes import REDIRECTED
from archive.state.rows import Run
from archive.tables.verdicts import NONE
from archive.types import Row

# A redesign empties all pages. Of five in a row, one in four of which is a picture or a podcast,
# all are that by chance once in a thousand times; a single page that is gone is no sign at all.
_SEVERAL, _MOST = 5, 0.8  # pages; more than this share of them
_WINDOW = timedelta(days=62)  # of the crawl log: a magazine may come every other month
_MOST_HOPS = 10  # redirects between what was announced and its page
_ANNOUNCING: Final = ("feed", "sitemap")
_OF_SITES: Final = ("list", "page")  # sitemaps name these beside the articles
_COLUMNS: Final = [
    *("source", "run_id", "url", "discovered_by", "discovered_via", "outcome", "verdict"),
    "fetch_time",
]
TABLES_OF_RUNS: Final = ("articles", "captures", "crawl_log")
"""The tables whose rows name their run."""


@dataclass(frozen=True, slots=True)
class AnnouncedPages:
    """How many pages that were announced and fetched anew were read, and what those are that gave
    no article. *newest* is the address of the last of these."""

    pages: int = 0
    without: Mapping[str, int] = field(default_factory=dict)
    newest: str | None = None

    @property
    def without_article(self) -> int:
        """How many gave no article."""
        return sum(self.without.values())

    @property
    def is_alarming(self) -> bool:
        """Whether most of several gave none, as where a site was made anew."""
        return self.pages >= _SEVERAL and self.without_article > _MOST * self.pages

    def in_words(self) -> str:
        """The counts for people: `6 of 6 announced pages gave no article (shell)`."""
        kinds = ", ".join(
            kind if len(self.without) == 1 else f"{kind} {count}"
            for kind, count in sorted(self.without.items())
        )
        counts = f"{self.without_article:,} of {self.pages:,} announced pages"
        return f"{counts} gave no article{f' ({kinds})' if kinds else ''}"


def announced_pages(log: Iterable[Row]) -> AnnouncedPages:
    """What became of the announced pages of runs, whose crawl *log* is given in any order.

    Lists and pages about the magazine are left out where a sitemap names them: they are no articles
    before a redesign either.
    """
    pages, without, newest = 0, Counter[str](), None
    for row in sorted(_announced(log), key=lambda row: row["fetch_time"]):
        why = row["verdict"].removeprefix(NONE) if row["verdict"].startswith(NONE) else None
        if why in _OF_SITES and row["discovered_by"] != "feed":
            continue
        pages += 1
        if why:
            without[why] += 1
            newest = row["url"]
    return AnnouncedPages(pages, without, newest)


def _announced(log: Iterable[Row]) -> Iterator[Row]:
    """The rows of pages that were fetched anew, each with who announced it, before redirects."""
    known = [*log]
    hops = {(row["run_id"], row["url"]): row for row in known if row["outcome"] == REDIRECTED}
    for row in known:
        if row["outcome"] != "fetched" or not row["verdict"]:
            continue
        origin = row
        for _ in range(_MOST_HOPS):
            if origin["discovered_by"] != "redirect":
                break
            origin = hops.get((row["run_id"], origin["discovered_via"]), {"discovered_by": None})
        if origin["discovered_by"] in _ANNOUNCING:
            yield row | {"discovered_by": origin["discovered_by"]}


def newest_announced(generation: Path, now: datetime) -> dict[str, AnnouncedPages]:
    """By source, what became of the announced pages of its newest runs: of so many as have several
    such pages together."""
    import pyarrow as pa  # who counts pages needs no tables
    import pyarrow.compute as pc

    from archive.tables.dataset import rows

    since = pa.scalar(now - _WINDOW, pa.timestamp("us", tz="UTC"))
    fresh = (pc.field("fetch_time") >= since) & pc.field("outcome").isin(["fetched", REDIRECTED])
    log = rows(generation, "crawl_log", columns=_COLUMNS, condition=fresh).to_pylist()
    runs: dict[str, dict[str, list[Row]]] = {}
    for row in sorted(log, key=lambda row: row["fetch_time"]):
        runs.setdefault(row["source"], {}).setdefault(row["run_id"], []).append(row)
    return {source: _newest([*of_source.values()]) for source, of_source in runs.items()}


def _newest(runs: list[list[Row]]) -> AnnouncedPages:
    """The announced pages of the last of *runs*, which are in the order in which they began."""
    taken: list[Row] = []
    found = AnnouncedPages()
    for run in reversed(runs):
        taken += run
        found = announced_pages(taken)
        if found.pages >= _SEVERAL:
            break
    return found


@dataclass(frozen=True, slots=True)
class RunResults:
    """What some runs brought: rows by table, verdicts, and announced pages by source."""

    rows: Mapping[str, int]
    verdicts: Mapping[str, int]
    announced: Mapping[str, AnnouncedPages]


def results_of(generation: Path, runs: Collection[Run]) -> RunResults:
    """What *runs* brought, as far as it is published."""
    if not runs:
        return RunResults({}, {}, {})
    import pyarrow as pa
    import pyarrow.compute as pc

    from archive.tables.dataset import rows

    began = datetime.fromisoformat(min(run.started for run in runs))
    since = pa.scalar(began, pa.timestamp("us", tz="UTC"))
    theirs = pc.field("run_id").isin([run.run_id for run in runs])
    condition = (pc.field("fetch_time") >= since) & theirs
    log = rows(generation, "crawl_log", columns=_COLUMNS, condition=condition).to_pylist()
    return RunResults(
        {name: len(rows(generation, name, condition=condition)) for name in TABLES_OF_RUNS},
        Counter(row["verdict"] for row in log if row["verdict"]),
        {
            run.source: announced_pages(row for row in log if row["run_id"] == run.run_id)
            for run in runs
        },
    )
