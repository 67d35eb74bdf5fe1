"""How long the event loop kept all sources waiting: the longest stall that its own beat shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EVERY = 0.2  # seconds: a beat costs some microseconds


class Heartbeat:
    """Beats in the running event loop until `stop`; *late* is called with the seconds by which a
    beat came too late."""

    def __init__(self, late: Callable[[float], None]) -> None:
        self._late = late
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat."""
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(_EVERY, self._beat, loop.time() + _EVERY)

    def _beat(self, due: float) -> None:
        self._late(max(0.0, asyncio.get_running_loop().time() - due))
        self.start()

    def stop(self) -> None:
        """Beat no more."""
        if self._next:
            self._next.cancel()
