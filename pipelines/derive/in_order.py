"""Tasks on the workers of a pool, their results in the order of the tasks.

For work that the process itself can do as well: where workers die, it does what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from typing import TypeVar

from pipelines.derive.engine import submit

T = TypeVar("T")
R = TypeVar("R")


def in_order(pool: Executor, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
    """The results of *function* on *tasks*, one after the other; raises what it raises."""
    done = 0
    try:
        for future in [submit(pool, function, task) for task in tasks]:
            yield future.result()
            done += 1
    except (BrokenExecutor, MemoryError):
        yield from map(function, tasks[done:])
