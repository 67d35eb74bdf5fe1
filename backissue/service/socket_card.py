"""The socket of a service and the card that names it: `state/service.json`, which anybody may have
written. What it says is believed as far as the kernel confirms it."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import stat
import struct
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from archive.disk import files
from archive.disk.locks import holder_pid

_LONGEST_PATH = 100  # bytes: the kernel takes 107
_LONGEST_CARD = 4096  # bytes
_NAME: Final = re.compile(r"backissue-[0-9a-f]{12}\.sock")


def service_card(library: Path) -> Path:
    """The file that names the socket of the service on *library*."""
    return library / "state" / "service.json"


def new_socket(library: Path) -> socket.socket:
    """A listening socket for a service on *library*, for this user alone; the card names it."""
    name = f"backissue-{secrets.token_hex(6)}.sock"
    folder = _runtime_folder(name)
    path = folder / name
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen()
    listening.setblocking(False)
    _remove_left(library)
    files.put(service_card(library), json.dumps({"socket": str(path), "pid": os.getpid()}).encode())
    return listening


def close_socket(library: Path, path: Path) -> None:
    """Remove the socket at *path*, which `new_socket` made, and the card if it is of it."""
    if socket_path(library) == path:
        service_card(library).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def socket_path(library: Path) -> Path | None:
    """The socket that the card names, if it may be that of a service; None else."""
    try:
        with service_card(library).open("rb") as stream:
            card = json.loads(stream.read(_LONGEST_CARD))
        path = Path(card["socket"])
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return path if path.is_absolute() and _NAME.fullmatch(path.name) and is_socket else None


def connected(library: Path) -> socket.socket | None:
    """A connection to the process that holds the lock of serving *library*; None where the card
    leads to no other.

    Not a byte is sent to whoever else listens where the card leads.
    """
    path = socket_path(library)
    if path is None:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
        if _peer(connection) == holder_pid(library / "locks" / "serve"):
            return connection
    except OSError:  # it is starting, or ending
        pass
    connection.close()
    return None


def _peer(connection: socket.socket) -> int:
    """The id of the process at the other end."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", said)[0])


def _remove_left(library: Path) -> None:
    """Remove the socket of a service that was killed: one of ours, to which nobody listens."""
    path = socket_path(library)
    if path is None or not _is_our_own(path.parent):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            with suppress(OSError):
                path.unlink()
        except OSError:
            pass


def _runtime_folder(name: str) -> Path:
    """A folder of this user's own, so short that a socket of that *name* fits into an address."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime)] if runtime else []
    candidates += [
        Path(base) / f"backissue-{os.getuid()}"
        for base in (tempfile.gettempdir(), "/tmp")  # noqa: S108 - what is made there is nobody else's
    ]
    for folder in candidates:
        if len(os.fsencode(folder / name)) <= _LONGEST_PATH and _made_our_own(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="backissue-", dir="/tmp"))


def _made_our_own(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    return _is_our_own(folder)


def _is_our_own(folder: Path) -> bool:
    """Whether *folder* is this user's, and no other may enter it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    private = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and private
