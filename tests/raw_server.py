"""A server that sends exactly the bytes it is told to and keeps a log of what went both ways."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from crawlers.wire import Pool, parse_override
from crawlers.wire import Settings as WireSettings

Step = bytes | float | str  # bytes are sent, a number is a pause, "end" and "reset" close
Script = Callable[[bytes], Sequence[Step]]


@dataclass
class Server:
    """Answers each request as *script* says. *sent* and *received* hold one entry per request."""

    script: Script
    tls: ssl.SSLContext | None = None
    split: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    accepted: int = 0
    open: int = 0
    most: int = 0
    received: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=self.tls, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            while await self._answer(reader, writer):
                pass
            await reader.read()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await reader.readuntil(b"\r\n\r\n")
        for line in request.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                request += await reader.readexactly(int(line[15:]))
        at = len(self.sent)
        self.received.append(request)
        self.sent.append(b"")
        for step in self.script(request):
            if isinstance(step, float):
                if await self._is_left(reader, step):
                    return False
            elif isinstance(step, str):
                if step == "reset":  # no lingering: the client's kernel is told so by an RST
                    connection = writer.get_extra_info("socket")
                    connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                writer.close()
                return False
            else:
                self.sent[at] += step
                await self._send(writer, step)
        return True

    async def _is_left(self, reader: asyncio.StreamReader, pause: float) -> bool:
        """Whether the client went away within *pause* seconds: it has nothing to say meanwhile."""
        try:
            async with asyncio.timeout(pause):
                return await reader.read(1) == b""
        except TimeoutError:
            return False

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        size = self.split or len(data)
        for at in range(0, len(data), size):
            writer.write(data[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)

    def pool(self, **settings: Any) -> Pool:
        """A pool to which every host is this server."""
        return Pool(
            WireSettings(overrides=(parse_override(f"*:*:127.0.0.1:{self.port}"),), **settings)
        )

    async def settle(self, most: int = 0) -> int:
        """How many connections stand open once those that were given up are gone."""
        for _ in range(200):
            if self.open <= most:
                break
            await asyncio.sleep(0.01)
        return self.open


class Site:
    """A `Server` on a thread of its own, for tests whose client is another process."""

    def __init__(self, script: Script, **options: Any) -> None:
        self.server = Server(script, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        self._run(self.server.__aenter__())
        return self.server

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self.server.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)
