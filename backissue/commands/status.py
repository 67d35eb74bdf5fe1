"""`backissue status`: how each source stands, when it ran and will run, and what is wrong."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from backissue.commands.flags import add_library
from backissue.output import print_json, print_table, say, warn

if TYPE_CHECKING:
    from backissue.source_health import LibraryState, SourceState

HELP: Final = "show each source: its runs, what is new, what went wrong"


def flags(command: ArgumentParser) -> None:
    """Which library."""
    add_library(command)


def run(options: Namespace) -> int:
    """Print a row for each source, what is wrong in words, then the sums of the library."""
    from dataclasses import asdict

    from archive.library import Library
    from backissue.source_health import read_states

    with Library.open(options.library) as library:
        found = read_states(library, datetime.now(UTC))
    if options.json:
        for state in found.sources:
            print_json("source", asdict(state))
        sums = asdict(found)
        del sums["sources"]
        print_json("summary", sums)
        return 0
    headings = ["source", "state", "last run", "next run", "new", "expected", "articles"]
    print_table("", headings, [_row(state, found.serving) for state in found.sources])
    for state in found.sources:
        if state.cause:
            say(options, f"{state.source}: {state.cause}")
    if found.is_below_floor:
        free, floor = found.disk_free / 2**20, found.disk_floor / 2**20
        say(
            options, f"disk: {free:,.0f} MiB free, below the floor of {floor:,.0f} MiB: crawls wait"
        )
    say(options, _sums(found))
    if found.missing:
        warn(found.missing)
    return 0


def _row(state: SourceState, serving: bool) -> list[str | int]:
    expected = "" if state.expected is None else f"{state.expected:.1f}"
    following = _moment(state.next_run) if serving else ""
    return [
        *(state.source, state.state, _moment(state.last_run), following),
        *(state.new, expected, state.articles),
    ]


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%m-%d %H:%M}" if moment else ""


def _sums(found: LibraryState) -> str:
    serving = "serving" if found.serving else "not serving: `backissue serve` crawls by schedule"
    if found.paused:
        serving += "; all sources are paused"
    since = f", the first of {_moment(found.unpublished_since)}" if found.unpublished_since else ""
    return (
        f"Times in UTC; new and expected: articles in 7 days.\n"
        f"{found.articles:,} articles in {found.versions:,} versions from {found.captures:,} "
        f"captures; WARC {found.warc_bytes / 2**20:,.1f} MiB, {found.unpublished_bytes:,} bytes "
        f"not yet published{since}\n{serving}"
    )
