"""The console of a running service: a process of its own, started again where it breaks down."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)
_LONGEST_PAUSE = 300.0  # seconds before a new process, however many died in a row
_STEADY = 600.0  # seconds of life after which a death counts as the first
_LEAVE = 10.0  # seconds that a process has for its end


class ConsoleProcess:
    """Serves the console of *library* on the socket *listening*, which is bound to *host*.

    The pages never share a process with a crawl. *on_url* hears where they are.
    """

    def __init__(
        self, library: Path, host: str, listening: socket.socket, on_url: Callable[[str], None]
    ) -> None:
        self._library, self._host = library, host
        self._listening, self._on_url = listening, on_url
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve until `stop`."""
        deaths = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._serve()
            if self._stopping.is_set():
                break
            deaths = 1 if time.monotonic() - began > _STEADY else deaths + 1
            logger.warning("the console ended (%s): it is started again", code)
            with suppress(TimeoutError):
                pause = min(2.0**deaths, _LONGEST_PAUSE)
                await asyncio.wait_for(self._stopping.wait(), pause)
        self._listening.close()

    def stop(self) -> None:
        """Let the process end."""
        self._stopping.set()
        if self._process and self._process.stdin:
            self._process.stdin.close()

    def kill(self) -> None:
        """The process ends at once."""
        self.stop()
        if self._process and self._process.returncode is None:
            self._process.kill()

    async def _serve(self) -> int:
        """One process, from its start to its end; its exit code."""
        number = self._listening.fileno()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backissue.web", str(self._library), self._host, str(number)),
            stdin=asyncio.subprocess.PIPE,  # its end tells the process that the service is gone
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(number,),
            start_new_session=True,  # Ctrl-C is for the service
        )
        if self._stopping.is_set():  # it was told to while the process came up
            self.stop()
        assert self._process.stdout
        first = True
        async for line in self._process.stdout:
            text = line.decode(errors="replace").rstrip()
            if first and text.startswith("http://"):
                self._on_url(text)
            else:
                logger.warning("console: %s", text)
            first = False
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._process.wait(), _LEAVE)
        self._process.kill()
        return await self._process.wait()
