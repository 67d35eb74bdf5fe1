"""A server that sends exactly the bytes it is told to and keeps a log of what went both ways."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from crawlers.wire import Pool, Settings, parse_override

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
        return Pool(Settings(overrides=(parse_override(f"*:*:127.0.0.1:{self.port}"),), **settings))

    async def settle(self, most: int = 0) -> int:
        """How many connections stand open once those that were given up are gone."""
        for _ in range(200):
            if self.open <= most:
                break
            await asyncio.sleep(0.01)
        return self.open


@dataclass(frozen=True)
class Certificates:
    """An authority of our own, and what a server and a client need of it."""

    authority: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("good.example", "127.0.0.1").configure_cert(context)
    return Certificates(path, context)


@pytest.fixture
def server() -> type[Server]:
    return Server


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a scenario to its end, but not for ever."""

    def to_the_end(scenario: Coroutine[Any, Any, Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(30):
                return await scenario

        return asyncio.run(bounded())

    return to_the_end
