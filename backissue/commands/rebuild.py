"""`backissue rebuild`: all tables again, from the WARC files alone."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from archive.errors import BytesMissing
from backissue.commands.flags import add_engine, add_library
from backissue.compared import as_lines, print_comparison
from backissue.output import meter, print_json, say, tell_quarantined, warn

if TYPE_CHECKING:
    from archive.library import Library
    from pipelines.derive.engine import Engine
    from pipelines.rebuild.rebuild import How, Rebuilt

HELP: Final = "make all tables again from the WARC files"
TAKES_TURN: Final = True


def flags(command: ArgumentParser) -> None:
    """Which library, and what to do where the new tables differ from the old."""
    add_library(command)
    add_engine(command)
    command.add_argument(
        "--compare",
        action="store_true",
        help="make them, but only say what they change; a later rebuild then takes them",
    )
    command.add_argument(
        "--relearn",
        action="store_true",
        help="use for each batch what the articles of a host share in the whole history",
    )
    command.add_argument(
        "--accept-loss",
        action="store_true",
        help="go on where bytes that rows came from are damaged or gone; each place is named",
    )


def run(options: Namespace) -> int:
    """Make a new generation and say what it holds, or what it would change."""
    from archive.library import Library
    from pipelines.derive.engine import parse_engine
    from pipelines.rebuild.rebuild import rebuild

    engine = parse_engine(options.engine)
    try:
        with Library.open(options.library, writing=True) as library:
            if options.compare:
                return _compare(options, library, engine)
            with meter(options, "rebuilding") as shown:
                rebuilt = rebuild(library, engine, shown.update, _how(options))
    except BytesMissing as error:
        for place in error.places:
            print_json("lost", {"place": place}) if options.json else warn(place)
        raise
    except KeyboardInterrupt:
        warn("what is derived stays: `backissue rebuild` goes on from there")
        raise
    tell_quarantined(options, rebuilt.quarantined)
    _report(options, rebuilt)
    return 0


def _how(options: Namespace) -> How:
    from pipelines.rebuild.rebuild import How

    return How(options.relearn, options.accept_loss)


def _compare(options: Namespace, library: Library, engine: Engine) -> int:
    """Make the next generation, which no reader sees yet, and say what it changes."""
    from pipelines.rebuild.comparison import compare
    from pipelines.rebuild.rebuild import built

    with ExitStack() as held:
        with meter(options, "rebuilding beside") as shown:
            making = built(library, engine, shown.update, _how(options))
            building, made = held.enter_context(making)
        with meter(options, "comparing"):
            found = compare(library.generation, building.generation)
    tell_quarantined(options, made.quarantined)
    if options.json:
        for line in as_lines(found):
            print_json(*line)
        print_json("summary", as_json(made) | {"compared_with": library.generation.name})
    elif not options.quiet:
        print_comparison(found, library.generation.name, made.generation.name)
    return 0


def _report(options: Namespace, rebuilt: Rebuilt) -> None:
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
