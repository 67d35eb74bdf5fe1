"""The console on a port, until it is told to stop."""

from __future__ import annotations

import errno
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from archive.disk.files import speaking_errors
from archive.errors import BackissueError, UsageError
from archive.library import Library
from backissue.web.access import Access, access_to, is_wildcard
from backissue.web.app import console
from backissue.web.view import View

PORT = 8300
"""Where the console answers unless a port is given."""

_LOOK = 5.0  # seconds between two looks for new batches
_LEAVE = 5  # seconds that answers on their way have at the end


def serve_console(
    library: Path, address: tuple[str, int], on_url: Callable[[str], None], until: threading.Event
) -> None:
    """Serve the console of *library* at *address* until the event is set, SIGTERM or Ctrl-C.

    *on_url* hears where it answers. UsageError where the port is taken, or there is none such.
    """
    opened = Library.open(library)
    access = access_to(opened.path, address[0])
    with bound(*address) as listening, speaking_errors(opened.path):
        view = View(opened)
        try:
            _serve(view, access, listening, on_url, until)
        finally:
            view.close()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at *port* of *host*; 0: at any free port."""
    if not 0 <= port <= 65535:
        raise UsageError(f"port {port}: there are ports 0 to 65535: choose another with --port")
    name = host.strip("[]")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"host {host}: {error.strerror}: choose another with --host") from None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(place)
        made.listen(128)
    except OSError as error:
        made.close()
        what = "host" if error.errno == errno.EADDRNOTAVAIL else "port"
        value = host if what == "host" else port
        raise UsageError(
            f"{what} {value}: {error.strerror}: choose another with --{what}"
        ) from None
    return made


def _serve(
    view: View,
    access: Access,
    listening: socket.socket,
    on_url: Callable[[str], None],
    until: threading.Event,
) -> None:
    config = uvicorn.Config(
        console(view, access),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        timeout_graceful_shutdown=_LEAVE,
    )
    server = uvicorn.Server(config)
    # in a thread, uvicorn leaves signals alone: they end the command in good order here
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        thread.start()
        on_url(_url(access, listening))
        while thread.is_alive() and not until.is_set():
            _look(view)
            until.wait(_LOOK)
    except KeyboardInterrupt:
        pass
    finally:
        server.should_exit = True
        thread.join(_LEAVE + 5)


def _look(view: View) -> None:
    """Add new batches to the sums, so that no page waits for it; what is wrong, the pages say."""
    with suppress(BackissueError, sqlite3.Error, OSError, ValueError, KeyError, TypeError):
        view.cache.refresh()


def _url(access: Access, listening: socket.socket) -> str:
    """The address to open: with a code that is good once, where a key is asked for."""
    host = socket.gethostname() if is_wildcard(access.host) else access.host.strip("[]")
    host = f"[{host}]" if ":" in host else host
    base = f"http://{host}:{listening.getsockname()[1]}/"
    code = access.code()
    return f"{base}?code={code}" if code else base
