"""The console on a port, until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import uvicorn

from archive.disk.files import speaking_errors
from archive.errors import BackissueError
from archive.library import Library
from backissue.web.access import Access, access_to, is_wildcard
from backissue.web.app import console
from backissue.web.view import View

_LOOK = 5.0  # seconds between two looks for new batches
_LEAVE = 5  # seconds that answers on their way have at the end


@dataclass(frozen=True, slots=True)
class Place:
    """A socket that is *listening*, and the name of the *host* that it was bound to."""

    host: str
    listening: socket.socket


def serve_console(
    library: Library, place: Place, on_url: Callable[[str], None], until: threading.Event
) -> None:
    """Serve the console of *library* until the event is set, SIGTERM or Ctrl-C.

    *on_url* hears where it answers.
    """
    access = access_to(library.path, place.host)
    with place.listening as listening, speaking_errors(library.path):
        view = View(library, local=access.key is None)
        try:
            _serve(view, access, listening, on_url, until)
        finally:
            view.cache.close()


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
