"""Whether an exception is the fault of one capture, which is left out then, or of the machine.

A fault of the machine (a full disk, too little memory, a database that cannot be read, a library
that is not installed) would befall any capture. It ends the work, and costs no capture.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

import pyarrow as pa

from archive.errors import ArchiveError, BackissueError

T = TypeVar("T")

_OF_THE_MACHINE = (
    OSError,
    MemoryError,
    ImportError,
    sqlite3.OperationalError,
    sqlite3.InternalError,
    pa.ArrowCapacityError,  # more than any one record may have
    pa.ArrowCancelled,
)
_LONGEST = 200  # characters of a reason

Bears = Callable[[Sequence[T]], Exception | None]
"""Does the work with some inputs and undoes it; returns the exception that came, if any did."""


def is_of_the_machine(error: BaseException) -> bool:
    """Whether *error* says nothing against what was being worked on."""
    if isinstance(error, BackissueError):
        return not isinstance(error, ArchiveError)  # which says that a record cannot be read
    damaged = type(error) is sqlite3.DatabaseError  # its children are errors of a single statement
    return damaged or isinstance(error, _OF_THE_MACHINE) or not isinstance(error, Exception)


def why(error: BaseException) -> str:
    """*error* in a line: of which kind it is, and what it says."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:_LONGEST]


def culprits(inputs: Sequence[T], bears: Bears[T]) -> list[tuple[T, str]]:
    """Which of *inputs*, that raised together, are to blame, and why each is.

    An input that raises alone is to blame. Where none does, it is the first input with which all
    before it raise. Halves are tried, then their halves, so each culprit is tried about as often as
    the number of inputs has binary digits. None is to blame where the work raises with no input at
    all.
    """
    return [] if bears([]) else _among(inputs, bears)


def _among(inputs: Sequence[T], bears: Bears[T]) -> list[tuple[T, str]]:
    error = bears(inputs)
    if error is None:
        return []
    if len(inputs) == 1:
        return [(inputs[0], why(error))]
    half = len(inputs) // 2
    found = [*_among(inputs[:half], bears), *_among(inputs[half:], bears)]
    return found or [_last_straw(inputs, bears, error)]


def _last_straw(inputs: Sequence[T], bears: Bears[T], error: Exception) -> tuple[T, str]:
    """The input with which those before it raise, while they do not without."""
    borne, broken = 0, len(inputs)
    while broken - borne > 1:
        middle = (borne + broken) // 2
        found = bears(inputs[:middle])
        borne, broken = (borne, middle) if found else (middle, broken)
        error = found or error
    return inputs[broken - 1], why(error)
