"""The local socket of a running service: commands beside it ask for their turn, or for a crawl.

Lines of JSON. The first says what is wanted: `turn` (nobody else publishes while the connection is
open), `crawl` (then orders, as `crawlers.process_orders` writes them), `look` (sources or pauses
changed). The answer `{"ready": true}` or `{"refused": "why"}` comes when it can be had.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.disk import files
from archive.disk.locks import is_held
from archive.errors import ExitCode, UsageError
from archive.library import Library
from archive.state.rows import Run
from backissue.output import warn
from crawlers.process.child import CrawlJob
from crawlers.process_orders import END, Halt, Order, Refused, message_from_line, message_to_line

_LONGEST_LINE = 2**20
_LONGEST_PATH = 100  # bytes: the kernel takes 107
_STARTING_SECONDS = 10.0
_PATIENT_SECONDS = 1.0


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
    _remove_socket(library)  # of a service that was killed
    files.put(service_card(library), json.dumps({"socket": str(path), "pid": os.getpid()}).encode())
    return listening


def close_socket(library: Path) -> None:
    """Remove the socket and its card."""
    _remove_socket(library)
    service_card(library).unlink(missing_ok=True)


def _remove_socket(library: Path) -> None:
    path = _socket_path(library)
    with suppress(OSError):
        if path and path.is_socket():
            path.unlink()


def _socket_path(library: Path) -> Path | None:
    try:
        return Path(json.loads(service_card(library).read_bytes())["socket"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _runtime_folder(name: str) -> Path:
    """A folder of this user's own, so short that a socket of that *name* fits into an address."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime)] if runtime else []
    candidates += [
        Path(base) / f"backissue-{os.getuid()}" for base in (tempfile.gettempdir(), "/tmp")
    ]
    for folder in candidates:
        if len(os.fsencode(folder / name)) <= _LONGEST_PATH and _is_our_own(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="backissue-", dir="/tmp"))


def _is_our_own(folder: Path) -> bool:
    """Whether *folder*, made if need be, is this user's, and no other may enter it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    private = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and private


def connect(library: Library, want: dict[str, Any]) -> socket.socket | None:
    """A connection to the service on *library* that grants *want*; None where no service runs.

    Waits as long as the service needs, and says so. Raises UsageError where it refuses.
    """
    until = time.monotonic() + _STARTING_SECONDS
    while is_held(library.lock_file("serve")):
        path = _socket_path(library.path)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
        except OSError:  # it is starting, or ending
            connection.close()
            if time.monotonic() > until:
                return None
            time.sleep(0.1)
            continue
        connection.sendall(json.dumps(want).encode() + b"\n")
        _await_ready(connection)
        return connection
    return None


def _await_ready(connection: socket.socket) -> None:
    connection.settimeout(_PATIENT_SECONDS)
    try:
        answer = _read_line(connection)
    except TimeoutError:
        warn("waiting for the service, which is publishing")
        connection.settimeout(None)
        answer = _read_line(connection)
    connection.settimeout(None)
    if not answer.get("ready"):
        connection.close()
        raise UsageError(answer.get("refused") or "the service ended: try again")


def _read_line(connection: socket.socket) -> dict[str, Any]:
    """Read one line, byte by byte: what follows it is for another reader."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            return {}
        line += byte
    answer: dict[str, Any] = json.loads(line)
    return answer


@contextmanager
def turn(library: Library) -> Iterator[None]:
    """While this lasts, a service that runs on *library* does not publish."""
    connection = connect(library, {"want": "turn"})
    try:
        yield
    finally:
        if connection:
            connection.close()


def notify_service(library: Library) -> bool:
    """Tell a running service that sources or pauses changed; False where none runs."""
    connection = connect(library, {"want": "look"})
    if connection:
        connection.close()
    return connection is not None


def crawl_request(job: CrawlJob) -> dict[str, Any]:
    """The request that a service crawls *job*'s sources."""
    return {"want": "crawl", "allow_private": job.allow_private, "resolve": list(job.resolve)}


class ServiceCrawl:
    """A crawl by the processes of a running service, with the methods of `CrawlProcess`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, names: Iterable[str]
    ) -> None:
        self._reader, self._writer, self._names = reader, writer, list(names)
        self._ended = False

    @classmethod
    async def over(cls, connection: socket.socket, names: Iterable[str]) -> ServiceCrawl:
        """A crawl of the sources *names* over a connection that is ready for it."""
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=_LONGEST_LINE)
        return cls(reader, writer, names)

    def give(self, message: Order | Halt) -> None:
        """Send an order."""
        self._writer.write(message_to_line(message))

    def end(self) -> None:
        """No more orders come."""
        self._ended = True
        self._writer.write(END)

    async def reports(self) -> AsyncIterator[Run | Refused]:
        """What becomes of the orders, until all is done, or the service is gone."""
        while line := await self._reader.readline():
            message = message_from_line(line)
            if isinstance(message, Run | Refused):
                yield message

    def stop(self) -> None:
        """End the runs in good order; the service goes on."""
        for name in self._names:
            self.give(Halt(name))

    def kill(self) -> None:
        """Wait no longer: the service ends the runs by itself."""
        self._writer.close()

    async def wait(self) -> ExitCode | None:
        """DONE; None where the service was gone before all had ended."""
        self._writer.close()
        return ExitCode.DONE if self._ended else None
