"""`backissue status`: the state of each source, its last and next run, and what is wrong."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from backissue.commands.flags import add_library
from backissue.output import print_json, say, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.library import Library
    from backissue.library_health import LibraryState

HELP: Final = "show each source: its runs, what is new, what went wrong"
EXAMPLE: Final = "backissue status --check"
_RUNS = 20  # of a source, as they are shown


def flags(command: ArgumentParser) -> None:
    """Which library, and which source."""
    add_library(command)
    command.add_argument(
        "name", nargs="?", metavar="SOURCE", help="one source: its schedule and its last runs"
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="print only what needs a person; exit code 1 where anything does",
    )


def run(options: Namespace) -> int:
    """Print a row for each source, what is wrong in words, then the sums of the library."""
    from archive.library import Library
    from archive.state.read_only import lost
    from backissue.web.cache.facts import kept_state

    with Library.open(options.library) as library:
        if unknown := lost(library.path):
            warn(unknown)
        sums = kept_state(library, datetime.now(UTC))
        if options.check:
            return _check(options, sums)
        if options.name is not None:
            return _source(options, library, sums)
        return _all(options, sums)


def _all(options: Namespace, sums: LibraryState) -> int:
    """Print a row for each source, then the sums of the library."""
    if options.json:
        for state in sums.sources:
            print_json("source", asdict(state))
        values = asdict(sums)
        del values["sources"]
        print_json("summary", values)
        return 0
    from backissue.source_health import WRONG
    from backissue.status_output import print_states, print_text, worst_first

    wrong = [state for state in sums.sources if state.state in WRONG]
    if shown := wrong if options.quiet else sums.sources:
        print_states(worst_first(shown), serving=sums.serving)
    for problem in sums.own_problems():
        if problem == sums.missing:
            warn(problem)
        else:
            print_text(problem)
    if not options.quiet:
        print_text(_sums_in_words(sums))
    return 0


def _check(options: Namespace, sums: LibraryState) -> int:
    """Say what needs a person; 1 where anything does."""
    from backissue.output import printable

    problems = sums.problems()
    for problem in problems:
        if options.json:
            print_json("problem", {"text": problem})
        else:
            print(printable(problem))
    if options.json:
        print_json("summary", {"problems": len(problems)})
    elif not problems:
        say(options, f"ok: {len(sums.sources):,} sources, {sums.articles:,} articles")
    return 1 if problems else 0


def _source(options: Namespace, library: Library, sums: LibraryState) -> int:
    """Print the schedule of one source and its last runs, the newest first."""
    from difflib import get_close_matches

    from archive.errors import UsageError
    from archive.state.read_only import ask
    from backissue.status_output import moment, print_runs, print_states

    name = options.name
    state = next((one for one in sums.sources if one.source == name), None)
    if state is None:
        known = ", ".join(one.source for one in sums.sources) or "none"
        close = get_close_matches(name, [one.source for one in sums.sources], n=1)
        guess = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"no source {name!r}: known are {known}{guess}")
    runs = ask(library.path, lambda database: database.last_runs(name, _RUNS))[::-1]
    if options.json:
        for run in runs:
            print_json("run", asdict(run))
        print_json("summary", asdict(state))
        return 0
    print_states([state], serving=sums.serving)
    schedule = state.schedule or "none: no source file declares it"
    say(options, f"schedule: {schedule}; {_next(state.next_run, sums, moment)}")
    say(options, _next_publish(library, sums))
    if state.unpublished:
        since = moment(state.unpublished_since)
        say(options, f"{state.unpublished:,} captures since {since} are not published yet")
    print()
    print_runs(runs)
    say(options, "Times in UTC.")
    if sums.missing:
        warn(sums.missing)
    return 0


def _next(due: datetime | None, sums: LibraryState, moment: Callable[..., str]) -> str:
    if due is None:
        return "no run is planned"
    now = datetime.now(UTC)
    when = "now" if due <= now else moment(due)
    return f"next run {when}" if sums.serving else f"due {when}, but nothing serves the library"


def _next_publish(library: Library, sums: LibraryState) -> str:
    """When the tables grow next, and when they grew last."""
    from archive.tables import journal
    from backissue.status_output import in_words, moment

    newest = None if sums.missing else journal.last_entry(library.generation)
    last = datetime.fromisoformat(newest.batch.closed) if newest else None
    grew = f"; the last batch was closed {moment(last)}" if last else ""
    if not sums.serving:
        return f"published at the end of a crawl{grew}"
    every = library.settings.serve.publish_every
    return f"published every {in_words(every)}{grew}"


def _sums_in_words(sums: LibraryState) -> str:
    from backissue.status_output import moment

    serving = "serving" if sums.serving else "not serving: `backissue serve` crawls by schedule"
    if sums.paused:
        serving += "; all sources are paused"
    since = f", the first of {moment(sums.unpublished_since)}" if sums.unpublished_since else ""
    return (
        f"Times in UTC; new: articles in 7 days, of as many as are usual.\n"
        f"{sums.articles:,} articles in {sums.versions:,} versions from {sums.captures:,} "
        f"captures; WARC {sums.warc_bytes / 2**20:,.1f} MiB, {sums.unpublished_bytes:,} bytes "
        f"not yet published{since}{_imported_in_words(sums)}\n{serving}"
    )


def _imported_in_words(sums: LibraryState) -> str:
    if not sums.imported_files:
        return ""
    files = (
        "1 imported file" if sums.imported_files == 1 else f"{sums.imported_files:,} imported files"
    )
    return f"; {files}, {sums.imported_bytes / 2**20:,.1f} MiB"
