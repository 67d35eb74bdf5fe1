"""Each file of a library damaged in each way, and each command run on it: no traceback, no wrong answer, nothing
read or changed outside; `rebuild`, or `repair` and `rebuild`, make again what can be made.

Which trials there are: `damage/sweep.py`. `BACKISSUE_DAMAGE=full` has every file, every damage and every command in
`test_a_damaged_library_is_told_of_and_mended`: hours.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from damage.sweep import Sweep

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where syncing costs nothing, if there is such a place."""
    made = Path(tempfile.mkdtemp(prefix="damage-", dir=_MEMORY if _MEMORY.is_dir() else None))
    yield made
    shutil.rmtree(made)


def test_a_few_damages_of_a_library_are_told_of_and_mended(folder: Path) -> None:
    with Sweep(folder / "few", 1) as sweep:
        jobs = sweep.few()
        wrong = [line for found in sweep.all(jobs) for line in found]
        assert sweep.commands >= 5 * len(jobs)
    assert wrong == []


@pytest.mark.long
def test_a_damaged_library_is_told_of_and_mended(folder: Path) -> None:
    with Sweep(folder / "many") as sweep:
        jobs = sweep.jobs() if os.environ.get("BACKISSUE_DAMAGE") == "full" else sweep.chosen()
        wrong = [line for found in sweep.all(jobs) for line in found]
        print(f"{len(jobs)} trials, {sweep.commands} commands, {len(wrong)} findings")
    assert wrong == []
