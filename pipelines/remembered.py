"""Logs of runs in the WARC into the state: the runs, and the newest outcome of each URL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from archive.library import Library
from archive.records import Record, read_record
from archive.state import FAILED, Run, State, Visit, now_text
from archive.surt import url_surtkey

Line = dict[str, Any]


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


def run_of(card: Line, lines: list[Line], captures: int) -> Run:
    """The run whose log has this *card* and these *lines*; when it was due is not told."""
    return Run(
        run_id=card["run_id"],
        source=card["source"],
        scheduled_for=None,
        started=_time(card["started"]),
        ended=_time(card["ended"]),
        state=card["state"],
        detail=card["detail"],
        known=len(lines),
        finished=len(lines),
        captures=captures,
        failed=sum(line["outcome"].startswith(FAILED) for line in lines),
    )


def visits_of(source: str, lines: Iterable[Line], state: State) -> Iterator[Visit]:
    """The newest outcome of each URL of one run, where it is newer than what *state* knows."""
    found: dict[str, Visit] = {}
    for line in lines:
        key, moment = url_surtkey(line["url"]), _time(line["fetch_time"])
        before = found.get(key) or state.visit(source, key)
        if before and before.fetch_time >= moment:
            continue
        changed = before is None or line["outcome"] == "fetched"
        found[key] = Visit(
            source=source,
            url_surtkey=key,
            url=line["url"],
            outcome=line["outcome"],
            fetch_time=moment,
            changed_time=moment if changed or before is None else before.changed_time,
            announced=before.announced if before else None,
        )
    yield from found.values()


def _read(library: Library, name: str, offset: int) -> tuple[Line, list[Line]]:
    with library.warc(name).open("rb") as stream:
        located = read_record(stream, offset)
    card, *lines = _lines(located.record) if located else [{}]
    return card, lines


def _lines(record: Record) -> list[Line]:
    return [json.loads(line) for line in record.block.splitlines()]


def _time(text: str) -> str:
    return now_text(datetime.fromisoformat(text))
