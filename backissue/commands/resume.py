"""`backissue resume`: paused sources are crawled by schedule again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from archive.errors import UsageError
from backissue.commands.flags import add_library
from backissue.commands.pause import declared_names
from backissue.output import print_json, say

HELP: Final = "crawl paused sources by schedule again"
EXAMPLE: Final = "backissue resume review"


def flags(command: ArgumentParser) -> None:
    """Which sources of which library."""
    add_library(command)
    command.add_argument("what", nargs="*", metavar="SOURCE", help="default: all sources")


def run(options: Namespace) -> int:
    """Resume the sources that are named, or all."""
    from archive.library import Library
    from backissue.service.socket_client import notify_service

    with Library.open(options.library, writing=True) as library:
        names = declared_names(library, options.what)
        if "*" in library.state.paused() and names != ["*"]:
            raise UsageError("all sources are paused: `backissue resume` without names ends that")
        library.state.resume(names)
        serving = notify_service(library)
    what = "all sources" if names == ["*"] else ", ".join(names)
    if options.json:
        print_json("summary", {"resumed": names, "serving": serving})
    say(options, f"resumed: {what}" + ("" if serving else "; no service runs: `backissue serve`"))
    return 0
