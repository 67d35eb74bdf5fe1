"""`backissue rebuild`: all tables again, from the WARC files alone."""

from __future__ import annotations

import argparse

from archive.library import Library
from backissue.crawling import Counting
from backissue.output import meter, print_json, say, tell_quarantined
from pipelines.engine import parse_engine
from pipelines.rebuild import rebuild


def run(options: argparse.Namespace) -> int:
    """Make a new generation and say what it holds."""
    engine = parse_engine(options.engine)
    with Library.open(options.library) as library, meter(options, "rebuilding") as shown:
        rebuilt = rebuild(library, engine, Counting(shown).told)
    tell_quarantined(options, (one for batch in rebuilt.batches for one in batch.quarantined))
    rows: dict[str, int] = {}
    for batch in rebuilt.batches:
        for name, count in batch.rows.items():
            rows[name] = rows.get(name, 0) + count
    if options.json:
        generation = rebuilt.generation.name
        batches = len(rebuilt.batches)
        print_json("summary", {"generation": generation, "batches": batches, "rows": rows})
    else:
        counts = ", ".join(f"{count:,} {name}" for name, count in rows.items() if count)
        say(options, f"generation {rebuilt.generation.name}: {counts}")
    return 0
