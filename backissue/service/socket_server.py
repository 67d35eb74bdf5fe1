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

from archive.library import Library
from archive.state.rows import Run
from backissue.service.crawl_processes import CrawlProcesses
from crawlers.process.child import CrawlJob
from crawlers.process_orders import Halt, Order, Refused, message_from_line, message_to_line

logger = logging.getLogger(__name__)
_LONGEST_LINE = 16 * 2**20
_PIECE = 2**16  # bytes


@dataclass(slots=True)
class _OrderedCrawl:
    """A crawl that a client ordered: where its reports go, and which sources have not ended.

    The runs of those that it is *watching* go on whatever becomes of the client: they had begun
    before.
    """

    writer: asyncio.StreamWriter
    waiting: set[str] = field(default_factory=set)
    watching: set[str] = field(default_factory=set)


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
        self._crawls: dict[str, list[_OrderedCrawl]] = {}
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
        """Send a report to the clients that wait for the run, if there are any."""
        ended = isinstance(report, Refused) or bool(report.ended)
        for crawl in self._crawls.get(report.source, ()):
            if not crawl.writer.is_closing():
                crawl.writer.write(message_to_line(report))
            if ended:
                crawl.waiting.discard(report.source)
                crawl.watching.discard(report.source)
        if ended:
            self._crawls.pop(report.source, None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # a client that sends nonsense, or is gone, is dropped
        with suppress(ConnectionError, ValueError, RecursionError):
            want = json.loads(await reader.readline())
            match want:
                case {"want": "turn"}:
                    async with self.publishing:
                        await _ready(writer)
                        while await reader.read(_PIECE):  # it says no more
                            pass
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
                    case Halt(source):
                        self._halt(source, crawl)
                    case None:
                        return
        finally:
            for name in crawl.waiting:  # the client is gone
                self._processes.halt(name)
            for name in [*crawl.watching]:
                self._leave(name, crawl)

    async def _order(self, order: Order, crawl: _OrderedCrawl) -> None:
        """Begin a run, or let the client wait for that which goes on."""
        name = order.source.name
        self._crawls.setdefault(name, []).append(crawl)
        if name in self._processes.going:
            crawl.watching.add(name)
            return
        crawl.waiting.add(name)
        await self._processes.give(order)

    def _halt(self, name: str, crawl: _OrderedCrawl) -> None:
        """End a run that the client ordered; one that it watches goes on without it."""
        if name in crawl.waiting:
            self._processes.halt(name)
        elif name in crawl.watching:
            self._leave(name, crawl)
            goes_on = Refused(name, f"{name}: the run of the service goes on")
            crawl.writer.write(message_to_line(goes_on))

    def _leave(self, name: str, crawl: _OrderedCrawl) -> None:
        """Tell a client no more of a run."""
        crawl.watching.discard(name)
        self._crawls[name] = [one for one in self._crawls.get(name, ()) if one is not crawl]

    def _differs(self, want: dict[str, Any]) -> str | None:
        """Why the service cannot crawl as is wanted: its own flags are others."""
        private = want.get("allow_private") and not self._job.allow_private
        wanted = want.get("resolve", [])
        if (
            not isinstance(wanted, list)
            or private
            or any(one not in self._job.resolve for one in wanted)
        ):
            return (
                "the running service does the crawling, with its own --allow-private and "
                "--resolve: give them to `serve`, or stop it first"
            )
        return None


async def _ready(writer: asyncio.StreamWriter) -> None:
    writer.write(b'{"ready": true}\n')
    await writer.drain()
