from __future__ import annotations

import asyncio
import time

from crawlers.capture.heartbeat import Heartbeat


def beats(work: float) -> list[float]:
    """By how much each beat was late in a loop that is blocked for *work* seconds."""

    async def run() -> list[float]:
        late: list[float] = []
        heartbeat = Heartbeat(late.append)
        heartbeat.start()
        await asyncio.sleep(0.05)
        time.sleep(work)
        await asyncio.sleep(0.3)
        heartbeat.stop()
        count = len(late)
        await asyncio.sleep(0.3)
        assert len(late) == count
        return late

    return asyncio.run(run())


def test_a_stall_is_seen_by_the_beat_that_it_delays() -> None:
    assert max(beats(0.8)) >= 0.5


def test_a_loop_that_goes_on_beats() -> None:
    assert len(beats(0)) >= 1
