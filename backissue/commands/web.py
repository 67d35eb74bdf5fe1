"""`backissue web`: the console of a library, in a browser."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from backissue.commands.flags import add_library, port
from backissue.output import print_json, say

HELP: Final = "look at the library in a browser"
EXAMPLE: Final = "backissue web --port 8300"


def flags(command: ArgumentParser) -> None:
    """Which library, at which address."""
    add_library(command)
    command.add_argument(
        "--port",
        type=port,
        default=8300,
        help="port of the console (default: 8300); 0: any free port",
    )
    command.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDR",
        help="address to answer at (default: 127.0.0.1); beyond this machine, a key is asked for",
    )


def run(options: Namespace) -> int:
    """Serve the console until Ctrl-C or SIGTERM."""
    import threading

    from archive.library import Library
    from backissue.web.address import Address, bound
    from backissue.web.server import Place, serve_console

    def tell(url: str) -> None:
        if options.json:
            print_json("serving", {"url": url})
        else:
            print(url, flush=True)
            say(options, "Open it in a browser; Ctrl-C ends the console.")

    with Library.open(options.library) as library:
        place = Place(options.host, bound(Address(options.host, options.port)))
        serve_console(library, place, tell, threading.Event())
    return 0
