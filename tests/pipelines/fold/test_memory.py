"""The fold's memory on a disk that has no room for a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.disk import files
from archive.errors import DiskFull
from mounts import fill, small_disk
from pipelines.fold.memory import FoldMemory


def test_a_batch_for_which_there_is_no_room_is_forgotten_and_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        memory = FoldMemory(disk)
        filler = fill(disk)
        with pytest.raises(DiskFull), files.speaking_errors(disk), memory.batch(1):
            pass
        filler.unlink()
        assert memory.last_batch() == 0
        with memory.batch(1):
            pass
        assert memory.last_batch() == 1
        memory.close()


def test_a_batch_that_fails_is_forgotten(tmp_path: Path) -> None:
    memory = FoldMemory(tmp_path)
    with pytest.raises(ValueError, match="no page"), memory.batch(1):
        raise ValueError("no page")
    assert memory.last_batch() == 0
    memory.close()
