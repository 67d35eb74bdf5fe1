"""What a worker works at, written down before it begins: if it dies, this names the capture.

A capture that takes too much processor time ends its worker, too (SIGPROF).
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.disk import files


class WorkerMark:
    """The open mark of one task."""

    def __init__(self, stream: BinaryIO, seconds: float) -> None:
        self._stream, self._seconds = stream, seconds

    def begin(self, start: int, end: int) -> None:
        """The worker begins with the capture in bytes *start* to *end*."""
        os.pwrite(self._stream.fileno(), f"{start:020} {end:020}".encode(), 0)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)  # nobody handles it: it ends a process

    def end(self) -> None:
        """The worker is through with it."""
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def marking(folder: Path, seconds: float) -> Iterator[WorkerMark]:
    """The mark of the task whose rows go to *folder*. It is removed when the task ends by itself,
    and stays where memory did not suffice."""
    path = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.mark")
    with _opened(path) as stream, files.held(path):
        try:
            yield WorkerMark(stream, seconds)
        except MemoryError:  # as if it had been killed: the capture may be to blame
            raise
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    """A new file, its folder made; another process removes folders while nothing is in them."""
    while True:
        files.make_folder(path.parent)
        with suppress(FileNotFoundError):
            return path.open("xb", buffering=0)


def take_marks(folder: Path) -> set[tuple[int, int]]:
    """Start and end of the captures at which workers died over the task of *folder*; forgets
    them."""
    found = set()
    for path in folder.parent.glob(f".{folder.name}.*.mark"):
        with files.unheld(path) as left:
            if left:
                start, _, end = path.read_text().partition(" ")
                path.unlink()
                found |= {(int(start), int(end))} if end else set()
    return found
