"""Breaks one durable operation below a folder, whoever of a process and its forks does it.

The operations are seen where Python hands them to the system (and SQLite's commits where they are
asked for), so that none goes round our own file module.
"""

from __future__ import annotations

import builtins
import ctypes
import errno
import io
import mmap
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crash.operations import TAKES_ROOM, Plan, name_of, write_down

_real_open = os.open
Note = Callable[[str, str, str | None], None]  # kind, path, and the old name of a rename


class _Gate:
    """Where each operation passes; *note* is told of each that has been done."""

    def __init__(self, plan: Plan, note: Note | None) -> None:
        self.plan, self.note = plan, note
        self.origins: dict[str, str] = {}
        self.root = f"{plan.root}/"
        self.full = mmap.mmap(-1, 1)  # shared with the forks
        self._reopen()
        os.register_at_fork(after_in_child=self._after_fork)

    def _reopen(self) -> None:
        self._lock = threading.Lock()
        self._trace = _real_open(self.plan.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _after_fork(self) -> None:
        """A position of its own in the trace."""
        os.close(self._trace)
        self._reopen()

    def covers(self, path: str | None) -> bool:
        return path is not None and f"{path}/".startswith(self.root)

    def _is_it(self, kind: str, path: str) -> bool:
        """Write the operation down, and see whether it is the one to break."""
        name = name_of(kind, path.removeprefix(self.root[:-1]).lstrip("/") or ".")
        with self._lock:
            count = write_down(self._trace, self.plan.trace, name)
        return f"{name} #{count}" == self.plan.at

    def pass_through(
        self,
        kind: str,
        path: str | None,
        act: Callable[[], Any],
        half: Callable[[], Any] | None = None,
        fail: Callable[[int], Exception] | None = None,
    ) -> Any:
        """Do *act*, or what the plan has for it; *half* does half of it."""
        if path is None or not self.covers(path):
            return act()
        if self.note:
            found = act()
            self.note(kind, path, self.origins.pop(path, None))
            return found
        again = not self._is_it(kind, path)
        if again and not (self.full[0] and kind in TAKES_ROOM):
            return act()
        return self._break(path, act, None if again else half, fail)

    def _break(
        self,
        path: str,
        act: Callable[[], Any],
        half: Callable[[], Any] | None,
        fail: Callable[[int], Exception] | None,
    ) -> Any:
        mode = self.plan.mode
        if mode == "torn" and half:
            half()
        if mode in ("kill", "torn"):
            os.killpg(0, signal.SIGKILL)
        if mode == "lone":
            os.kill(os.getpid(), signal.SIGKILL)
        if mode == "full":
            self.full[0] = 1
            if half:
                return half()
        number = errno.EIO if mode == "eio" else errno.ENOSPC
        raise fail(number) if fail else OSError(number, os.strerror(number), path)


def _target(number: int) -> str | None:
    try:
        return os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115 -- as text
    except OSError:
        return None


def _absolute(path: Any, dir_fd: int | None = None) -> str:
    text = os.fsdecode(path)
    if dir_fd is not None:
        return f"{_target(dir_fd)}/{text}"
    return os.path.abspath(text)  # noqa: PTH100 -- links stay


def install(plan: Plan, note: Note | None = None) -> None:
    """From now on this process and its forks pass through the gate; there is no way back.

    With *note* nothing is broken: it is told of each operation that has been done.
    """
    if plan.below:
        words = (plan.root, plan.trace, plan.at, plan.mode)
        ctypes.CDLL(None).below_arm(*(str(word).encode() for word in words))
        return
    gate = _Gate(plan, note)
    _patch_names(gate)
    _patch_files(gate)
    _patch_sqlite(gate)


def _patch_names(gate: _Gate) -> None:
    """The operations of `os` on names; a rename counts where its new name is covered."""

    def named(kind: str, real: Callable[..., Any], which: int = 0) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            path = _absolute(args[which], options.get("dir_fd"))
            if kind == "rename" and gate.covers(path):
                gate.origins[path] = _absolute(args[0])
            return gate.pass_through(kind, path, lambda: real(*args, **options))

        return call

    os.replace = named("rename", os.replace, 1)  # type: ignore[assignment]
    os.rename = named("rename", os.rename, 1)  # type: ignore[assignment]
    os.unlink = os.remove = named("unlink", os.unlink)  # type: ignore[assignment]
    os.mkdir = named("mkdir", os.mkdir)  # type: ignore[assignment]
    os.rmdir = named("rmdir", os.rmdir)  # type: ignore[assignment]
    os.symlink = named("symlink", os.symlink, 1)  # type: ignore[assignment]

    os.fsync = os.fdatasync = _on_file(gate, "fsync", os.fsync)  # type: ignore[assignment]
    os.write = _on_file(gate, "write", os.write)  # type: ignore[assignment]
    os.pwrite = _on_file(gate, "write", os.pwrite)  # type: ignore[assignment]
    os.ftruncate = _on_file(gate, "truncate", os.ftruncate)  # type: ignore[assignment]


def _on_file(gate: _Gate, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """An operation of `os` on an open file; of a write, half can be done."""

    def call(file: Any, *args: Any) -> Any:
        number = file if isinstance(file, int) else file.fileno()
        half = None
        if kind == "write":
            data, *rest = args
            half = lambda: real(number, data[: len(data) // 2], *rest)  # noqa: E731
        return gate.pass_through(kind, _target(number), lambda: real(number, *args), half)

    return call


def _patch_files(gate: _Gate) -> None:
    """`open` for writing gives files whose writes, and whose making, pass through the gate."""

    class File(io.FileIO):
        def __init__(self, path: Any, mode: str) -> None:
            self._path = _absolute(path)
            if Path(self._path).exists():
                super().__init__(path, mode)
            else:
                gate.pass_through(
                    "create", self._path, lambda: super(File, self).__init__(path, mode)
                )

        def write(self, data: Any) -> int:
            data = memoryview(data).cast("B")
            return int(
                gate.pass_through(
                    "write",
                    _target(self.fileno()),  # it may have another name by now
                    lambda: super(File, self).write(data),
                    half=lambda: super(File, self).write(data[: len(data) // 2]),
                )
            )

        def truncate(self, size: int | None = None) -> int:
            path = _target(self.fileno())
            return int(
                gate.pass_through("truncate", path, lambda: super(File, self).truncate(size))
            )

    real = io.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
        writes = bool(set(mode) & set("wxa+"))
        if not writes or isinstance(file, int) or not gate.covers(_absolute(file)):
            return real(file, mode, buffering, *args, **options)
        raw = File(file, mode.replace("b", "").replace("t", ""))
        if buffering == 0:
            return raw
        both = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return both if "b" in mode else io.TextIOWrapper(both, *args, **options)

    io.open = builtins.open = opened  # type: ignore[assignment]


def _patch_sqlite(gate: _Gate) -> None:
    class Connection(sqlite3.Connection):
        gated: str = ""

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
            act = super().execute
            if sql.strip().upper() != "COMMIT":
                return act(sql, *args)
            found: sqlite3.Cursor = gate.pass_through(
                "commit", self.gated, lambda: act(sql, *args), fail=_sqlite_error
            )
            return found

        def executescript(self, sql: str) -> sqlite3.Cursor:
            act = super().executescript
            found: sqlite3.Cursor = gate.pass_through(
                "commit", self.gated, lambda: act(sql), fail=_sqlite_error
            )
            return found

    real = sqlite3.connect

    def connect(path: Any, *args: Any, **options: Any) -> sqlite3.Connection:
        connection = real(path, *args, factory=Connection, **options)
        connection.gated = _absolute(path)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]


def _sqlite_error(number: int) -> Exception:
    full = number == errno.ENOSPC
    error = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_IOERR
    return error
