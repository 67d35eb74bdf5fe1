"""The state read without a write: at rest, beside a writer, after a crash, on disks that take nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import Damaged
from archive.state.database import State
from archive.state.read_only import ask
from archive.state.rows import Run
from mounts import fill, read_only, small_disk

DATABASE = "state/backissue.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library's folder whose state says that one source is paused."""
    path = tmp_path / "library"
    (path / "state").mkdir(parents=True)
    with closing(State(path / DATABASE)) as state:
        state.pause(["one"])
    return path


@pytest.fixture
def crashed(folder: Path, tmp_path: Path) -> Path:
    """A copy made while a second source was paused in the log only."""
    with closing(State(folder / DATABASE)) as state:
        state.pause(["two"])
        shutil.copytree(folder, tmp_path / "crashed")
    return tmp_path / "crashed"


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "state").iterdir()}


def test_a_state_at_rest_is_read_and_gets_no_file_beside_it(folder: Path) -> None:
    before = files_of(folder)
    assert ask(folder, State.paused) == {"one"}
    assert files_of(folder) == before


def test_what_a_writer_has_just_written_is_read(folder: Path) -> None:
    with closing(State(folder / DATABASE)) as state:
        state.pause(["two"])
        assert ask(folder, State.paused) == {"one", "two"}


@pytest.mark.parametrize("index", ["whole", "gone", "torn"])
def test_what_stands_in_the_log_of_a_crash_counts(crashed: Path, index: str) -> None:
    shared = crashed / f"{DATABASE}-shm"
    if index == "gone":
        shared.unlink()
    elif index == "torn":
        shared.write_bytes(b"abc")
    assert ask(crashed, State.paused) == {"one", "two"}


@pytest.mark.parametrize("index", ["whole", "gone", "torn"])
def test_the_log_counts_where_nothing_can_be_written(
    crashed: Path, tmp_path: Path, index: str
) -> None:
    shared = crashed / f"{DATABASE}-shm"
    if index == "gone":
        shared.unlink()
    elif index == "torn":
        shared.write_bytes(b"abc")
    before = files_of(crashed)
    with read_only(crashed, tmp_path / "read-only") as mounted:
        assert ask(mounted, State.paused) == {"one", "two"}
    assert files_of(crashed) == before


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "1m") as mounted:
        yield mounted


@pytest.mark.parametrize("index", ["whole", "gone", "torn"])
def test_the_log_counts_on_a_full_disk(crashed: Path, disk: Path, index: str) -> None:
    shutil.copytree(crashed, disk / "library")
    shared = disk / "library" / f"{DATABASE}-shm"
    if index == "gone":
        shared.unlink()
    elif index == "torn":
        shared.write_bytes(b"abc")
    fill(disk)
    assert ask(disk / "library", State.paused) == {"one", "two"}


def test_a_full_disk_at_rest(folder: Path, disk: Path) -> None:
    shutil.copytree(folder, disk / "library")
    fill(disk)
    before = files_of(disk / "library")
    assert ask(disk / "library", State.paused) == {"one"}
    assert files_of(disk / "library") == before


def test_the_question_is_asked_again_where_somebody_wrote_meanwhile(folder: Path) -> None:
    asked = []

    def question(state: State) -> set[str]:
        found = state.paused()
        if not asked:
            with closing(State(folder / DATABASE)) as writer:
                writer.pause(["two"])
        asked.append(found)
        return found

    assert ask(folder, question) == {"one", "two"}
    assert asked == [{"one"}, {"one", "two"}]


@pytest.mark.parametrize("content", [None, b"", "header"])
def test_a_state_that_is_not_there_or_has_no_tables_is_an_empty_one(
    tmp_path: Path, content: bytes | str | None
) -> None:
    path = tmp_path / DATABASE
    path.parent.mkdir()
    if content == "header":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    elif content is not None:
        path.write_bytes(bytes(content))
    assert ask(tmp_path, State.runs) == []


def test_a_state_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    path.parent.mkdir()
    path.write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(Damaged, match=r"backissue\.db: .*not a database: `backissue repair`"):
        ask(tmp_path, State.runs)


def test_runs_of_an_earlier_version_are_read_with_what_it_did_not_write_down(folder: Path) -> None:
    run = Run("r", "one", None, "2026-11-23T06:00:00", None, "done", None, 9, 8, 7, 1)
    with closing(State(folder / DATABASE)) as state:
        state.put_runs([run])
        with state.transaction() as connection:
            for name in ("look_again", "span", "new", "announced"):
                connection.execute(f"ALTER TABLE runs DROP COLUMN {name}")
    assert ask(folder, State.runs) == [run]
