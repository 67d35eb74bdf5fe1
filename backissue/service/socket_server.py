"""The socket of a running service: it gives turns, takes crawls by hand, hears of changes."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from archive.disk.locks import holder
from archive.errors import LockHeld
from archive.library import Library
from archive.state.rows import Run
from backissue.service.crawl_processes import CrawlProcesses
from crawlers.process.child import CrawlJob
from crawlers.process_orders import Halt, Order, Refused, message_from_line, message_to_line

logger = logging.getLogger(__name__)
_LONGEST_LINE = 16 * 2**20


@dataclass(slots=True)
class _OrderedCrawl:
    """A crawl that a client ordered: where its reports go, and which sources have not ended."""

    writer: asyncio.StreamWriter
    waiting: set[str] = field(default_factory=set)


class SocketServer:
    """Serves the clients of the socket; *on_change* is called when files or pauses changed."""

    def __init__(
        self,
        library: Library,
        job: CrawlJob,
        processes: CrawlProcesses,
        on_change: Callable[[], None],
    ) -> None:
        self._library, self._job = library, job
        self._processes, self._on_change = processes, on_change
        self.publishing = asyncio.Lock()
        self._crawls: dict[str, _OrderedCrawl] = {}
        self._server: asyncio.Server | None = None

    async def open(self, listening: socket.socket) -> None:
        """Accept connections from now on."""
        self._server = await asyncio.start_unix_server(
            self._serve, sock=listening, limit=_LONGEST_LINE
        )

    def close(self) -> None:
        """Accept no more connections."""
        if self._server:
            self._server.close()

    def tell(self, report: Run | Refused) -> None:
        """Send a report to the client that ordered the crawl, if there is one."""
        crawl = self._crawls.get(report.source)
        if crawl is None:
            return
        if not crawl.writer.is_closing():
            crawl.writer.write(message_to_line(report))
        if isinstance(report, Refused) or report.ended:
            crawl.waiting.discard(report.source)
            del self._crawls[report.source]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # a client that sends nonsense, or is gone, is dropped
        with suppress(ConnectionError, ValueError):
            want = json.loads(await reader.readline())
            match want:
                case {"want": "turn"}:
                    async with self.publishing:
                        await _ready(writer)
                        await reader.read()
                case {"want": "look"}:
                    self._on_change()
                    await _ready(writer)
                case {"want": "crawl"}:
                    await self._crawl(want, reader, writer)
        writer.close()

    async def _crawl(
        self, want: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if why := self._differs(want):
            writer.write(json.dumps({"refused": why}).encode() + b"\n")
            await writer.drain()
            return
        await _ready(writer)
        crawl = _OrderedCrawl(writer)
        try:
            while line := await reader.readline():
                match message_from_line(line):
                    case Order() as order:
                        await self._order(order, crawl)
                    case Halt(source) if source in crawl.waiting:
                        self._processes.halt(source)
                    case None:
                        return
        finally:
            for name in crawl.waiting:  # the client is gone
                self._processes.halt(name)

    async def _order(self, order: Order, crawl: _OrderedCrawl) -> None:
        name = order.source.name
        if name in self._processes.going:
            path = self._library.lock_file(f"source-{name}")
            refused = Refused.because(name, LockHeld(path, holder(path)))
            crawl.writer.write(message_to_line(refused))
            return
        crawl.waiting.add(name)
        self._crawls[name] = crawl
        await self._processes.give(order)

    def _differs(self, want: dict[str, Any]) -> str | None:
        """Why the service cannot crawl as is wanted: its own flags are others."""
        private = want.get("allow_private") and not self._job.allow_private
        if private or not set(want.get("resolve", ())) <= set(self._job.resolve):
            return (
                "the running service does the crawling, with its own --allow-private and "
                "--resolve: give them to `serve`, or stop it first"
            )
        return None


async def _ready(writer: asyncio.StreamWriter) -> None:
    writer.write(b'{"ready": true}\n')
    await writer.drain()
