"""`backissue captures URL`: every capture of an address, and where it stands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from backissue.commands.flags import add_library
from backissue.output import print_json, printable, warn

if TYPE_CHECKING:
    from archive.library import Library

HELP: Final = "list the captures of a URL"
EXAMPLE: Final = "backissue captures https://review.example/2026/11/on-ferries/"
_COLUMNS = [
    "fetch_time",
    "fetch_status",
    "warc_type",
    "content_mime_type",
    "warc_record_id",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
]


def flags(command: ArgumentParser) -> None:
    """Which library, which address."""
    add_library(command)
    command.add_argument(
        "url",
        metavar="URL",
        help="the address (tracking parameters make no difference), or id of an article or record",
    )


def run(options: Namespace) -> int:
    """Print a row for each capture; exit 1 where there is none."""
    from archive.library import Library
    from archive.tables.lookup import rows_with
    from archive.tables.names import addresses_of

    with Library.open(options.library) as library:
        wanted = addresses_of(library.generation, options.url)
        place = (library.generation, "captures", "url_surtkey", wanted)
        captures = sorted(rows_with(*place, columns=_COLUMNS), key=lambda row: row["fetch_time"])
        if not captures:
            _tell_why(library, options.url)
    if options.json:
        for row in captures:
            print_json("capture", row)
        print_json("summary", {"captures": len(captures)})
    else:
        if not captures and not options.quiet:
            print("no captures of that address")
        for row in captures:
            kind = row["content_mime_type"] or "no type"
            status = row["fetch_status"] or "no status"
            what = printable(f"{status}  {row['warc_type']}  {kind}")
            print(f"{row['fetch_time']:%Y-%m-%d %H:%M:%S}  {what}")
            print(f"    {row['warc_record_id']}  {row['warc_record_length']:,} bytes")
            print(f"    {row['warc_filename']} at {row['warc_record_offset']}")
    return 0 if captures else 1


def _tell_why(library: Library, wanted: str) -> None:
    """Say why there may be no captures, where that is known."""
    from archive.errors import PageRemoved
    from archive.removal.in_force import not_found

    error = not_found(library.generation, wanted)
    if isinstance(error, PageRemoved):
        warn(printable(str(error)))
    elif unread := library.unread():
        warn(unread)
