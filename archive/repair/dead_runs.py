"""Runs whose process died, into runs that ended: their logs are made from what is in the WARC.

A run lives while the lock of its source is held. Of a dead run the captures are durable, and so is
the declaration of its source, which is written when a run begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.disk.locks import lock
from archive.errors import ArchiveError, LockHeld
from archive.library import Library, restored_of
from archive.outcomes import is_failure
from archive.state.rows import Run, Visit, now_text
from archive.types import Capture
from archive.warc import crawl_log
from archive.warc.captures import capture_of
from archive.warc.crawl_log import CRAWL_LOG_URI, LOG_FORMAT, SOURCE_URI, LogLine
from archive.warc.records import Located, Record, resource_record, warc_date
from archive.warc.scan import scan_groups
from archive.warc_file import WarcFile

_OPENED = re.compile(r"BACKISSUE-(\d{14})-")
_SLACK = timedelta(days=1)  # by which a clock, or a file's time, may be wrong
KILLED = "its process was killed"


@dataclass(frozen=True, slots=True)
class Lost:
    """A run that died, the state that it has now, and how many lines its log was given."""

    run_id: str
    source: str
    state: str
    captures: int
    logged: int


@dataclass(slots=True)
class _Trace:
    """What the WARC files hold of one run."""

    run: Run
    captures: list[Capture] = field(default_factory=list)
    cards: list[LogLine] = field(default_factory=list)
    logged: set[str] = field(default_factory=set)
    declaration: str | None = None  # digest of the source

    @property
    def is_logged(self) -> bool:
        """Whether the run has its whole log already."""
        return bool(self.cards) and len(self.cards) >= self.cards[0].get("parts", 1)

    def unlogged(self) -> list[LogLine]:
        """The lines that its log lacks."""
        lines = crawl_log.lines_of(self.captures)
        return [line for line in lines if not self.is_logged and line["url"] not in self.logged]


def end_lost_runs(library: Library, held: Collection[str] = ()) -> list[Lost]:
    """End each run that the state calls running and whose process is gone; safe to repeat.

    *held* are the locks that the caller holds itself.
    """
    with ExitStack() as locks:
        sources = {run.source for run in _running(library)}
        free = {source for source in sources if _is_free(library, source, held, locks)}
        dead = [run for run in _running(library) if run.source in free]
        if not dead:
            return []
        traces = _survey(library, dead)
        _write_logs(library, traces)
        for trace in traces:
            library.state.put_visits(_visits(library, trace.run.source, trace.captures))
            library.state.put_runs([_ended(trace)])
        return [_lost(trace) for trace in traces]


def _running(library: Library) -> list[Run]:
    return library.state.running()


def _is_free(library: Library, source: str, held: Collection[str], locks: ExitStack) -> bool:
    """Whether nobody crawls *source*; while *locks* are open, nobody can begin."""
    name = f"source-{source}"
    if name in held:
        return True
    try:
        locks.enter_context(lock(library.lock_file(name)))
    except LockHeld:
        return False
    return True


def _survey(library: Library, runs: list[Run]) -> list[_Trace]:
    """Read the WARC files that can hold something of *runs*, each once."""
    traces = {run.run_id: _Trace(run) for run in runs}
    for path in _written_since(library, min(run.started for run in runs)):
        with path.open("rb") as stream:
            for group in scan_groups(stream, restored=restored_of(library, path)):
                if isinstance(group, list):
                    _note(traces, group)
    return list(traces.values())


def _written_since(library: Library, moment: str) -> Iterator[Path]:
    """The files that were written to at *moment* or later, as their names and dates tell."""
    since = datetime.fromisoformat(moment)
    opened = since - library.settings.warc.max_age - _SLACK
    for path in sorted(library.path.glob("warc/[0-9]*/**/BACKISSUE-*.warc.gz")):
        stamp = _OPENED.match(path.name)
        begun = datetime.strptime(stamp[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if stamp else since
        if begun >= opened and path.stat().st_mtime >= (since - _SLACK).timestamp():
            yield path


def _note(traces: dict[str, _Trace], group: list[Located]) -> None:
    record = group[0].record
    if record.type in ("response", "revisit"):
        try:
            capture = capture_of([located.record for located in group])
            crawl_log.line_of(capture)
        except (ArchiveError, OverflowError):  # derivation names it
            return
        if trace := traces.get(capture.run_id):
            trace.captures.append(capture)
    elif record.type == "resource":
        _note_resource(traces, record)


def _note_resource(traces: dict[str, _Trace], record: Record) -> None:
    uri = record.get("WARC-Target-URI") or ""
    if trace := traces.get(uri.removeprefix(CRAWL_LOG_URI)):
        try:
            card, lines = crawl_log.read_log(record)
        except ArchiveError:  # the run gets another log
            return
        trace.cards.append(card)
        trace.logged |= {line["url"] for line in lines}
    elif uri.startswith(SOURCE_URI):
        name, _, digest = uri.removeprefix(SOURCE_URI).partition(":")
        for trace in traces.values():
            if trace.run.source == name and now_text(record.date) >= trace.run.started:
                trace.declaration = digest


def _write_logs(library: Library, traces: Iterable[_Trace]) -> None:
    """Write what the logs lack into one WARC file; none where they lack nothing."""
    wanted = [(trace, lines) for trace in traces if (lines := trace.unlogged()) or not trace.cards]
    if not wanted:
        return
    file = WarcFile(library, 0)
    moment = datetime.now(UTC)
    for trace, lines in wanted:
        uri, kind = f"{CRAWL_LOG_URI}{trace.run.run_id}", "application/jsonl"
        parts = crawl_log.bodies(_card(trace), lines)
        file.append([resource_record(uri, body, kind, moment, file.warcinfo_id) for body in parts])
    file.seal()


def _card(trace: _Trace) -> LogLine:
    run = trace.run
    return {
        "format": LOG_FORMAT,
        "run_id": run.run_id,
        "source": run.source,
        "source_digest": trace.declaration,
        "started": warc_date(datetime.fromisoformat(run.started)),
        "ended": warc_date(_end(trace)),
        "state": "lost",
        "detail": KILLED,
    }


def _end(trace: _Trace) -> datetime:
    """The last sign of life."""
    times = [capture.fetch_time for capture in trace.captures]
    return max([datetime.fromisoformat(trace.run.started), *times])


def _ended(trace: _Trace) -> Run:
    """The run's row: as its own log says, if it has written a log."""
    card = trace.cards[0] if trace.cards else _card(trace)
    lines = trace.unlogged()
    urls = trace.logged | {line["url"] for line in lines}
    return replace(
        trace.run,
        ended=now_text(datetime.fromisoformat(card["ended"])),
        state=card["state"],
        detail=card["detail"],
        known=max(trace.run.known, len(urls)),
        finished=len(urls),
        captures=len(trace.captures),
        failed=max(trace.run.failed, sum(is_failure(line["outcome"]) for line in lines)),
    )


def _visits(library: Library, source: str, captures: Iterable[Capture]) -> Iterator[Visit]:
    """The outcomes that are newer than those in the state: no such URL is asked for before it is
    due."""
    last = {capture.url: capture for capture in captures}
    lines = list(crawl_log.lines_of(last.values()))
    for visit in crawl_log.visits_of(source, lines, library.state):
        yield replace(visit, announced=_announced(visit, last[visit.url]))


def _announced(visit: Visit, capture: Capture) -> str | None:
    """The newest date that each kind of listing gave for the URL, as JSON."""
    dates = json.loads(visit.announced) if visit.announced else {}
    found = capture.discovery
    if found and (moment := found.modified or found.announced):
        dates[found.by] = max(now_text(moment), dates.get(found.by, ""))
    return json.dumps(dates, sort_keys=True) if dates else None


def _lost(trace: _Trace) -> Lost:
    state = trace.cards[0]["state"] if trace.cards else "lost"
    count, logged = len(trace.captures), len(trace.unlogged())
    return Lost(trace.run.run_id, trace.run.source, state, count, logged)
