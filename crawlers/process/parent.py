"""A crawl process as its parent sees it: started, given orders, listened to, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from archive.errors import ExitCode
from archive.state.rows import Run
from crawlers.process.child import CrawlJob, spawn
from crawlers.process_orders import END, Halt, Order, Refused, message_from_line, message_to_line

_LONGEST_LINE = 2**20


class CrawlProcess:
    """One running crawl process. It belongs to one event loop."""

    def __init__(
        self, process: BaseProcess, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self.started = time.monotonic()

    @classmethod
    async def start(cls, job: CrawlJob, *beside: str) -> CrawlProcess:
        """A new process for the library and with the flags of *job*; it waits for orders.

        *beside*: as `crawlers.process.child.spawn` has it.
        """
        process, connection = spawn(job, *beside)
        streams = await asyncio.open_unix_connection(sock=connection, limit=_LONGEST_LINE)
        return cls(process, *streams)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid or 0

    @property
    def memory(self) -> int:
        """Bytes of memory that the process holds just now; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        found = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        return 1024 * int(next(found, "0"))

    def give(self, message: Order | Halt) -> None:
        """Send an order; a process that is gone takes none, and `wait` tells."""
        self._write(message_to_line(message))

    def end(self) -> None:
        """No more orders come: it finishes what it has, and ends."""
        self._write(END)

    def _write(self, line: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(line)

    async def reports(self) -> AsyncIterator[Run | Refused]:
        """What becomes of the orders, until the process ends."""
        with suppress(ConnectionError):  # it was killed
            while line := await self._reader.readline():
                message = message_from_line(line)
                if isinstance(message, Run | Refused):
                    yield message

    def stop(self) -> None:
        """End in good order: what is on its way comes in."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End at once; the next start mends what that leaves."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, number)

    async def wait(self) -> ExitCode | None:
        """The exit code; None where a signal or a bug ended it."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        await ended.wait()
        loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._writer.close()
        try:
            return ExitCode(self._process.exitcode or 0)
        except ValueError:
            return None
