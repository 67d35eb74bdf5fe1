"""Requests into exchanges, over connections that are kept: so many at a time to each host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawlers.wire.connection import Connection
from crawlers.wire.dial import Dialer
from crawlers.wire.exchange import Exchange, ExchangeFailed, Settings
from crawlers.wire.guard import Resolve, SystemResolver
from crawlers.wire.request import Origin, Request, compose


@dataclass(slots=True)
class OriginConnections:
    """The way to one origin: its turns, which are served in order, and its idle connections."""

    turns: asyncio.Semaphore
    idle: list[Connection] = field(default_factory=list)

    def take(self) -> Connection | None:
        """The connection that rested last, if one is still open."""
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open:
                return connection
        return None


class Pool:
    """Fetches over HTTP/1.1 and keeps the exact bytes. It belongs to one event loop; close it.

    *resolve* turns a host into its addresses; the default asks the system.
    """

    def __init__(self, settings: Settings, resolve: Resolve | None = None) -> None:
        self._settings = settings
        self._resolver = SystemResolver()
        self._dialer = Dialer(settings, resolve or self._resolver)
        self._origins: dict[Origin, OriginConnections] = {}
        self._connections: set[Connection] = set()
        self._closed = False

    async def fetch(
        self, method: str, url: str, headers: Sequence[tuple[bytes, bytes]], body: bytes = b""
    ) -> Exchange:
        """Send one request, when its turn has come, and give back the exchange.

        Raises `ExchangeFailed` where no readable head came. A GET or HEAD that meets a kept
        connection which the server has given up is sent once more, on a new connection.
        """
        request = compose(method, url, headers, body)
        connections = self._connections_of(request.origin)
        async with connections.turns:
            kept = connections.take()
            if kept is not None:
                try:
                    return await self._run(kept, connections, request)
                except ExchangeFailed as failed:
                    dead = failed.kind == "disconnect" and failed.exchange is None
                    if not (dead and request.repeatable):
                        raise
            return await self._run(await self._dial(request.origin), connections, request)

    async def close(self) -> None:
        """Close every connection, idle or not; exchanges under way end as cut off."""
        self._closed = True
        connections = list(self._connections)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.closed for connection in connections))
        self._resolver.close()

    def _connections_of(self, origin: Origin) -> OriginConnections:
        if origin not in self._origins:
            self._origins[origin] = OriginConnections(asyncio.Semaphore(self._settings.per_host))
        return self._origins[origin]

    async def _run(
        self, connection: Connection, connections: OriginConnections, request: Request
    ) -> Exchange:
        exchange = await connection.exchange(request, self._settings)
        if connection.is_open and not self._closed:
            connection.rest(self._settings.keep_idle)
            connections.idle.append(connection)
        return exchange

    async def _dial(self, origin: Origin) -> Connection:
        if self._closed:
            raise ExchangeFailed("disconnect", "the pool is closed")
        connection = await self._dialer.dial(origin)
        self._connections.add(connection)
        connection.closed.add_done_callback(lambda _: self._connections.discard(connection))
        if self._closed:
            connection.abort()
        return connection
