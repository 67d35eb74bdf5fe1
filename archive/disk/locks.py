"""Kernel locks on files: held while their holder lives, free at once when it is gone."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import LockHeld
from archive.web.userinfo import hide_userinfo

_PAUSES = (0.01, 0.05, 0.2)  # seconds: who looks whether a lock is held, holds it for an instant


def try_lock(stream: BinaryIO, kind: int = fcntl.LOCK_EX) -> bool:
    """Take the lock of an open file, if nobody holds it; it goes when the file is closed."""
    try:
        fcntl.flock(stream.fileno(), kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take(stream: BinaryIO) -> bool:
    for pause in _PAUSES:
        if try_lock(stream):
            return True
        time.sleep(pause)
    return try_lock(stream)


@contextmanager
def lock(path: Path, card: bytes | None = None) -> Iterator[None]:
    """Hold the lock file *path*; LockHeld names who holds it already.

    What the file says of its holder is for that message only: the kernel's lock decides. *card*
    describes the process that this process works for, if there is any.
    """
    with path.open("a+b", buffering=0) as stream:
        if not _take(stream):
            raise LockHeld(path, holder(path))
        _say(stream, card or own_card())
        yield
        _say(stream, b"")


@contextmanager
def lock_in_turn(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder as soon as nobody else does: for work that is soon done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock of a file or folder, if nobody else does; whether it is held."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


def _say(stream: BinaryIO, card: bytes) -> None:
    """Replace what the lock file says; where the disk has no room for it, work goes on all the
    same."""
    with suppress(OSError):
        stream.truncate(0)
        stream.write(card)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file *path* just now."""
    if not path.exists():
        return False
    with path.open("rb") as stream:
        return not try_lock(stream, fcntl.LOCK_SH)


def holder(path: Path) -> str:
    """Who holds the lock, in words, as far as the lock file tells."""
    card = _card(path)
    if not {"pid", "host", "since", "command"} <= card.keys():
        return "another process"
    return f"pid {card['pid']} on {card['host']} since {card['since']} ({card['command']})"


def holder_pid(path: Path) -> int | None:
    """The id of the process that holds the lock, as far as the lock file tells; None where nobody
    does."""
    pid = _card(path).get("pid") if is_held(path) else None
    return pid if isinstance(pid, int) else None


def have_one_holder(one: Path, other: Path) -> bool:
    """Whether both locks are held for the same process, as far as the lock files tell."""
    if not (is_held(one) and is_held(other)):
        return False
    cards = [_card(path) for path in (one, other)]
    found = {(str(card.get("pid")), str(card.get("host"))) for card in cards}
    return all("pid" in card for card in cards) and len(found) == 1


def _card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_bytes() or b"{}")
    except (ValueError, RecursionError, OSError):
        return {}
    return card if isinstance(card, dict) else {}


def own_card() -> bytes:
    """What a lock file says of this process (JSON)."""
    words = [Path(sys.argv[0]).name, *map(hide_userinfo, sys.argv[1:])]
    command = " ".join(words)[:200]
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    card = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "command": command}
    return json.dumps(card).encode()
