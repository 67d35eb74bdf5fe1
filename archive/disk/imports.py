"""What a process of ours never loads from the disk, and which threads libraries do not start."""

from __future__ import annotations

import os
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


def start_no_threads() -> None:
    """Let libraries that are loaded from now on start no threads of their own: for a process that
    is to be forked. NumPy's linear algebra has one for each core, Arrow's jemalloc has one."""
    for name, value in _ONE_THREAD.items():
        os.environ.setdefault(name, value)
