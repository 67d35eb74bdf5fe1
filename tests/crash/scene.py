"""A library, a magazine beside it, and commands run on both: forked, or as a user would start them."""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from crash import faults
from crash.magazine import HOST, Magazine, answers, listen
from crash.observed import ACKNOWLEDGED, observe
from crash.operations import Plan

_ROOT = Path(__file__).parents[2]
_SUBREAPER = 36
_SECONDS = 120
VICTIMS = ("all", "parent", "first child", "last child")


class Scene:
    """A library in *folder* and its magazine, at an *edition*, which answers after a *pause*."""

    def __init__(self, folder: Path, edition: int, pause: float = 0) -> None:
        self.folder, self.library = folder, folder / "library"
        folder.mkdir(parents=True, exist_ok=True)
        self.show(edition)
        listener = listen()
        self.port = listener.getsockname()[1]
        self._before = _children(os.getpid())  # not ours
        self._magazine = fork(lambda: Magazine(folder, listener, pause).serve())
        listener.close()

    def show(self, edition: int) -> None:
        """Let the magazine show *edition*."""
        (self.folder / "edition").write_text(str(edition))

    def close(self) -> None:
        """Stop the magazine."""
        os.kill(self._magazine, signal.SIGKILL)
        os.waitpid(self._magazine, 0)

    def run(
        self, *words: str, plan: Plan | None = None, note: faults.Note | None = None
    ) -> tuple[int, str]:
        """Run a command; its exit code (a signal's number below 0), and what it printed.

        Returns when the last process that it started is gone.
        """
        output = self.folder / "output.txt"
        child = fork(lambda: self._command(words, output, plan, note))
        with suppress(ProcessLookupError, PermissionError):
            os.setpgid(child, child)
        return self.await_child(child), output.read_text(errors="replace")

    def run_and_kill(self, *words: str, after: float, victim: str) -> tuple[int, str]:
        """Run a command as a user would; kill it, or a process of its, *after* so many seconds."""
        output = self.folder / "output.txt"
        child = fork(lambda: self._start(words, output))
        time.sleep(after)
        family = [child, *_descendants(child)]
        for number in _victims(family, victim):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        return self.await_child(child), output.read_text(errors="replace")

    def await_child(self, child: int) -> int:
        """How *child* ended, once it and all that it left behind are gone."""
        with _deadline(child):
            _, status = os.waitpid(child, 0)
            while left := _children(os.getpid()) - {self._magazine, *self._before}:
                for number in left:
                    os.waitpid(number, 0)
        return os.waitstatus_to_exitcode(status)

    def acknowledged(self) -> list[dict[str, Any]]:
        """What crawls were told is kept."""
        log = self.folder / ACKNOWLEDGED
        return [json.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []

    def answers(self) -> list[dict[str, Any]]:
        """What the magazine has answered."""
        return answers(self.folder)

    def _command(
        self,
        words: tuple[str, ...],
        output: Path,
        plan: Plan | None,
        note: faults.Note | None,
    ) -> int:
        redirect(output)
        os.setsid = lambda: None  # one process group, so that one signal reaches all
        observe(self.folder / ACKNOWLEDGED)
        if plan:
            faults.install(plan, note)
        serve_forks()
        from backissue import cli

        return cli.main(self._line(words))

    def _start(self, words: tuple[str, ...], output: Path) -> None:
        redirect(output)
        path = os.pathsep.join([str(_ROOT), str(_ROOT / "tests")])
        log = str(self.folder / ACKNOWLEDGED)
        line = [sys.executable, "-m", "crash.observed", *self._line(words)]
        os.execve(line[0], line, {**os.environ, "PYTHONPATH": path, "CRASH_ACKNOWLEDGED": log})

    def _line(self, words: tuple[str, ...]) -> list[str]:
        """The command line: *words*, on this library and this magazine."""
        options = ["--library", str(self.library)]
        if words[0] == "crawl":
            options += ["--allow-private", "--resolve", f"{HOST}:80:127.0.0.1:{self.port}"]
        if words[0] in ("crawl", "publish", "rebuild"):
            options += ["--engine", "local:1"]
        return [*words, *options]


def redirect(output: Path, errors: Path | None = None) -> None:
    """A process group of its own; what it says goes to *output*, what it complains of to *errors*."""
    os.setpgid(0, 0)
    out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if errors else out, 2)


def _children(process: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found.update(map(int, task.read_text().split()))
    return found


def _descendants(process: int) -> list[int]:
    return [n for child in _children(process) for n in (child, *_descendants(child))]


def _victims(family: list[int], victim: str) -> list[int]:
    """Whom to kill of a process and its descendants."""
    if victim == "parent":
        return family[:1]
    if victim.endswith("child"):  # not Python's own, which tracks semaphores
        workers = sorted(n for n in family[1:] if b"resource_tracker" not in _command_line(n))
        return workers[:1] if victim.startswith("first") else workers[-1:]
    return family if victim == "all" else []


def _command_line(process: int) -> bytes:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


@contextmanager
def _deadline(child: int) -> Iterator[None]:
    """Kill the process group of *child* if it takes too long."""

    def kill(*_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def serve_forks() -> None:
    """In a fork: let processes that this one spawns be forked from it as it is now.

    So they begin, as spawned ones do, without the files, locks and databases that it opens from now
    on; but with all modules.
    """
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0crash-{os.getpid()}")
    listener.listen()
    wait, alive = os.pipe()
    child = os.fork()
    if not child:
        os.close(alive)
        with suppress(SystemExit):
            forkserver.main(listener.detach(), wait, [])
        os._exit(0)
    os.close(wait)
    server: Any = forkserver._forkserver
    server._forkserver_address = listener.getsockname()
    server._forkserver_alive_fd, server._forkserver_pid = alive, child
    real = multiprocessing.get_context
    multiprocessing.get_context = lambda _=None: real("forkserver")  # type: ignore[assignment]


def fork(run: Callable[[], int | None]) -> int:
    """The id of a new process that does *run*; its exit code is 70 where that raises."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = run() or 0
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 -- this process must end here, whatever comes
        traceback.print_exc()
    finally:
        os._exit(code)


def become_reaper() -> None:
    """Orphans of this process's children become its own, so that it can await them."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
