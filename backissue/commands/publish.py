"""`backissue publish`: captures that are not in the tables yet go there."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from backissue.commands.flags import add_engine, add_library
from backissue.output import print_json, say, tell_older_columns, tell_quarantined

HELP: Final = "bring what is captured into the tables"
EXAMPLE: Final = "backissue publish --engine local:2"
TAKES_TURN: Final = True


def flags(command: ArgumentParser) -> None:
    """Which library, on which processes."""
    add_library(command)
    add_engine(command)


def run(options: Namespace) -> int:
    """Close a batch and say what it holds."""
    from dataclasses import asdict

    from archive.library import Library
    from archive.removal.withheld import table_files
    from pipelines.derive.engine import parse_engine
    from pipelines.publish import publish
    from pipelines.rebuild.readiness import make_ready

    engine = parse_engine(options.engine)
    with Library.open(options.library, writing=True) as library:
        make_ready(library, engine)
        before = len(list(table_files(library.generation)))
        published = publish(library, engine)
        after = len(list(table_files(library.generation)))
        tell_older_columns(library)
    tell_quarantined(options, published.quarantined if published else ())
    if options.json:
        print_json("summary", asdict(published) if published else {"batch": None})
    elif published:
        rows = ", ".join(f"{count:,} {name}" for name, count in published.rows.items() if count)
        say(options, f"batch {published.batch}: {rows}")
    else:
        say(options, "nothing to publish: the tables hold all that is captured")
    if after < before and not options.json:
        say(options, f"merged the files of closed days: the tables have {after:,} files now")
    return 0
