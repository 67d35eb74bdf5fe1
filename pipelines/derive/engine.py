"""Where tasks run: a pool of local processes that survives a killed worker, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running
from typing import Any, Final, TypeVar

from archive.errors import BackissueError, UsageError

T = TypeVar("T")
R = TypeVar("R")
ATTEMPTS = 3  # workers that a task may kill before it is given up
PRELOADED: Final = "pipelines.derive.preload"
"""The module with all that a worker needs."""


class KeptPool:
    """The pool of a piece of work in several steps: a new one only where a worker was killed."""

    def __init__(self, workers: int, preloaded: str = PRELOADED) -> None:
        self._workers, self._preloaded = workers, preloaded
        self._pool: ProcessPoolExecutor | None = None

    def running(self) -> ProcessPoolExecutor:
        """The pool; its processes start with their first tasks."""
        self._pool = self._pool or local_pool(self._workers, self._preloaded)
        return self._pool

    def drop(self) -> None:
        """Let go of the pool: a worker was killed, or all is done."""
        pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Engine:
    """Where to run: `local`, `local:N`, `dask:local:N` or `dask:tcp://host:port`."""

    kind: str
    workers: int = 0
    address: str | None = None
    kept: KeptPool | None = field(default=None, compare=False)


def parse_engine(text: str) -> Engine:
    """The engine that `--engine` names; UsageError where it names none."""
    kind, _, rest = text.partition(":")
    if kind == "dask" and rest.startswith(("tcp://", "tls://")):
        return Engine("dask", address=rest)
    if kind == "dask" and rest.startswith("local"):
        kind, rest = "dask-local", rest.removeprefix("local").removeprefix(":")
    if kind in ("local", "dask-local") and (rest == "" or (rest.isdigit() and int(rest) > 0)):
        return Engine(kind, int(rest) if rest else os.cpu_count() or 1)
    raise UsageError(f"--engine {text!r}: expected local[:N], dask:local:N or dask:tcp://host:port")


@contextmanager
def kept(engine: Engine) -> Iterator[Engine]:
    """*engine* with one pool for all that is done within the block, if it is local."""
    if engine.kind != "local" or engine.kept:
        yield engine
        return
    pool = KeptPool(engine.workers)
    try:
        yield replace(engine, kept=pool)
    finally:
        pool.drop()


@contextmanager
def executor(engine: Engine) -> Iterator[Executor]:
    """A running `concurrent.futures.Executor`; its processes end with the block."""
    if engine.kept:
        yield engine.kept.running()
        return
    if engine.kind == "local":
        pool = local_pool(engine.workers)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
        return
    distributed = _import_dask()
    options = (
        {"address": engine.address}
        if engine.address
        else {"n_workers": engine.workers, "threads_per_worker": 1, "dashboard_address": None}
    )
    with distributed.Client(**options) as client:
        yield client.get_executor(pure=False)


def local_pool(workers: int, preloaded: str = PRELOADED) -> ProcessPoolExecutor:
    """A pool of processes from the fork server, which has loaded the module *preloaded*; none is a
    fork of this process, which has locks."""
    context = fork_server(preloaded)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)


def fork_server(*modules: str) -> ForkServerContext:
    """Makes processes that are forks of a server, which has loaded *modules* and done nothing else:
    a fresh process without locks, threads and connections. It runs from the first process on, and
    ends with this one; which modules it has, the first process decides.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context


def start_fork_server(*modules: str) -> None:
    """Start the fork server with *modules* now: it loads them while this process goes on."""
    fork_server(*modules)
    ensure_running()


def submit(pool: Executor, function: Callable[[T], R], task: T) -> Future[R]:
    """Hand *task* to *pool*; Ctrl-C waits, since within it would leave a worker half started."""
    with _interrupts_held():
        return pool.submit(function, task)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A Ctrl-C that comes within the block counts at its end.

    A signal mask does not do: another thread gets the signal, and Python tells the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def run(engine: Engine, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
    """The results of *function* on *tasks*, as they come; the tasks of a killed worker are tried
    again.

    BackissueError names a task that was running in each of three pools that broke.
    """
    waiting = list(tasks)
    for _ in range(ATTEMPTS):
        lost: list[T] = []
        for task, result in attempt(engine, function, waiting):
            if result is None:
                lost.append(task)
            else:
                yield result
        if not lost:
            return
        waiting = lost
    raise BackissueError(f"{waiting[0]}: its worker was killed {ATTEMPTS} times")


def attempt(
    engine: Engine, function: Callable[[T], R], tasks: Sequence[T]
) -> Iterator[tuple[T, R | None]]:
    """Each task with what *function* made of it, as they come; None where its worker died.

    A killed worker takes along all tasks of its pool that are not done yet; a worker that lacks
    memory only its own task.
    """
    if not tasks:
        return
    with executor(engine) as pool:
        futures: dict[Future[R], T] = {}
        for number, task in enumerate(tasks):
            try:
                futures[submit(pool, function, task)] = task
            except BrokenProcessPool:  # a worker went down already
                _drop(engine)
                yield from ((left, None) for left in tasks[number:])
                break
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except (BrokenProcessPool, MemoryError):
                _drop(engine)
                yield futures[future], None
            except Exception as error:
                if type(error).__name__ != "KilledWorker":  # Dask's
                    raise
                yield futures[future], None


def _drop(engine: Engine) -> None:
    if engine.kept:
        engine.kept.drop()


def _ignore_interrupts() -> None:
    """Ctrl-C reaches the whole process group: workers leave it to their parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _import_dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError("--engine dask needs Dask: pip install 'backissue[dask]'") from None
    return distributed
