"""Tasks on workers: results in the order of the tasks, also where a worker dies."""

from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from pipelines.derive.engine import Engine, executor
from pipelines.derive.in_order import in_order


def slow_at_first(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0)
    return number * number


def deadly_to_workers(number: int) -> int:
    if number == 2 and multiprocessing.parent_process():
        os._exit(1)
    return number * number


def wrong(number: int) -> int:
    raise ValueError(number)


def test_results_come_in_the_order_of_the_tasks() -> None:
    with executor(Engine("local", 2)) as pool:
        assert list(in_order(pool, slow_at_first, range(5))) == [0, 1, 4, 9, 16]


def test_what_dead_workers_leave_is_done_here() -> None:
    with executor(Engine("local", 1)) as pool:
        assert list(in_order(pool, deadly_to_workers, range(5))) == [0, 1, 4, 9, 16]


def test_what_a_task_raises_is_raised() -> None:
    with executor(Engine("local", 1)) as pool, pytest.raises(ValueError, match="3"):
        list(in_order(pool, wrong, [3]))
