"""Tasks on pools of processes: all results come, whatever happens to a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archive.errors import BackissueError, UsageError
from pipelines.derive.engine import Engine, kept, parse_engine, run, submit

sys.path.insert(0, str(Path(__file__).parent))  # workers import this module by its name


def work(task: tuple[int, str]) -> int:
    """Double a number; a task with a file's name kills its worker if the file is not there yet."""
    number, marker = task
    if marker == "always":
        os.kill(os.getpid(), signal.SIGKILL)
    if marker and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spawned workers find `work` here."""
    monkeypatch.setattr(work, "__module__", Path(__file__).stem)
    monkeypatch.setitem(sys.modules, Path(__file__).stem, sys.modules[__name__])


@pytest.mark.parametrize(
    ("text", "engine"),
    [
        ("local:3", Engine("local", 3)),
        ("dask:local:2", Engine("dask-local", 2)),
        ("dask:tcp://host:8786", Engine("dask", address="tcp://host:8786")),
    ],
)
def test_an_engine_is_read_from_its_name(text: str, engine: Engine) -> None:
    assert parse_engine(text) == engine


def test_an_engine_without_a_number_uses_all_cores() -> None:
    assert parse_engine("local").workers == os.cpu_count()


@pytest.mark.parametrize("text", ["", "spark", "local:0", "local:x", "dask", "dask:8786"])
def test_what_is_no_engine_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected local"):
        parse_engine(text)


def test_all_results_come_though_a_worker_is_killed(tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "killed") if number == 3 else "") for number in range(8)]
    assert sorted(run(Engine("local", 2), work, tasks)) == [2 * number for number in range(8)]


def test_a_task_that_always_kills_its_worker_is_named() -> None:
    with pytest.raises(BackissueError, match=r"always.*killed 3 times"):
        list(run(Engine("local", 1), work, [(1, "always")]))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C counts, though the tests were started where it does not (`… &` in a script)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pid(_: tuple[int, str]) -> int:
    """The process that works."""
    return os.getpid()


def test_a_kept_pool_serves_several_pieces_of_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pid, "__module__", Path(__file__).stem)
    task = (1, "")
    with kept(Engine("local", 1)) as engine:
        (first,) = run(engine, pid, [task])
        assert list(run(engine, pid, [task])) == [first]
        assert list(run(engine, work, [(4, str(tmp_path / "killed"))])) == [8]
        (last,) = run(engine, pid, [task])
        assert last != first


_FORKED = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from pipelines.derive.engine import local_pool

def look():
    parent = os.getppid()
    threads = len(os.listdir(f"/proc/{parent}/task"))
    return parent, threads, "pipelines.derive.spans" in sys.modules, "pandas" in sys.modules

if __name__ == "__main__":
    with local_pool(2) as pool:
        server, threads, loaded, pandas = pool.submit(look).result()
    os.kill(server, signal.SIGINT)
    with local_pool(1) as pool:
        assert pool.submit(look).result()[0] == server
    print(server != os.getpid(), threads, loaded, pandas, "pipelines.derive.spans" in sys.modules)
"""


def test_workers_are_forks_of_a_server_that_has_one_thread_and_the_extractor(
    tmp_path: Path,
) -> None:
    (tmp_path / "program.py").write_text(_FORKED)
    command = [sys.executable, str(tmp_path / "program.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["True", "1", "True", "False", "False"]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_a_task_is_handed_over_counts_afterwards() -> None:
    handed = []

    class Interrupted(ThreadPoolExecutor):
        def submit(self, *words: Any, **names: Any) -> Any:
            signal.raise_signal(signal.SIGINT)
            handed.append(super().submit(*words, **names))
            return handed[-1]

    with Interrupted(1) as pool, pytest.raises(KeyboardInterrupt):
        submit(pool, len, "abc")
    assert [future.result() for future in handed] == [3]
