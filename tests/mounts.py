"""Disks for tests: a small one that can be filled to its last byte, and one that cannot be written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *words: str | Path) -> Iterator[Path]:
    """`mount WORDS FOLDER`, as long as it lasts; the test is skipped where nothing may be mounted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", *map(str, words), str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def small_disk(folder: Path, size: str = "16m") -> AbstractContextManager[Path]:
    """A disk of its own at *folder*."""
    return mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


def read_only(original: Path, folder: Path) -> AbstractContextManager[Path]:
    """*original* at *folder*, too, without the right to write."""
    return mounted(folder, "-o", "bind,ro", original)


def fill(disk: Path, room: int = 0) -> Path:
    """Leave *room* bytes free on *disk*; the file that takes the others."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        for size in (1 << 20, 4096):
            try:
                while True:
                    stream.write(bytes(size))
            except OSError:
                continue
    os.truncate(filler, filler.stat().st_size - room)
    return filler
