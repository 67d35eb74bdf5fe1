"""`backissue resume`: paused sources are crawled by schedule again."""

from __future__ import annotations

import argparse

from archive.errors import UsageError
from archive.library import Library
from backissue.commands.pause import declared_names
from backissue.output import print_json, say
from backissue.service.socket_client import look


def run(options: argparse.Namespace) -> int:
    """Resume the sources that are named, or all."""
    with Library.open(options.library, writing=True) as library:
        names = declared_names(library, options.what)
        if "*" in library.state.paused() and names != ["*"]:
            raise UsageError("all sources are paused: `backissue resume` without names ends that")
        library.state.resume(names)
        serving = look(library)
    what = "all sources" if names == ["*"] else ", ".join(names)
    if options.json:
        print_json("summary", {"resumed": names, "serving": serving})
    say(options, f"resumed: {what}" + ("" if serving else "; no service runs: `backissue serve`"))
    return 0
