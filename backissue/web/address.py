"""Where a console answers: a host and a port into a socket that listens there."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from archive.errors import UsageError

PORT = 8300
"""Where the console answers unless a port is given."""

_MOST = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """A host, and a port of it; 0: any free port. None: the usual port, any other if it is
    taken."""

    host: str = "127.0.0.1"
    port: int | None = PORT


def bound(address: Address) -> socket.socket:
    """A socket that listens at *address*; UsageError where that cannot be."""
    if address.port is not None:
        return _bound(address.host, address.port)
    try:
        return _bound(address.host, PORT)
    except UsageError:
        return _bound(address.host, 0)


def _bound(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _MOST:
        raise UsageError(f"port {port}: expected 0 to {_MOST:,}: choose another with --port")
    kind = socket.SOCK_STREAM
    try:
        family, _, protocol, _, place = socket.getaddrinfo(host.strip("[]"), port, type=kind)[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"host {host}: {reason}: choose another with --host") from None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(place)
        made.listen(128)
    except OSError as error:
        made.close()
        wrong_host = error.errno == errno.EADDRNOTAVAIL
        name, value = ("host", host) if wrong_host else ("port", port)
        reason = error.strerror
        raise UsageError(f"{name} {value}: {reason}: choose another with --{name}") from None
    return made
