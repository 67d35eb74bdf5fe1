"""Durable file operations: what they did is on the disk when they return, folders included.

All writes of the library go through here, so that a test can fail or cut short any one of them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.disk.locks import try_lock
from archive.errors import BackissueError, DiskFailed, DiskFull, NoPermission

_TRIES = 10  # to make a folder: another process may remove the empty folder above it
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_PROBE = 64 << 10  # bytes: more than SQLite asks for at a time


def write(stream: BinaryIO, data: bytes) -> None:
    """Write all of *data* to an unbuffered stream, or raise."""
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def sync(stream: BinaryIO) -> None:
    """Force what was written to *stream* to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in *folder* to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make *folder* and those above it; each new name is on the disk."""
    for tries_left in reversed(range(_TRIES)):
        if folder.is_dir():
            return
        make_folder(folder.parent)
        try:
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
        except FileNotFoundError:  # somebody has removed the empty folder above it
            if not tries_left:  # or, as in /proc, nothing can be made here
                raise


def rename(old: Path, new: Path) -> None:
    """Give *old* the name *new*, replacing what stood there."""
    old.replace(new)
    sync_folder(new.parent)
    if old.parent != new.parent:
        sync_folder(old.parent)


def link(old: Path, new: Path) -> None:
    """Give *old* another name; unlike `rename` it never takes another file's: FileExistsError."""
    os.link(old, new)
    sync_folder(new.parent)


def mirror(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Give each first file of *pairs* its second as another name, or where the disk has no such
    names, a copy of it."""
    folders: set[Path] = set()
    for old, new in pairs:
        if new.parent not in folders:
            make_folder(new.parent)
            folders.add(new.parent)
        try:
            os.link(old, new)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            shutil.copyfile(old, new)
            sync_file(new)
    for folder in sorted(folders):
        sync_folder(folder)


def put(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Make *path* hold *data*: a reader sees the old content or the new, never a part."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with temporary.open("xb", buffering=0) as stream:
        try_lock(stream)  # recovery removes files that nobody holds
        try:
            for piece in (data,) if isinstance(data, bytes) else data:
                write(stream, piece)
            sync(stream)
            rename(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a temporary file or folder, so that nobody thinks that a crash left it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextmanager
def unheld(path: Path) -> Iterator[bool]:
    """Whether *path* is there and nobody holds its lock; while this lasts, nobody can take the
    lock."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield path.exists()  # its owner may just have given it another name
    finally:
        os.close(handle)


def append_line(path: Path, line: bytes) -> None:
    """Add *line* and a newline to *path*; on the disk when this returns."""
    with path.open("ab", buffering=0) as stream:
        write(stream, line + b"\n")
        sync(stream)


def sync_file(path: Path) -> None:
    """Force the content of *path*, written by somebody else, to the disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def remove_tree(folder: Path) -> None:
    """Remove *folder* and all below it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_empty(folder: Path) -> bool:
    """Remove *folder* unless somebody has put something into it just now; whether it is gone."""
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True


def check_floor(folder: Path, floor: int) -> None:
    """Raise DiskFull if fewer than *floor* bytes are free on *folder*'s disk."""
    if (room := free(folder)) < floor:
        raise DiskFull(folder, room, floor)


@contextmanager
def speaking_errors(path: Path) -> Iterator[None]:
    """Turn a missing permission, a full or a failing disk into an error that says what to do."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        found = _of_system(error, path) if isinstance(error, OSError) else _of_state(error, path)
        if found is None:
            raise
        raise found from error


def _of_system(error: OSError, path: Path) -> BackissueError | None:
    where = error.filename or path
    if isinstance(error, PermissionError):
        return NoPermission(where, "no permission")
    if error.errno == errno.EROFS:
        return NoPermission(where, "read-only file system")
    if error.errno in _NO_ROOM:
        return DiskFull(path, free(path), 0)
    return DiskFailed(where, "input/output error") if error.errno == errno.EIO else None


_SQLITE_WRITES = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_CLOSE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}


def _of_state(error: sqlite3.OperationalError, path: Path) -> BackissueError | None:
    """SQLite says "disk I/O error" of a full disk, too, and "unable to open" of a disk that has no
    room for another file. So the disk itself is asked.
    """
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL:
        other = Path(tempfile.gettempdir())  # SQLite keeps what it sorts there
        where = other if not is_full(path) and is_full(other) else path
        return DiskFull(where, free(where), 0)
    if (code == sqlite3.SQLITE_CANTOPEN or extended in _SQLITE_WRITES) and is_full(path):
        return DiskFull(path, free(path), 0)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return NoPermission(path, str(error))
    return DiskFailed(path, str(error)) if code == sqlite3.SQLITE_IOERR else None


def is_full(path: Path) -> bool:
    """Whether the disk has no room for a few pages more where *path* is, or would be."""
    try:
        with tempfile.TemporaryFile(dir=_existing(path), buffering=0) as probe:
            write(probe, bytes(_PROBE))
            sync(probe)
    except OSError as error:
        return error.errno in _NO_ROOM
    return False


def free(path: Path) -> int:
    """Free bytes where *path* is, or would be."""
    return shutil.disk_usage(_existing(path)).free


def _existing(path: Path) -> Path:
    """The folder *path*, or the nearest folder above it that exists."""
    return next(part for part in (path, *path.absolute().parents) if part.is_dir())


@contextmanager
def scratch(size: int) -> Iterator[Path]:
    """A temporary folder with room for *size* bytes, on a disk or in memory; DiskFull without."""
    named = [os.environ[name] for name in ("TMPDIR",) if name in os.environ]
    bases = [Path(base) for base in (*named, "/tmp", "/var/tmp", "/dev/shm") if Path(base).is_dir()]  # noqa: S108 - what is made there is nobody else's
    for base in bases:
        if os.access(base, os.W_OK) and free(base) > size + _PROBE and not is_full(base):
            with tempfile.TemporaryDirectory(prefix="backissue-", dir=base) as folder:
                yield Path(folder)
            return
    raise DiskFull(bases[0], free(bases[0]), 0)
