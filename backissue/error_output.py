"""How a command ends: its output is flushed; an error becomes one line and an exit code."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from archive.disk.files import is_full, speaking_errors
from archive.errors import BackissueError, DiskFull
from archive.web.userinfo import hide_userinfo

_OUTPUT = Path("standard output")


def flush() -> None:
    """Flush standard output; a disk that has no room for it is an error like any other."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        drop_output()
        with speaking_errors(_OUTPUT):
            raise


def drop_output() -> None:
    """Send the rest of the output to the null device."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(error: BackissueError) -> int:
    """Print *error* as one line on standard error; returns its exit code."""
    try:
        flush()
    except BackissueError as other:  # what failed is the printing
        error = other
    except BrokenPipeError:
        drop_output()
    if isinstance(error, DiskFull) and not is_full(error.path) and _is_printed_to_disk():
        error = error if error.floor else DiskFull(_OUTPUT, 0, 0)
    text = hide_userinfo(str(error))
    line = text.encode("unicode_escape" if not text.isprintable() else "utf-8")
    print(f"backissue: {line.decode()}", file=sys.stderr)
    return error.exit_code


def _is_printed_to_disk() -> bool:
    """Whether standard output is a file, or a device that can be full as a file can."""
    try:
        mode = os.fstat(sys.stdout.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not sys.stdout.isatty())
