"""The local socket of a running service: commands beside it ask for their turn, or for a crawl.

Lines of JSON. The first says what is wanted: `turn` (nobody else publishes while the connection is
open), `crawl` (then orders, as `crawlers.process_orders` writes them), `look` (sources or pauses
changed). The answer `{"ready": true}` or `{"refused": "why"}` comes when it can be had.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from archive.disk.locks import is_held
from archive.errors import ExitCode, UsageError
from archive.library import Library
from archive.state.rows import Run
from backissue.output import warn
from backissue.service.socket_card import connected
from crawlers.process.child import CrawlJob
from crawlers.process_orders import END, Halt, Order, Refused, message_from_line, message_to_line

_LONGEST_LINE = 2**20
_STARTING_SECONDS = 10.0
_PATIENT_SECONDS = 1.0


def connect(library: Library, want: dict[str, Any]) -> socket.socket | None:
    """A connection to the service on *library* that grants *want*; None where no service runs.

    Waits as long as the service needs, and says so. Raises UsageError where it refuses.
    """
    until = time.monotonic() + _STARTING_SECONDS
    while is_held(library.lock_file("serve")):
        connection = connected(library.path)
        if connection is None:  # it is starting, or ending
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
        raise UsageError(str(answer.get("refused") or "") or "the service ended: try again")


def _read_line(connection: socket.socket) -> dict[str, Any]:
    """Read one line, byte by byte: what follows it is for another reader. Nothing where the other
    end closes, or says no object."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte or len(line) > _LONGEST_LINE:
            return {}
        line += byte
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


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
