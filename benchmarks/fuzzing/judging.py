"""One input read by one reader: what came of it that must not be."""

from __future__ import annotations

import hashlib
import signal
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from benchmarks.fuzzing.targets import Target

SECONDS = 10
"""Processor time for one input: the slowest sound one of its size takes a hundredth of that."""
_OURS = ("archive", "backissue", "crawlers", "pipelines")


class TooSlow(BaseException):
    """An input took more than `SECONDS`: no reader that goes on after errors catches it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What went wrong with an input: *kind* is the same for all inputs that fail at one place."""

    kind: str
    text: str


def judged(target: Target, data: bytes) -> Finding | None:
    """What *target* makes of *data* that it must not; None where all is well."""
    try:
        with _limited(), warnings.catch_warnings():
            warnings.simplefilter("error")  # a person would see it on the terminal
            target.read(data)
    except target.errors as error:
        lines = str(error).splitlines()
        return Finding("more than one line", str(error)) if len(lines) > 1 else None
    except (Exception, TooSlow) as error:  # noqa: BLE001 - whatever it is, it is a finding
        return Finding(f"{type(error).__name__} at {_place(error)}", traceback.format_exc(limit=-6))
    return None


def keep(folder: Path, target: Target, data: bytes) -> Path:
    """Write *data* into *folder*, where the tests read it again."""
    path = folder / target.name / hashlib.sha256(data).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@contextmanager
def _limited() -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _place(error: BaseException) -> str:
    """The innermost line of ours that *error* went through."""
    root = Path(__file__).parents[2]
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in _OURS:
            return f"{path.relative_to(root)}:{frame.lineno}"
    return f"{frames[-1].filename}:{frames[-1].lineno}"
