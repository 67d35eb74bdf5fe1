"""A batch without the captures that make it raise: they are found, and left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from archive.errors import ArchiveError
from archive.imported.index import CAPTURES_URI, NO_CAPTURE, HeldCapture, held_of
from archive.library import Library
from archive.repair import quarantine
from archive.tables.journal import Batch, Quarantined, Span
from archive.warc.records import read_record
from pipelines.derive.workers.whose_fault import culprits, is_of_the_machine
from pipelines.fold.batch import inputs_of
from pipelines.fold.memory import FoldMemory

T = TypeVar("T")


class _Unborne(Exception):
    """Raised by the step itself: it names the captures that it cannot take."""

    def __init__(self, left: Sequence[Quarantined]) -> None:
        super().__init__(left)
        self.left = left


def bearing(
    memory: FoldMemory,
    folders: list[Path],
    batch: Batch,
    step: Callable[[Batch], T],
    also: Callable[[Batch], Sequence[Quarantined]] = lambda _: (),
) -> tuple[T, tuple[Quarantined, ...]]:
    """What *step* makes of *batch*, staged in *folders*, and what is left out of it for that.

    A capture that makes *step* raise costs itself: the memory is as if it had not come, and the
    batch is made again without it. So does a capture that *also* names, which is asked once *step*
    is done. An exception for which no capture is to blame is raised.
    """
    left: tuple[Quarantined, ...] = ()
    while True:
        within = leaving_out(batch, left)
        try:
            with memory.attempt():
                made = step(within)
                if found := also(within):
                    raise _Unborne(found)
        except _Unborne as error:
            left = (*left, *error.left)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            blamed = _blamed(memory, folders, within, step)
            if not blamed:
                raise
            left = (*left, *blamed)
        else:
            return made, tuple(sorted(left))


def leaving_out(batch: Batch, left: Sequence[Quarantined]) -> Batch:
    """*batch* that leaves out what is *left*, too."""
    return replace(batch, quarantined=tuple(sorted((*batch.quarantined, *left))))


def _blamed(
    memory: FoldMemory, folders: list[Path], batch: Batch, step: Callable[[Batch], object]
) -> list[Quarantined]:
    """What of *batch* makes *step* raise."""
    inputs = inputs_of(folders, batch)

    def bears(some: Sequence[Span]) -> Exception | None:
        chosen = set(some)
        others = [Quarantined(o.file, o.start, o.end, "") for o in inputs if o not in chosen]
        try:
            with memory.attempt():
                step(leaving_out(batch, others))
                raise _Unborne(())  # nothing of it stays
        except _Unborne:
            return None
        except Exception as error:
            if is_of_the_machine(error):
                raise
            return error

    found = culprits(inputs, bears)
    return [Quarantined(place.file, place.start, place.end, reason) for place, reason in found]


def keep_aside(library: Library, one: Quarantined) -> None:
    """Copy what gives no rows to `quarantine/`; of a capture of an import its own record, too."""
    quarantine.keep_bytes(library, one.file, one.start, one.end, one.why)
    if held := held_in(library, one):
        end = held.offset + held.length
        quarantine.keep_bytes(library, held.file, held.offset, end, one.why)


def held_in(library: Library, one: Quarantined) -> HeldCapture | None:
    """The capture of an import that a record of ours names, where that record is what is left
    out."""
    try:
        with library.warc(one.file).open("rb") as stream:
            located = read_record(stream, one.start)
        record = located.record if located else None
        if record is None or not (record.get("WARC-Target-URI") or "").startswith(CAPTURES_URI):
            return None
        held = held_of(record.block)
        return held if (library.path / held.file).exists() else None
    except (ArchiveError, FileNotFoundError, *NO_CAPTURE):
        return None
