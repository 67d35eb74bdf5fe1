"""`backissue rebuild`: all tables again, from the WARC files alone."""

from __future__ import annotations

import argparse

from archive.library import Library
from backissue.output import meter, print_json, say, tell_quarantined, warn
from pipelines.engine import parse_engine
from pipelines.rebuild import Rebuilt, rebuild


def run(options: argparse.Namespace) -> int:
    """Make a new generation and say what it holds."""
    engine = parse_engine(options.engine)
    try:
        with Library.open(options.library) as library, meter(options, "rebuilding") as shown:
            rebuilt = rebuild(library, engine, shown.update)
    except KeyboardInterrupt:
        warn("what is derived stays: `backissue rebuild` goes on from there")
        raise
    tell_quarantined(options, rebuilt.quarantined)
    _report(options, rebuilt)
    return 0


def _report(options: argparse.Namespace, rebuilt: Rebuilt) -> None:
    if options.json:
        print_json("summary", as_json(rebuilt))
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in rebuilt.rows.items() if count)
    say(options, f"generation {rebuilt.generation.name}: {counts or 'no rows'}")
    if rebuilt.resumed:
        say(options, f"{rebuilt.resumed:,} of {rebuilt.captures:,} captures were derived already")
    if rebuilt.indexes_written:
        say(options, f"{rebuilt.indexes_written:,} .cdxj files were missing or wrong, and are made")


def as_json(rebuilt: Rebuilt) -> dict[str, object]:
    """What a rebuild made, for programs."""
    return {
        "generation": rebuilt.generation.name,
        "batches": rebuilt.batches,
        "rows": rebuilt.rows,
        "captures": rebuilt.captures,
        "resumed": rebuilt.resumed,
        "indexes_written": rebuilt.indexes_written,
    }
