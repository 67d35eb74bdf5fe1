"""Trials on several processes, and which there are: every operation of a stage in every mode."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from crash.operations import applies
from crash.trials import STAGES

T = TypeVar("T")
_ROOT = Path(__file__).parents[2]


class Harness:
    """So many processes that carry out trials in *folder*; a context manager.

    *below*: the library made of `below.c`, which breaks operations where the C library is called.
    """

    def __init__(self, folder: Path, processes: int = 2, below: Path | None = None) -> None:
        self.libraries, self._folder = folder / "libraries", folder
        path = os.pathsep.join([str(_ROOT), str(_ROOT / "tests")])
        under = {"LD_PRELOAD": str(below)} if below else {}
        self._below = {"below": True} if below else {}
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "crash.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": path, **under},
                cwd=_ROOT,
            )
            for _ in range(processes)
        ]
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._count = itertools.count(1)
        self.failed = False

    def __enter__(self) -> Harness:
        try:
            self.ask("prepare", libraries=self.libraries)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.communicate()  # the end of its input ends it

    def ask(self, what: str, **job: Any) -> dict[str, Any]:
        """Have an idle process carry out a function of `crash.trials`."""
        process = self._idle.get()
        try:
            assert process.stdin
            assert process.stdout
            line = json.dumps({"what": what, **job}, default=str)
            print(line, file=process.stdin, flush=True)
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError(f"the process of the trials ended with {process.wait()}")
            found: dict[str, Any] = json.loads(answer)
        finally:
            self._idle.put(process)
        if found.get("wrong") and what in ("prepare", "record"):
            raise RuntimeError(found["wrong"][0])
        self.failed |= bool(found.get("wrong"))
        return found

    def attempt(self, job: dict[str, Any]) -> dict[str, Any]:
        """The verdict on one fault, in a folder of its own."""
        job |= {"libraries": self.libraries, "folder": self.new_folder(), **self._below}
        return self.ask("attempt", **job)

    def lose_power(self, job: dict[str, Any]) -> dict[str, Any]:
        """The verdict on one power cut."""
        return self.ask("lose_power", folder=self.new_folder(), **job)

    def kill(self, seed: int, kills: int) -> dict[str, Any]:
        """The verdict on so many kills of a real crawl."""
        return self.ask("kill_at_random", folder=self.new_folder(), seed=seed, kills=kills)

    def all(self, function: Callable[[Any], T], jobs: Iterable[Any]) -> Iterator[T]:
        """*function* of each job, in their order, on all processes."""
        with ThreadPoolExecutor(len(self._processes)) as pool:
            yield from pool.map(function, jobs)

    def new_folder(self) -> Path:
        """A folder that nobody has used."""
        return self._folder / f"trial-{next(self._count):05}"

    def undisturbed(self) -> dict[str, dict[str, Any]]:
        """The verdict on each stage with no fault."""
        jobs = ({"stage": stage} for stage in STAGES)
        return dict(zip(STAGES, self.all(self.attempt, jobs), strict=True))

    def record(self, stage: str, **options: Any) -> tuple[Path, int]:
        """Where *stage* was recorded, and how many operations it has."""
        job = {"libraries": self.libraries, "folder": self.new_folder(), "stage": stage, **options}
        return job["folder"], self.ask("record", **job)["found"]


def every(operations: dict[str, list[str]]) -> list[dict[str, Any]]:
    """All trials: each operation of each stage in each mode that can befall it."""
    return [
        {"stage": stage, "at": at, "mode": mode}
        for stage, names in operations.items()
        for mode in STAGES[stage].modes
        for at in names
        if applies(mode, at.split()[0])
    ]


def sample(jobs: list[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """*count* of the trials, the same for the same *seed*."""
    return random.Random(seed).sample(jobs, count)


def complaints(
    verdicts: Iterable[dict[str, Any]], stages: dict[str, dict[str, Any]] | None = None
) -> list[str]:
    """What is wrong by the verdicts, a line each; tables are to be as they are in *stages*."""
    found = []
    for verdict in verdicts:
        wrong = list(verdict["wrong"])
        expected = (stages or {}).get(verdict["stage"])
        if expected and verdict["contents"] != expected["contents"]:
            wrong.append("in the end the tables say something else")
        name = f"{verdict['stage']}, {verdict['mode']}, {verdict['at']!r}"
        found += [f"{name}: {what}" for what in wrong]
    return found
