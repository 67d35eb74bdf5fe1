"""Where `backissue replay` plays a library just now."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

from archive.library import Library

_PATIENCE = 0.2  # seconds; it is on this machine


def replay_of(library: Library) -> str | None:
    """The address of a replay that runs on this machine, with a slash at its end; None without
    one."""
    try:
        card = json.loads((library.path / "state" / "replay.json").read_bytes())
        url = str(card["url"])
        parts = urlsplit(url)
        if (parts.scheme, parts.hostname) != ("http", "127.0.0.1"):  # not of ours
            return None
        socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE).close()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return url
