"""What operations on the disk are called, how they can be broken, and the trace of them.

An operation is called by its kind, its path without times and chance, and its count, as in
`fsync warc/*/*-00001.warc.gz.open #2`: the same in every run. A trace has lines of equal length: the
position behind a line is the operation's number, across processes and without a lock that a kill
could leave behind.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

MODES = {
    "kill": "SIGKILL to all processes before the operation",
    "torn": "half of the write, then SIGKILL to all processes",
    "lone": "SIGKILL to the one process that was about to do it",
    "eio": "it fails once with EIO",
    "enospc": "it fails once with ENOSPC",
    "full": "half of the write, then ENOSPC for all that takes room until the command ends",
}
TAKES_ROOM = ("create", "write", "fsync", "rename", "mkdir", "symlink", "commit")
_CHANCE = (
    (re.compile(r"warc/\d{4}/\d\d\b"), "warc/*"),
    (re.compile(r"BACKISSUE-\d{14}-(\d{5})-[0-9a-f]{8}"), r"*-\1"),
    (re.compile(r"[0-9a-f]{8}\.(tmp|mark)"), r"*.\1"),
    (re.compile(r"\d{12}-\d{12}"), "*"),
    (re.compile(r"staging/[0-9a-f]{8}-[^/]*"), "staging/*"),
    (re.compile(r"\.current\.\d+"), ".current.*"),
)
LINE = 240
_write = os.write


@dataclass(frozen=True)
class Plan:
    """Break the operation called *at* (none: empty) below *root* as *mode* says.

    *below*: where the C library is called, by `below.c`, so that SQLite and Arrow are seen too.
    """

    root: Path
    trace: Path
    at: str = ""
    mode: str = "kill"
    below: bool = False


def name_of(kind: str, path: str) -> str:
    """The name of an operation but for its count: the same in every run."""
    for pattern, stands in _CHANCE:
        path = pattern.sub(stands, path)
    return f"{kind} {path}"


def applies(mode: str, kind: str) -> bool:
    """Whether a fault of *mode* can befall an operation of *kind*."""
    if mode == "torn":
        return kind == "write"
    return mode not in ("enospc", "full") or kind in TAKES_ROOM


def read_trace(trace: Path) -> list[str]:
    """The name of each operation, in order."""
    counts: Counter[str] = Counter()
    found = []
    for name in _names(trace.read_bytes() if trace.exists() else b""):
        counts[name] += 1
        found.append(f"{name} #{counts[name]}")
    return found


def _names(data: bytes) -> list[str]:
    lines = (data[at : at + LINE].decode() for at in range(0, len(data), LINE))
    return [line.rstrip() for line in lines]


def write_down(trace: int, path: Path, name: str) -> int:
    """Add *name* to the open *trace*; how often it stands there now."""
    _write(trace, f"{name[: LINE - 1]:{LINE - 1}}\n".encode())
    end = os.lseek(trace, 0, os.SEEK_CUR)
    with FileIO(path) as stream:
        return _names(stream.read(end)).count(name)
