"""`backissue export KIND`: captures, or the feeds of the sources, in a file for other tools."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.disk import files
from archive.errors import ExitCode, InvalidSource, UsageError
from backissue.commands.flags import add_filters, add_library, add_query, article_words
from backissue.output import meter, print_json, say, warn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.library import Library
    from pipelines.exporting.export_warc import Exported
    from pipelines.exporting.selection import Filters

HELP: Final = "write captures or sources into a file for other tools"
EXAMPLE: Final = "backissue export warc --output review.warc.gz --source review"
_OF_CAPTURES: Final = ("source", "since", "until")
"""Filters that speak of captures here, whether they gave an article or not."""


def flags(command: ArgumentParser) -> None:
    """What to write, where, and which captures."""
    add_library(command)
    command.add_argument(
        "kind",
        choices=("warc", "wacz", "opml"),
        metavar="KIND",
        help="warc: captures; wacz: captures and a list of pages, for ReplayWeb.page; "
        "opml: the feeds of the sources, for feed readers",
    )
    command.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="what to write, as --output says it"
    )
    command.add_argument(
        "--output",
        type=Path,
        metavar="FILE|DIR",
        help="a new file, or for warc a folder, for opml - for standard output "
        "(default: ./NAME.warc.gz, ./NAME.wacz, ./NAME.opml)",
    )
    command.add_argument("--source", metavar="NAME", help="only this source")
    command.add_argument(
        "--since", metavar="TIME", help="only captures fetched at this time or later (UTC)"
    )
    command.add_argument(
        "--until", metavar="TIME", help="only captures fetched before this time (UTC)"
    )
    command.add_argument(
        "--url-prefix", metavar="URL", help="only captures whose URL begins with this"
    )
    add_filters(command, without=_OF_CAPTURES)
    add_query(command)
    command.add_argument(
        "--tables-only", action="store_true", help="read the tables alone, and no WARC files"
    )


def run(options: Namespace) -> int:
    """Write captures or feeds, as KIND says."""
    if options.file and options.output:
        raise UsageError("the file is named twice: leave one of FILE and --output out")
    options.output = options.output or options.file
    return {"warc": _warc, "wacz": _wacz, "opml": _opml}[options.kind](options)


def _filters(library: Library, options: Namespace) -> Filters:
    """Which captures; a filter on articles leaves only captures that gave such articles."""
    from archive.tables.filters import parse_time
    from pipelines.exporting.selection import Filters, records_of_articles

    since, until = parse_time("--since", options.since), parse_time("--until", options.until)
    words = article_words(options, without=_OF_CAPTURES)
    records = records_of_articles(library, **words) if words else None
    return Filters(options.source, since, until, options.url_prefix, records)


def _wacz(options: Namespace) -> int:
    """Write captures into a WACZ file, and say what it holds."""
    from dataclasses import asdict

    from archive.library import Library
    from pipelines.exporting.wacz import export_wacz

    with Library.open(options.library) as library:
        output = options.output or Path(f"{library.settings.name}.wacz")
        with files.speaking_errors(output), meter(options, "exporting") as shown:
            made = export_wacz(library, output, _filters(library, options), shown.update)
    if options.json:
        print_json("summary", asdict(made))
        return 0
    say(options, f"{made.file}: sha256 {made.sha256}")
    more = f", and {made.originals:,} that they repeat" if made.originals else ""
    say(options, f"{made.captures - made.originals:,} captures{more}; {made.pages:,} articles")
    _tell_missing(made.missing, "payloads or warc/")
    return 0


def _warc(options: Namespace) -> int:
    """Write captures into a WARC file, and say how many have the very bytes received."""
    from dataclasses import fields

    from archive.library import Library
    from pipelines.exporting.export_warc import export_warc

    with Library.open(options.library) as library:
        filters = _filters(library, options)
        output = options.output or Path(f"{library.settings.name}.warc.gz")
        with files.speaking_errors(output), meter(options, "exporting") as shown:
            made = export_warc(
                library, output, filters, tables_only=options.tables_only, on_progress=shown.update
            )
    if options.json:
        print_json("summary", {f.name: getattr(made, f.name) for f in fields(made)})
    else:
        for line in _exported_in_words(made):
            say(options, line)
    _tell_missing(made.missing, "payloads" if options.tables_only else "payloads or warc/")
    return 0


def _tell_missing(missing: Mapping[str, int], where: str) -> None:
    if missing:
        kinds = sorted(missing.items(), key=lambda pair: -pair[1])
        what = ", ".join(f"{number:,} {kind}" for kind, number in kinds)
        warn(f"{sum(missing.values()):,} captures are not in {where}, and are left out: {what}")


def _opml(options: Namespace) -> int:
    """Write the sources' feeds as a list that feed readers import."""
    from archive.library import Library
    from crawlers.sources.opml import to_opml
    from crawlers.sources.toml import load_sources

    names = [options.source] if options.source else []
    broken: list[InvalidSource] = []
    with Library.open(options.library) as library:
        sources = load_sources(library.path / "sources", names, broken.append)
        output = options.output or Path(f"{library.settings.name}.opml")
        listed = to_opml(sources, library.settings.name)
        if str(output) == "-":
            sys.stdout.write(listed.decode())
        else:
            with files.speaking_errors(output):
                files.put(output.absolute(), listed)
    if options.json and str(output) != "-":
        print_json("summary", {"file": str(output), "sources": len(sources)})
    elif str(output) != "-":
        say(options, f"{output}: {len(sources)} sources")
    for error in broken:
        warn(f"left out: {error}")
    return ExitCode.USAGE if broken else ExitCode.DONE


def _exported_in_words(made: Exported) -> list[str]:
    lines = [
        f"{name}: sha256 of the uncompressed records {digest}"
        for name, digest in made.files.items()
    ]
    share = f" ({made.exact / made.rows:.1%})" if made.rows else ""
    lines.append(f"{made.captures:,} captures")
    lines.append(f"  {made.exact:,} of {made.rows:,} rows of payloads gave the bytes back{share}")
    if made.from_warc:
        lines.append(f"  {made.from_warc:,} captures come from the WARC files")
    for undone, number in made.declared.most_common():
        lines.append(f"  {number:,} captures without their {undone}, and say so")
    return lines
