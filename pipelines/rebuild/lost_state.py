"""Logs of runs in the WARC into the state: the runs, and the newest outcome of each URL."""

from __future__ import annotations

from archive.disk import files
from archive.errors import ArchiveError, CorruptRecord
from archive.library import Library
from archive.repair.recover import Recovered, recover
from archive.state.rows import Run
from archive.warc.crawl_log import LogLine, read_log, run_of, visits_of
from archive.warc.records import Located
from archive.warc.restored import restored_in
from archive.warc.scan import scan
from pipelines.rebuild.indexes import restore_indexes
from pipelines.rebuild.survey import Survey, survey

_MARK = "state/restoring"  # while it is there, the state is not whole again


def recover_state(library: Library) -> Recovered:
    """As `recover`; where the state is lost, what it knew is read from the WARC files again."""
    lost, mark = note_lost_state(library), library.path / _MARK
    recovered = recover(library)
    if lost and library.state.warc_files():
        restore_indexes(library)
        restore_runs(library, survey(library))
        recover(library)
    mark.unlink(missing_ok=True)
    return recovered


def note_lost_state(library: Library) -> bool:
    """Whether the state is lost, or not wholly restored yet; a mark says so until it is."""
    mark = library.path / _MARK
    if not mark.exists() and library.state.warc_files():
        return False
    files.put(mark, b"")
    return True


def restore_runs(library: Library, found: Survey) -> None:
    """Bring runs and outcomes into the state of *library*, where it knows nothing newer.

    A run with captures and no log that the state does not know has died: recovery ends it.
    """
    logged = set()
    for _, name, offset in sorted(found.logs):
        try:
            card, lines = _read(library, name, offset)
            captures = found.captures_of_run.get(card["run_id"], 0)
            run = run_of(card, lines, captures)
        except (ArchiveError, KeyError, TypeError, ValueError):
            continue  # its run looks as one that died, and gets another log
        logged.add(card["run_id"])
        library.state.restore_runs([run])
        library.state.put_visits(visits_of(card["source"], lines, library.state))
    dead = found.begun.keys() - logged - found.damaged_logs
    library.state.restore_runs(
        Run(run_id, source, None, started, None, "running", None)
        for run_id, (source, started) in sorted(found.begun.items())
        if run_id in dead
    )


def _read(library: Library, name: str, offset: int) -> tuple[LogLine, list[LogLine]]:
    with library.warc(name).open("rb") as stream:
        found = next(scan(stream, offset, restored=restored_in(library.path, name)), None)
    if not isinstance(found, Located):
        raise CorruptRecord(name, offset, "the log is gone")
    return read_log(found.record)
