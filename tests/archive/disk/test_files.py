"""Durable file operations: all or nothing, and faults in words."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.disk import files
from archive.errors import BackissueError, DiskFailed, DiskFull, NoPermission
from mounts import fill, small_disk


def test_put_replaces_all_or_nothing(tmp_path: Path):
    path = tmp_path / "a" / "b" / "c.json"
    files.put(path, b"old" * 1000)
    files.put(path, b"new")
    assert path.read_bytes() == b"new"
    assert [item.name for item in path.parent.iterdir()] == ["c.json"]


def test_put_that_cannot_replace_leaves_nothing_behind(tmp_path: Path):
    path = tmp_path / "taken"
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        files.put(path, b"data")
    assert [item.name for item in tmp_path.iterdir()] == ["taken"]


def test_append_line_adds_a_line(tmp_path: Path):
    path = tmp_path / "lines"
    files.append_line(path, b"one")
    files.append_line(path, b"two")
    assert path.read_bytes() == b"one\ntwo\n"


def test_make_folder_may_be_repeated(tmp_path: Path):
    folder = tmp_path / "a" / "b" / "c"
    files.make_folder(folder)
    files.make_folder(folder)
    assert folder.is_dir()


def test_write_goes_on_after_a_short_write(tmp_path: Path):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) & ~os.O_NONBLOCK)
    data = bytes(1000)
    with os.fdopen(writer, "wb", buffering=0) as stream, os.fdopen(reader, "rb") as other:
        files.write(stream, data)
        stream.close()
        assert other.read() == data


def test_the_floor_is_checked(tmp_path: Path):
    files.check_floor(tmp_path, 0)
    with pytest.raises(DiskFull) as caught:
        files.check_floor(tmp_path, 2**62)
    assert caught.value.floor == 2**62
    assert caught.value.free < 2**62


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (errno.EACCES, NoPermission),
        (errno.EPERM, NoPermission),
        (errno.EROFS, NoPermission),
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EIO, DiskFailed),
        (errno.EMFILE, OSError),
        (errno.ENOENT, FileNotFoundError),
    ],
)
@pytest.mark.parametrize("below", ["", "not/there/yet"])
def test_faults_of_the_system_become_words(
    tmp_path: Path, code: int, wanted: type[Exception], below: str
):
    with pytest.raises(wanted) as caught, files.speaking_errors(tmp_path / below):
        raise OSError(code, os.strerror(code), str(tmp_path / "file"))
    if isinstance(caught.value, BackissueError):
        assert "\n" not in str(caught.value)
        assert str(tmp_path) in str(caught.value)


def test_a_state_that_cannot_be_opened_becomes_words(tmp_path: Path):
    with pytest.raises(NoPermission), files.speaking_errors(tmp_path):
        sqlite3.connect(f"file:{tmp_path}/none.db?mode=ro", uri=True).execute("SELECT 1")


def test_a_state_that_cannot_grow_becomes_words(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / "small.db")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(DiskFull), files.speaking_errors(tmp_path):
        connection.execute("CREATE TABLE wide AS SELECT zeroblob(100000)")
    connection.close()


def test_other_faults_of_the_state_stay_what_they_are(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / "a.db")
    with pytest.raises(sqlite3.OperationalError), files.speaking_errors(tmp_path):
        connection.execute("SELECT * FROM nothing")
    connection.close()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk that has no byte left."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        fill(disk)
        yield disk


WRITES = [
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,
]
READS = [sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_LOCK]


def told(code: int, path: Path) -> type[Exception]:
    """What becomes of SQLite's error *code*."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    with pytest.raises(BackissueError) as caught, files.speaking_errors(path):
        raise error
    return caught.type


@pytest.mark.parametrize("code", [*WRITES, sqlite3.SQLITE_CANTOPEN])
def test_a_write_of_the_state_that_fails_on_a_full_disk_is_a_full_disk(full: Path, code: int):
    assert told(code, full / "not/there/yet") is DiskFull


@pytest.mark.parametrize("code", READS)
def test_a_disk_that_cannot_be_read_has_failed_be_it_full_or_not(full: Path, code: int):
    assert told(code, full) is DiskFailed
    assert told(code, full.parent) is DiskFailed


@pytest.mark.parametrize("code", WRITES)
def test_a_write_of_the_state_that_fails_on_a_disk_with_room_is_a_failing_disk(
    tmp_path: Path, code: int
):
    assert told(code, tmp_path) is DiskFailed


def test_sqlite_says_disk_error_for_the_full_disk_itself(full: Path):
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(full / "a.db").execute("PRAGMA journal_mode = WAL").fetchall()
    with pytest.raises(DiskFull, match="the disk is full: make room"), files.speaking_errors(full):
        raise caught.value


def test_a_disk_with_room_is_not_full_and_keeps_nothing_of_the_question(tmp_path: Path):
    assert not files.is_full(tmp_path / "below")
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_folder_has_the_room_that_is_wanted_and_is_gone_afterwards(
    full: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TMPDIR", str(full))
    with files.scratch(1000) as folder:
        assert not folder.is_relative_to(full)
        (folder / "a").write_bytes(bytes(1000))
    assert not folder.exists()
    with pytest.raises(DiskFull), files.scratch(2**62):
        pass
