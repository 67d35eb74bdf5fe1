"""One TCP or TLS connection: requests written to it, one after the other, into exchanges."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import cast

from archive.web.http import parse_head
from crawlers.wire.exchange import Exchange, ExchangeFailed, Settings
from crawlers.wire.reply import Reply
from crawlers.wire.request import Request


class Connection(asyncio.Protocol):
    """Carries one exchange at a time. Any byte that nobody asked for ends it."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._reply: Reply | None = None
        self._answered: asyncio.Future[None] = loop.create_future()
        self._bedtime: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether a request may be written to it."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def peer(self) -> str:
        """The address at the other end."""
        name = self._transport.get_extra_info("peername") if self._transport else None
        return str(name[0]) if name else ""

    async def exchange(self, request: Request, settings: Settings) -> Exchange:
        """Send *request*, await its answer; the connection stays open if it can be used again."""
        self._wake()
        self._answered, self._reply = self._loop.create_future(), Reply(request, settings)
        reply, peer = self._reply, self.peer
        started, clock = datetime.now(UTC), time.monotonic()
        try:
            async with asyncio.timeout(settings.timeout):
                if self._transport is None or self._transport.is_closing():
                    reply.end()
                else:
                    self._transport.write(request.data)
                    await self._answered
        except TimeoutError:
            reply.cut("time", f"no whole answer within {settings.timeout:g} s")
        finally:
            self._reply = None
            if not (reply.done and reply.reusable):
                self.abort()
        return _exchange_of_reply(reply, request, started, time.monotonic() - clock, peer)

    def rest(self, seconds: float) -> None:
        """Wait for the next request, but for so long only."""
        self._bedtime = self._loop.call_later(seconds, self.abort)

    def abort(self) -> None:
        """Close it now."""
        self._wake()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self._reply is None:
            self.abort()
            return
        self._reply.feed(data)
        self._tell()

    def eof_received(self) -> None:
        """Called by the event loop, which then closes the connection."""
        if self._reply is not None:
            self._reply.end()
            self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop, last of all."""
        self._wake()
        if self._reply is not None:
            self._reply.cut("disconnect", f"the connection broke: {exc or 'aborted'}")
            self._tell()
        if not self.closed.done():
            self.closed.set_result(None)

    def _tell(self) -> None:
        if self._reply is not None and self._reply.done and not self._answered.done():
            self._answered.set_result(None)

    def _wake(self) -> None:
        if self._bedtime is not None:
            self._bedtime.cancel()
            self._bedtime = None


def _exchange_of_reply(
    reply: Reply, request: Request, started: datetime, elapsed: float, peer: str
) -> Exchange:
    head, body = reply.message()
    exchange = Exchange(
        url=request.url,
        started=started,
        elapsed=elapsed,
        request=request.data,
        head=head,
        body=body,
        interim=reply.interim,
        surplus=reply.surplus,
        ip_address=peer,
        truncated=reply.truncated,
        detail=reply.detail,
        parsed=reply.parsed or parse_head(head),
    )
    if reply.failure is not None:
        raise ExchangeFailed(reply.failure, reply.detail, exchange if reply.received else None)
    return exchange
