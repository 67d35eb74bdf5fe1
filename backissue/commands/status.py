"""`backissue status`: the state of each source, its last and next run, and what is wrong."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from backissue.commands.flags import add_library
from backissue.output import print_json, print_table, say, warn

if TYPE_CHECKING:
    from backissue.library_health import LibraryState
    from backissue.source_health import SourceState

HELP: Final = "show each source: its runs, what is new, what went wrong"


def flags(command: ArgumentParser) -> None:
    """Which library."""
    add_library(command)


def run(options: Namespace) -> int:
    """Print a row for each source, what is wrong in words, then the sums of the library."""
    from dataclasses import asdict

    from archive.library import Library
    from backissue.library_health import read_states

    with Library.open(options.library) as library:
        sums = read_states(library, datetime.now(UTC))
    if options.json:
        for state in sums.sources:
            print_json("source", asdict(state))
        values = asdict(sums)
        del values["sources"]
        print_json("summary", values)
        return 0
    headings = ["source", "state", "last run", "next run", "new", "expected", "articles"]
    print_table("", headings, [_state_row(state, sums.serving) for state in sums.sources])
    for state in sums.sources:
        if state.cause:
            say(options, f"{state.source}: {state.cause}")
    if sums.is_below_floor:
        free, floor = sums.disk_free / 2**20, sums.disk_floor / 2**20
        say(
            options, f"disk: {free:,.0f} MiB free, below the floor of {floor:,.0f} MiB: crawls wait"
        )
    say(options, _sums_in_words(sums))
    if sums.missing:
        warn(sums.missing)
    return 0


def _state_row(state: SourceState, serving: bool) -> list[str | int]:
    expected = "" if state.expected is None else f"{state.expected:.1f}"
    following = _short_time(state.next_run) if serving else ""
    return [
        *(state.source, state.state, _short_time(state.last_run), following),
        *(state.new, expected, state.articles),
    ]


def _short_time(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%m-%d %H:%M}" if moment else ""


def _sums_in_words(sums: LibraryState) -> str:
    serving = "serving" if sums.serving else "not serving: `backissue serve` crawls by schedule"
    if sums.paused:
        serving += "; all sources are paused"
    since = (
        f", the first of {_short_time(sums.unpublished_since)}" if sums.unpublished_since else ""
    )
    return (
        f"Times in UTC; new and expected: articles in 7 days.\n"
        f"{sums.articles:,} articles in {sums.versions:,} versions from {sums.captures:,} "
        f"captures; WARC {sums.warc_bytes / 2**20:,.1f} MiB, {sums.unpublished_bytes:,} bytes "
        f"not yet published{since}\n{serving}"
    )
