"""`backissue serve`: crawl the sources on their schedules until stopped."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from backissue.commands.flags import add_engine, add_library, add_network, port
from backissue.output import say

HELP: Final = "crawl the sources on their schedules"
EXAMPLE: Final = "backissue serve --library library"


def flags(command: ArgumentParser) -> None:
    """Which library, on which processes, which addresses it may ask, where its console is."""
    add_library(command)
    add_engine(command)
    add_network(command)
    command.add_argument(
        "--port",
        type=port,
        metavar="N",
        help="port of the console (default: [serve] port, or 8300, or any other if that is taken)",
    )
    command.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDR",
        help="address of the console (default: 127.0.0.1); beyond this machine, a key is asked for",
    )
    command.add_argument("--no-web", action="store_true", help="serve no console")


def run(options: Namespace) -> int:
    """Serve; Ctrl-C and SIGTERM end it in good order."""
    import asyncio

    from archive.library import Library
    from archive.removal.in_force import in_force
    from backissue.service.log import begin
    from backissue.service.service import Service
    from backissue.web.address import Address
    from crawlers.process.child import CrawlJob
    from crawlers.wire import parse_override
    from pipelines.derive.engine import parse_engine

    begin(quiet=options.quiet, as_json=options.json)
    parse_engine(options.engine)
    for text in options.resolve:
        parse_override(text)
    with Library.open(options.library, writing=True) as library:
        in_force(library.path)  # where the list of removals cannot be read, nothing is asked for
        job = CrawlJob(library.path, (), options.allow_private, tuple(options.resolve))
        say(options, f"serving {library.path}")
        port = library.settings.serve.port if options.port is None else options.port
        console = None if options.no_web else Address(options.host, port)
        return asyncio.run(Service(library, options.engine, job, console).run())
