"""`backissue digest`: what the tables say as one SHA-256, to compare libraries by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from archive.disk import files
from backissue.commands.flags import add_library
from backissue.output import print_json, print_table, say

HELP: Final = "print a SHA-256 of all rows, to compare libraries"
EXAMPLE: Final = "backissue digest"
_SHOWN = len("sha256:") + 16


def flags(command: ArgumentParser) -> None:
    """Which library, without which columns."""
    add_library(command)
    command.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="COLUMN",
        help="leave out this column, such as extractor_version; may be repeated",
    )


def run(options: Namespace) -> int:
    """Print the digest of each table, and that of the library."""
    from dataclasses import asdict

    from archive.library import Library
    from archive.tables.digest import digests, library_digest

    with Library.open(options.library) as library, files.speaking_errors(library.path):
        by_table = digests(library.generation, options.without)
    whole = library_digest(by_table)
    if options.json:
        for table in by_table:
            print_json("table", asdict(table))
        print_json("summary", {"digest": whole, "without": sorted(options.without)})
        return 0
    if not options.quiet:
        rows = [
            [table.table, table.rows, f"{table.digest[:_SHOWN]}…"]
            for table in by_table
            if table.rows
        ]
        print_table("", ["table", "rows", "digest"], list(rows))
        if options.without:
            say(options, f"without {', '.join(sorted(options.without))}")
    print(whole)
    return 0
