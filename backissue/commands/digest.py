"""`backissue digest`: what the tables say as one SHA-256, to compare libraries by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from archive.disk import files
from backissue.commands.flags import add_library
from backissue.output import print_json, print_table, say

HELP: Final = "print a SHA-256 of what the tables say, to compare by"
_SHOWN = len("sha256:") + 16


def flags(command: ArgumentParser) -> None:
    """Which library, without which columns."""
    add_library(command)
    command.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="COLUMN",
        help="leave a column out, such as extractor_version; may be given again",
    )


def run(options: Namespace) -> int:
    """Print the digest of each table, and that of the library."""
    from dataclasses import asdict

    from archive.library import Library
    from archive.tables.digest import digests, library_digest

    with Library.open(options.library) as library, files.speaking_errors(library.path):
        found = digests(library.generation, options.without)
    whole = library_digest(found)
    if options.json:
        for one in found:
            print_json("table", asdict(one))
        print_json("summary", {"digest": whole, "without": sorted(options.without)})
        return 0
    if not options.quiet:
        rows = [[one.table, one.rows, f"{one.digest[:_SHOWN]}…"] for one in found if one.rows]
        print_table("", ["table", "rows", "digest"], list(rows))
        if options.without:
            say(options, f"without {', '.join(sorted(options.without))}")
    print(whole)
    return 0
