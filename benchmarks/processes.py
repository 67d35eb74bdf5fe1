"""Processor time of a piece of work with all its processes, forks of a fork server among them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
from collections.abc import Callable, Collection
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: processes whose parent has ended come to us


def seconds_in_process(work: Callable[..., None], *arguments: object) -> float:
    """CPU seconds of *work* in a fresh process (Twisted's reactor starts but once), and of all that
    it starts."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)

    def run() -> None:
        known = children()
        process.start()
        beside.update(pid for pid in children() - known if pid != process.pid)
        process.join()
        if process.exitcode:
            raise SystemExit(f"{work.__name__} ended with {process.exitcode}")

    beside = children()  # and what multiprocessing starts to follow its resources
    return seconds_of(run, beside)


def seconds_of(run: Callable[[], object], beside: Collection[int] = ()) -> float:
    """CPU seconds of the processes that *run* starts and waits for, and of all that these leave
    behind. It is not waited for the processes *beside*."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before = seconds_used(resource.RUSAGE_CHILDREN)
    run()
    while left := children().difference(beside):
        for pid in left:
            os.waitpid(pid, 0)
    return seconds_used(resource.RUSAGE_CHILDREN) - before


def seconds_used(kind: int) -> float:
    """CPU seconds of this process, or of those that it has waited for."""
    used = resource.getrusage(kind)
    return used.ru_utime + used.ru_stime


def children() -> set[int]:
    """The processes whose parent is this one."""
    found = Path("/proc/self/task").glob("*/children")
    return {int(pid) for path in found for pid in path.read_text().split()}
