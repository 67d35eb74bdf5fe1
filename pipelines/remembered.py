"""Logs of runs in the WARC into the state: the runs, and the newest outcome of each URL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archive.errors import CorruptRecord
from archive.library import Library
from archive.records import read_record
from archive.runlog import Line, read, run_of, visits_of


def restore(
    library: Library, logs: Iterable[tuple[str, str, int]], captures_of_run: Mapping[str, int]
) -> None:
    """Bring runs and outcomes into the state of *library*, where it knows nothing newer.

    *logs* are the starts of the runs and the places of their logs: WARC file and offset.
    """
    for _, name, offset in sorted(logs):
        card, lines = _read(library, name, offset)
        captures = captures_of_run.get(card["run_id"], 0)
        library.state.restore_runs([run_of(card, lines, captures)])
        library.state.put_visits(visits_of(card["source"], lines, library.state))


def _read(library: Library, name: str, offset: int) -> tuple[Line, list[Line]]:
    with library.warc(name).open("rb") as stream:
        located = read_record(stream, offset)
    if located is None:
        raise CorruptRecord(name, offset, "the log is gone")
    return read(located.record)
