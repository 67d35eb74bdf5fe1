"""How the look-up index comes to be that of the newest tables, and who may ask it.

Who writes holds the lock of its folder; others do not wait, and search the files. New batches come
in one transaction, and a new index takes its name when it is whole: whatever ends a process, the
index is that of some batch. Whether it is that of the newest is told by the size and the time of
the journal alone; where these differ, by its bytes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from archive.disk import files
from archive.disk.locks import lock_if_free
from archive.disk.transactions import transaction
from archive.errors import ArchiveError, BackissueError
from archive.tables.index.database import State, connect, lay_out, read_state, write_state
from archive.tables.journal import NO_BATCH, entry_from_line

_NAME = "index.db"
_UNKEPT: Final = (OSError, sqlite3.Error, BackissueError)

Answer = TypeVar("Answer")
Question = Callable[[sqlite3.Connection], Answer]


def ask(generation: Path, question: Question[Answer]) -> Answer | None:
    """The answer to *question* from the index of *generation* as it is now; None where there is
    none and none can be kept, and for a generation that readers do not see."""
    path = index_path(generation)
    with suppress(*_UNKEPT):
        if _is_current(path, generation) or _bring_up(path, generation):
            with suppress(sqlite3.DatabaseError):
                return _answer(path, question)
            if _bring_up(path, generation, anew=True):  # it was damaged
                return _answer(path, question)
    return None


def _answer(path: Path, question: Question[Answer]) -> Answer | None:
    with closing(connect(path)) as connection:
        state = read_state(connection)
        return question(connection) if state and not state.damaged else None


def index_path(generation: Path) -> Path:
    """Where the index of the library of *generation* stands, or would."""
    return generation.parents[1] / "state" / "lookup" / _NAME


def _is_current(path: Path, generation: Path) -> bool:
    """Whether the index at *path* is of all batches of *generation*, as far as can be told without
    a write."""
    state = None
    with suppress(sqlite3.DatabaseError), closing(connect(path)) as connection:
        state = read_state(connection)
    if state is None or state.generation != generation.name:
        return False
    if state.mark == _mark(generation):
        return True
    if os.access(path, os.W_OK):
        return False  # it is brought up, if by the mark alone
    return _is_of(state, _complete_lines(generation), state.size)


def _is_of(state: State, lines: bytes, size: int) -> bool:
    """Whether the index has the first *size* bytes of a journal with *lines*, and no more."""
    return state.size == size and hashlib.sha256(lines[:size]).digest() == state.digest


def _mark(generation: Path) -> str:
    """What changes with the journal, or when another file stands there."""
    seen = (generation / "batches.jsonl").stat()
    return f"{seen.st_dev}-{seen.st_ino}-{seen.st_size}-{seen.st_mtime_ns}"


def _complete_lines(generation: Path) -> bytes:
    data = (generation / "batches.jsonl").read_bytes()
    return data[: data.rfind(b"\n") + 1]


def _bring_up(path: Path, generation: Path, *, anew: bool = False) -> bool:
    """Bring the index up to the newest batch; make it where there is none. Whether it is current:
    not where another process is at it, nor for another generation than readers see."""
    library = generation.parents[1]
    current, state = library / "current", library / "state"
    if not state.is_dir() or not current.is_symlink():
        return False
    if current.readlink().name != generation.name:
        return False
    files.make_folder(path.parent)
    with lock_if_free(path.parent) as mine:
        if mine and (anew or not _grow(path, generation)):
            _make(path, generation)
        return mine


def _grow(path: Path, generation: Path) -> bool:
    """Bring the index at *path* up to the journal; False where it is to be made again."""
    with suppress(sqlite3.DatabaseError, ArchiveError), closing(connect(path, "rw")) as connection:
        with transaction(connection):
            state, mark = read_state(connection), _mark(generation)
            lines = _complete_lines(generation)
            if state is None or state.damaged or state.generation != generation.name:
                return False
            if not _is_of(state, lines[: state.size], state.size):
                return False
            _add(connection, generation, lines[state.size :])
            write_state(connection, _state(generation, lines, mark))
        return True
    return False


def _make(path: Path, generation: Path) -> None:
    """Make the index at *path* in place of what stands there."""
    for left in path.parent.glob("index.*.tmp"):
        left.unlink(missing_ok=True)
    temporary = path.with_name(f"index.{secrets.token_hex(4)}.tmp")
    mark = _mark(generation)
    lines = _complete_lines(generation)
    state = _state(generation, lines, mark)
    try:
        try:
            _fill(temporary, generation, lines, state)
        except ArchiveError:  # a table file is damaged or gone: files are searched
            temporary.unlink()
            _fill(temporary, generation, b"", replace(state, damaged=True))
        files.sync_file(temporary)
        path.unlink(missing_ok=True)
        path.with_name(f"{_NAME}-journal").unlink(missing_ok=True)  # it belongs to what stood there
        files.rename(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _fill(temporary: Path, generation: Path, lines: bytes, state: State) -> None:
    with closing(connect(temporary, "rwc")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        with transaction(connection):
            lay_out(connection)
            _add(connection, generation, lines)
            write_state(connection, state)


def _state(generation: Path, lines: bytes, mark: str) -> State:
    return State(generation.name, len(lines), hashlib.sha256(lines).digest(), mark)


def _add(connection: sqlite3.Connection, generation: Path, lines: bytes) -> None:
    """Add the batches that *lines* of the journal describe; ArchiveError where one cannot be
    read."""
    if not lines:
        return
    from archive.tables.index.growth import add_batch  # Arrow, which no question needs

    for line in filter(None, lines.split(b"\n")):
        try:
            entry = entry_from_line(line)
        except NO_BATCH as error:
            raise ArchiveError(f"{generation / 'batches.jsonl'}: no batch: {error}") from error
        add_batch(connection, generation, entry)
