"""`backissue status`: what each source is doing, when it ran last, and what went wrong."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from archive.library import Library
from archive.locks import is_held
from archive.source import Source
from archive.state import Run
from backissue.output import print_json, print_table, say
from crawlers.sources import load_sources
from pipelines.staging import pending


@dataclass(frozen=True, slots=True)
class SourceState:
    """The one place that knows the state of a source."""

    source: str
    state: str  # never run, running, done, aborted, interrupted, lost
    cause: str | None
    schedule: str
    last_run: str | None
    urls: int
    failed: int
    articles: int


def run(options: argparse.Namespace) -> int:
    """Print a row for each source, then the sums of the library."""
    with Library.open(options.library) as library:
        states = list(source_states(library))
        lag = sum(span.end - span.start for span in pending(library))
        serving = is_held(library.lock_file("serve"))
        sums = {
            "articles": len(library.articles(columns=["article_id"])),
            "versions": len(library.articles("all")),
            "captures": len(library.captures()),
            "warc_bytes": sum(file.synced_offset for file in library.state.warc_files()),
            "unpublished_bytes": lag,
            "serving": serving,
        }
    if options.json:
        for state in states:
            print_json("source", asdict(state))
        print_json("summary", sums)
        return 0
    headings = ["source", "state", "last run (UTC)", "URLs", "failed", "articles", "cause"]
    print_table("", headings, [_row(state) for state in states])
    say(
        options,
        f"{sums['articles']:,} articles in {sums['versions']:,} versions from {sums['captures']:,} "
        f"captures; WARC {sums['warc_bytes'] / 2**20:,.1f} MiB, {lag:,} bytes not yet published; "
        f"{'serving' if serving else 'not serving'}",
    )
    return 0


def source_states(library: Library) -> Iterator[SourceState]:
    """The state of each source that is declared or has run."""
    declared = {source.name: source for source in load_sources(library.path / "sources")}
    last = {one.source: one for one in library.state.runs()}
    counts: dict[str, int] = {}
    for row in library.articles(columns=["source"]):
        counts[row["source"]] = counts.get(row["source"], 0) + 1
    for name in sorted({*declared, *last}):
        yield _state(name, declared.get(name), last.get(name), counts.get(name, 0))


def _state(name: str, source: Source | None, last: Run | None, articles: int) -> SourceState:
    return SourceState(
        source=name,
        state=last.state if last else "never run",
        cause=last.detail if last else None,
        schedule=source.schedule if source else "none",
        last_run=last.started if last else None,
        urls=last.finished if last else 0,
        failed=last.failed if last else 0,
        articles=articles,
    )


def _row(state: SourceState) -> list[str | int]:
    moment = (state.last_run or "")[:16].replace("T", " ")
    return [
        state.source,
        state.state,
        moment,
        state.urls,
        state.failed,
        state.articles,
        state.cause or "",
    ]
