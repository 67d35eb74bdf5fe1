"""`backissue pause`: sources are not crawled by schedule until `backissue resume`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from archive.errors import UsageError
from backissue.commands.flags import add_library
from backissue.output import print_json, say

if TYPE_CHECKING:
    from archive.library import Library

HELP: Final = "stop crawling sources by schedule; `crawl SOURCE` still works"
EXAMPLE: Final = "backissue pause review"


def flags(command: ArgumentParser) -> None:
    """Which sources of which library."""
    add_library(command)
    command.add_argument("what", nargs="*", metavar="SOURCE", help="default: all sources")


def run(options: Namespace) -> int:
    """Pause the sources that are named, or all."""
    from archive.library import Library
    from backissue.service.socket_client import notify_service

    with Library.open(options.library, writing=True) as library:
        names = declared_names(library, options.what)
        library.state.pause(names)
        serving = notify_service(library)
    what = "all sources" if names == ["*"] else ", ".join(names)
    if options.json:
        print_json("summary", {"paused": names, "serving": serving})
    say(
        options,
        f"paused: {what}; a run that is going on ends by itself, `crawl SOURCE` still works",
    )
    return 0


def declared_names(library: Library, names: list[str]) -> list[str]:
    """*names*, or `*` for all sources; UsageError for a name that no file declares."""
    from crawlers.sources.folder import SourceFiles

    declared = SourceFiles(library.path / "sources").read()
    known = {*declared.sources, *declared.broken}
    for name in names:
        if name not in known:
            raise UsageError(f"no source {name!r}: known are {', '.join(sorted(known)) or 'none'}")
    return names or ["*"]
