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


@contextmanager
def without_rights(folder: Path) -> Iterator[list[str]]:
    """Nothing in *folder* may be written to; the words that begin a command which root, too, may not write with."""
    entries = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in entries if not path.is_symlink()}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    rights = "-dac_override,-dac_read_search"
    try:
        yield (
            [] if os.geteuid() else ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
        )
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


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
