"""`backissue pause`: sources are crawled by schedule no more, until `resume`."""

from __future__ import annotations

import argparse

from archive.errors import UsageError
from archive.library import Library
from backissue.output import print_json, say
from backissue.service.socket_client import look
from crawlers.sources.folder import SourceFiles


def run(options: argparse.Namespace) -> int:
    """Pause the sources that are named, or all."""
    with Library.open(options.library, writing=True) as library:
        names = declared_names(library, options.what)
        library.state.pause(names)
        serving = look(library)
    what = "all sources" if names == ["*"] else ", ".join(names)
    if options.json:
        print_json("summary", {"paused": names, "serving": serving})
    say(
        options,
        f"paused: {what}; a run that is going on ends by itself, `crawl SOURCE` still works",
    )
    return 0


def declared_names(library: Library, names: list[str]) -> list[str]:
    """*names*, `*` for all where there are none; UsageError where no file declares one."""
    declared = SourceFiles(library.path / "sources").read()
    known = {*declared.sources, *declared.broken}
    for name in names:
        if name not in known:
            raise UsageError(f"no source {name!r}: known are {', '.join(sorted(known)) or 'none'}")
    return names or ["*"]
