"""The console as a process of its own: `python -m backissue.web LIBRARY HOST SOCKET`.

A service starts it. It answers at the SOCKET that it inherits, a number, and ends when its standard
input does: so it never outlives the service, however that ends.
"""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

from archive.errors import BackissueError
from archive.library import Library
from backissue.error_output import fail
from backissue.web.server import Place, serve_console


def main(words: list[str]) -> int:
    """Serve until standard input ends; the first line of output is where."""
    until = threading.Event()
    threading.Thread(target=_wait_for_end, args=(until,), daemon=True).start()
    library, host, number = words
    try:
        with Library.open(Path(library)) as opened:
            place = Place(host, socket.socket(fileno=int(number)))
            serve_console(opened, place, lambda url: print(url, flush=True), until)
    except BackissueError as error:
        return fail(error)
    return 0


def _wait_for_end(until: threading.Event) -> None:
    sys.stdin.buffer.read()
    until.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
