"""How processes of ours load modules: without pandas, and once for several."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Final

_ONE_THREAD: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""What tells libraries to start no threads: their own variables, which a user may have set."""


class _Unwanted(MetaPathFinder):
    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """No module where the name is the unwanted one; others are found elsewhere."""
        if name == self._name:
            raise ModuleNotFoundError(f"{name} is not wanted here", name=name)
        return None


def leave_out_pandas() -> None:
    """Let nothing in this process find pandas, unless it is loaded already.

    Arrow loads it with the first list that it is given, and waits for it longer than for all else.
    No command and no worker makes a data frame.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _Unwanted("pandas"))


def begin_loading() -> None:
    """Make this process one that loads modules for processes that are its forks.

    Libraries start no threads of their own: NumPy's linear algebra has one for each core, Arrow's
    jemalloc has one. Ctrl-C, which reaches the whole group, is left to the process that the fork
    server belongs to. No other process is changed.
    """
    if not _is_fork_server():
        return
    leave_out_pandas()
    for name, value in _ONE_THREAD.items():
        os.environ.setdefault(name, value)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # SIGTERM counts: a fork may get it at once
    gc.disable()  # modules are no garbage, however many there are


def end_loading() -> None:
    """Nothing that is loaded is ever garbage: no fork looks through it, nor the server at its
    end."""
    if _is_fork_server():
        gc.enable()
        gc.freeze()


def _is_fork_server() -> bool:
    """Whether this process was started as `python -c` to be multiprocessing's fork server."""
    return sys.argv[:1] == ["-c"] and "multiprocessing.forkserver" in sys.modules


def heed_interrupts() -> None:
    """Let Ctrl-C end this fork again, as it ends any process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
