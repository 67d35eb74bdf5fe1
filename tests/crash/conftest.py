"""The processes that carry out trials, and a folder where syncing costs nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crash.harness import Harness

_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30


@contextmanager
def harness(processes: int, below: Path | None = None) -> Iterator[Harness]:
    """A harness of so many processes, with *below* loaded; what failed stays in its folder for a look at it."""
    inside = _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None
    folder = Path(tempfile.mkdtemp(prefix="backissue-crash-", dir=inside))
    with Harness(folder, processes, below) as made:
        yield made
    if not made.failed:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def trials() -> Iterator[Harness]:
    """One process for a few trials."""
    with harness(1) as made:
        yield made


@pytest.fixture
def many_trials() -> Iterator[Harness]:
    """A process for each of two cores."""
    with harness(2) as made:
        yield made
