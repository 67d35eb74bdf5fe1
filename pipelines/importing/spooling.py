"""What comes in pieces into a file of the library's own, so that all of it can be read again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.disk import files
from archive.library import Library

STDIN = Path("-")
"""The name that stands for standard input."""
_PIECE, _STEP = 1 << 20, 1 << 26  # bytes read at a time; bytes between two looks at the disk


@contextmanager
def opened(library: Library, path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """The open file *path*, and the name that it is kept by: standard input is copied first."""
    if path != STDIN:
        with path.open("rb") as stream:
            yield stream, path
        return
    pieces = iter(lambda: sys.stdin.buffer.read(_PIECE), b"")
    with spooled(library, pieces, 0) as spool, spool.open("rb") as stream:
        yield stream, Path("stdin")


@contextmanager
def spooled(library: Library, pieces: Iterable[bytes], size: int) -> Iterator[Path]:
    """A file of the *pieces* that goes with the block; DiskFull where *size* bytes have no room."""
    folder, floor = library.path / "state/import", library.settings.disk.floor
    files.make_folder(folder)
    files.check_floor(folder, floor + size)
    path = folder / "spool"
    try:
        with path.open("wb", buffering=0) as stream:
            left = _STEP
            for piece in pieces:
                files.write(stream, piece)
                left -= len(piece)
                if left < 0:
                    files.check_floor(folder, floor)
                    left = _STEP
        yield path
    finally:
        path.unlink(missing_ok=True)
