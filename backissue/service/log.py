"""What a service says: lines with the time and its zone for people, JSON Lines for programs."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, datetime

from archive.state.rows import Run
from backissue.output import print_json, printable

RUN = "run"
"""The attribute of a log record that has the run of which it tells."""


class _Lines(logging.Formatter):
    """One line for a record, whatever is in it; a traceback goes below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))


class _JsonLines(logging.Handler):
    """A line of JSON on standard output for each record, of type `run` where it tells of one."""

    def emit(self, record: logging.LogRecord) -> None:
        values = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        run = getattr(record, RUN, None)
        more = asdict(run) if isinstance(run, Run) else {}
        print_json("run" if more else "log", values | more)


def begin(*, quiet: bool, as_json: bool) -> None:
    """Let the log go to standard error for people, or to standard output as JSON Lines.

    *quiet*: only what went wrong.
    """
    handler: logging.Handler = _JsonLines() if as_json else logging.StreamHandler()
    handler.setFormatter(_Lines())
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
