"""Kernel locks between processes: one holder, named to the others, and free when it is gone."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.disk.locks import (
    have_one_holder,
    holder,
    is_held,
    lock,
    lock_in_turn,
    try_lock,
)
from archive.errors import ExitCode, LockHeld

_HOLDER = """
import sys, pathlib
from archive.disk.locks import lock
with lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

Hold = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Starts processes that hold a lock until their standard input ends."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(path), "--source", "review"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_process_is_told_who_holds_it(tmp_path: Path, hold: Hold):
    path = tmp_path / "publish"
    process = hold(path)
    with pytest.raises(LockHeld) as caught, lock(path):
        pass
    assert caught.value.exit_code == ExitCode.LOCKED
    assert f"pid {process.pid} on " in str(caught.value)
    assert "--source review" in str(caught.value)
    assert is_held(path)


def test_two_locks_may_have_one_holder(tmp_path: Path, hold: Hold):
    one, other, third = tmp_path / "serve", tmp_path / "source-a", tmp_path / "source-b"
    hold(third)
    with lock(one), lock(other):
        assert have_one_holder(one, other)
        assert not have_one_holder(one, third)
    assert not have_one_holder(one, other)
    assert not have_one_holder(one, tmp_path / "never")


def test_a_killed_holder_frees_it_at_once(tmp_path: Path, hold: Hold):
    path = tmp_path / "publish"
    process = hold(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert path.read_bytes()  # its card is still there, and does not count
    assert not is_held(path)
    with lock(path):
        assert f"pid {os.getpid()} " in holder(path)


def test_it_is_free_after_use_and_after_an_error(tmp_path: Path):
    path = tmp_path / "publish"
    with lock(path):
        assert is_held(path)
    assert not is_held(path)
    with pytest.raises(KeyError), lock(path):
        raise KeyError
    assert not is_held(path)
    with lock(path):
        pass


def test_it_is_not_held_where_there_is_no_file(tmp_path: Path):
    assert not is_held(tmp_path / "publish")
    assert list(tmp_path.iterdir()) == []


def test_looking_does_not_keep_others_from_taking_it(tmp_path: Path):
    path = tmp_path / "publish"
    path.touch()
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.0005):
            is_held(path)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for thread in lookers:
        thread.start()
    try:
        for _ in range(200):
            with lock(path):
                pass
    finally:
        stop.set()
        for thread in lookers:
            thread.join()


def test_a_disk_that_takes_no_card_keeps_nobody_from_working(tmp_path: Path):
    path = tmp_path / "publish"
    path.symlink_to("/dev/full")
    with lock(path):
        assert is_held(path)
    assert not is_held(path)


@pytest.mark.parametrize("card", [b"", b"{}", b"{torn"])
def test_a_card_that_says_nothing_names_another_process(tmp_path: Path, card: bytes):
    path = tmp_path / "publish"
    path.write_bytes(card)
    assert holder(path) == "another process"


def test_an_open_file_is_locked_until_it_is_closed(tmp_path: Path):
    path = tmp_path / "a.warc.gz.open"
    with path.open("xb") as stream, path.open("rb") as other:
        assert try_lock(stream)
        assert not try_lock(other)
        stream.close()
        assert try_lock(other)


@pytest.mark.parametrize("before", [0, 150, 185])  # the card has room for 200 characters
def test_the_file_has_no_password_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    words = ["x" * before, "https://reader:hu/sh to all@quay.example/", "reader:hush@quay.example"]
    monkeypatch.setattr(sys, "argv", ["/opt/bin/backissue", "crawl", *words])
    path = tmp_path / "publish"
    with lock(path):
        card = path.read_text()
        assert "backissue crawl x" in card or not before
        assert "reader" not in card
        assert "sh" not in card.replace("publish", "")
        assert "hu" not in card
        assert before or "https://***@quay.example/ ***@quay.example" in holder(path)


def test_who_takes_a_lock_in_turn_waits_for_its_holder(tmp_path: Path, hold: Hold) -> None:
    path = tmp_path / "lock"
    first = hold(path)
    taken = threading.Event()

    def wait() -> None:
        with lock_in_turn(path):
            taken.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not taken.wait(0.3)
    first.kill()
    waiting.join(timeout=20)
    assert taken.is_set()
    assert not is_held(path)


def test_a_folder_is_locked_in_turn_and_nothing_is_made(tmp_path: Path) -> None:
    with lock_in_turn(tmp_path):
        handle = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    assert list(tmp_path.iterdir()) == []
