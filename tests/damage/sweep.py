"""Trials on two processes, and which there are: a few, a choice of each kind of file, or all."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from damage.places import DAMAGES, befalls, every, kinds, make_library
from damage.trial import READING, WRITING

_ROOT = Path(__file__).parents[2]
_SEED = 20260302
_CHOSEN = 120  # trials of the long test: about four minutes on two cores
_WEIGHTY = (  # what every command rests on: all damages are tried
    *("state/backissue.db", "current", "generations/0002/batches.jsonl", "state/lookup/index.db"),
    *("generations/0002/fold.db", "tombstones.jsonl", "library.toml"),
)
_FEW = (
    ("state/backissue.db", "random"),
    ("generations/0002/batches.jsonl", "lines"),
    ("current", "circle"),
    ("templates/north.example", "link"),
    ("generations/0002/fold.db", "begun"),
    ("sources/north.toml", "folder"),
)

Pair = tuple[str, str]
Job = dict[str, Any]


class Sweep:
    """So many processes that carry out trials in *folder*; a context manager."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        self._folder, self.whole = folder, folder / "whole"
        folder.mkdir()
        path = os.pathsep.join([str(_ROOT), str(_ROOT / "tests")])
        make_library(self.whole)
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "damage.zygote", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": path},
                cwd=_ROOT,
            )
            for _ in range(processes)
        ]
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self.commands = 0

    def __enter__(self) -> Sweep:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.communicate()  # the end of its input ends it

    def all(self, jobs: Iterable[Job]) -> Iterator[list[str]]:
        """What is wrong in each trial, in their order."""
        with ThreadPoolExecutor(len(self._processes)) as pool:
            yield from pool.map(self._attempt, jobs)

    def _attempt(self, job: Job) -> list[str]:
        process = self._idle.get()
        try:
            assert process.stdin
            assert process.stdout
            print(json.dumps(job), file=process.stdin, flush=True)
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the process of the trials ended with {process.wait()}")
            answer = json.loads(line)
        finally:
            self._idle.put(process)
        self.commands += answer["commands"]
        found: list[str] = answer["wrong"]
        return found

    def few(self) -> list[Job]:
        """A fixed choice, quick enough for each run of the tests."""
        return [_job(number, *pair, reading=2) for number, pair in enumerate(_FEW)]

    def chosen(self) -> list[Job]:
        """All damages of what everything rests on; of the others a choice by seed, of each kind of
        file at least one damage."""
        pairs = self._pairs(sorted(kinds(self.whole).values()))
        weighty = [pair for pair in pairs if pair[0] in _WEIGHTY]
        others = [pair for pair in pairs if pair[0] not in _WEIGHTY]
        chance = random.Random(_SEED)
        chance.shuffle(others)
        first = list({place: (place, damage) for place, damage in others}.values())
        rest = [pair for pair in others if pair not in first]
        wanted = [*weighty, *first, *rest][:_CHOSEN]
        return [_job(number, *pair, reading=2) for number, pair in enumerate(wanted)]

    def kinds(self) -> list[Job]:
        """Each damage of one file of each kind, with some of the commands in turn."""
        pairs = self._pairs(sorted(kinds(self.whole).values()))
        return [_job(number, *pair, reading=4) for number, pair in enumerate(pairs)]

    def jobs(self) -> list[Job]:
        """Each damage of each file, with each command and both cures."""
        cures = [["rebuild"], ["repair", "rebuild"]]
        every_command = {"reading": list(READING), "writing": list(WRITING), "cures": cures}
        return [
            {"place": place, "damage": damage, **every_command}
            for place, damage in self._pairs(every(self.whole))
        ]

    def _pairs(self, places: list[str]) -> list[Pair]:
        return [
            (place, damage)
            for place in places
            for damage in DAMAGES
            if befalls(damage, self.whole / place)
        ]


def _job(number: int, place: str, damage: str, *, reading: int) -> Job:
    cures = [["rebuild"], ["repair", "rebuild"]]
    return {
        "place": place,
        "damage": damage,
        "reading": _turn(READING, number, reading),
        "writing": _turn(WRITING, number, 1),
        "cures": cures[number % 2 :][:1],
    }


def _turn(names: Iterable[str], number: int, count: int) -> list[str]:
    """So many of *names*: each trial has the next ones."""
    several = list(names)
    return [several[(number * count + step) % len(several)] for step in range(count)]
