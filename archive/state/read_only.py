"""The state database read without a write: beside a writer, on a full disk, from a read-only copy.

Opened in the usual way, even to read, a database in WAL mode gets files beside it, and needs room
for them.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from archive.disk import files
from archive.disk.damage import reading_database
from archive.state.database import State

_TRIES = 5  # readings of a database that somebody writes to meanwhile

Answer = TypeVar("Answer")
_Mark = tuple[tuple[int, int] | None, ...]


def ask(library: Path, question: Callable[[State], Answer]) -> Answer:
    """What *question* finds in the state of *library*; in an empty one, where there is none.

    A database that nobody has open is read without locks. Where somebody wrote to it meanwhile, the
    question is asked again. Damaged where it cannot be read.
    """
    path = library / "state" / "backissue.db"
    with reading_database(path):
        return _ask(path, question)


def lost(library: Path) -> str | None:
    """What to say where the state knows of no WARC file, though there are some; None where it
    does."""
    has_some = any(library.glob("warc/[0-9]*/**/*.warc.gz"))
    if not has_some or ask(library, lambda state: bool(state.warc_files())):
        return None
    return (
        f"{library / 'state'}: nothing is known of runs and of what is not published: `backissue "
        "repair` reads it from warc/ again"
    )


def _ask(path: Path, question: Callable[[State], Answer]) -> Answer:
    for tries_left in reversed(range(_TRIES)):
        before = _mark(path)
        try:
            with _opened(path) as state:
                answer = question(state)
        except (sqlite3.DatabaseError, FileNotFoundError):
            if not tries_left or _mark(path) == before:
                raise
            continue
        if before[1] or _mark(path) == before or not tries_left:
            return answer
    raise AssertionError  # the last try returns or raises


def _mark(path: Path) -> _Mark:
    """What changes when somebody writes: time and size of the database and of its log.

    The log is None where it holds nothing that the database lacks.
    """
    found = []
    for part in (path, _log(path)):
        seen = part.stat() if part.exists() else None
        found.append((seen.st_mtime_ns, seen.st_size) if seen and seen.st_size else None)
    return tuple(found)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


@contextmanager
def _opened(path: Path) -> Iterator[State]:
    """The database at *path*; an empty one where there is none, or a crash left no tables."""
    if path.exists():
        with _stored(path) as state:
            if state.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
                yield state
                return
    with closing(State(Path(":memory:"))) as empty:
        yield empty


@contextmanager
def _stored(path: Path) -> Iterator[State]:
    """What stands on the disk, in one of three ways: as it is, beside a writer, or as a copy."""
    before = _mark(path)
    database, log = before
    if log is None:
        with closing(State(f"{path.as_uri()}?mode=ro&immutable=1")) as state:
            yield state
    elif beside := _beside_writer(path):
        with closing(beside) as state:
            yield state
    else:
        with files.scratch(database[1] + 2 * log[1] if database else 0) as folder:
            for part in (path, _log(path)):
                shutil.copy(part, folder)
            if _mark(path) != before:
                raise sqlite3.OperationalError("written while it was copied")
            with closing(State(f"{(folder / path.name).as_uri()}?mode=ro")) as state:
                yield state


def _beside_writer(path: Path) -> State | None:
    """The database with its log and the index of that, which a writer keeps or a crash has left.

    None where there is no index, and where it cannot grow to what a crashed log needs.
    """
    if not path.with_name(f"{path.name}-shm").exists():
        return None
    state = State(f"{path.as_uri()}?mode=ro")
    try:
        state.rows("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        state.close()
        return None
    return state
