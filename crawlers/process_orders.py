"""What a crawl process is told and what it tells, as lines of JSON between it and its parent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import BackissueError, ExitCode, LockHeld
from archive.source import Source
from archive.state.rows import Run

_LONGEST_DELAY = 1e9  # seconds


@dataclass(frozen=True, slots=True)
class Order:
    """Crawl *source* now. *delays* holds seconds for each host that sources name."""

    source: Source
    delays: Mapping[str, float] = field(default_factory=dict)
    scheduled_for: str | None = None
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class Halt:
    """End the run of *source* in good order."""

    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """*source* is not crawled. Where it is so already: the lock's *path* and its *holder*."""

    source: str
    reason: str
    path: str | None = None
    holder: str | None = None
    code: int = ExitCode.FOUND_WRONG

    @classmethod
    def because(cls, source: str, error: BackissueError) -> Refused:
        """The refusal that *error* is the reason of."""
        if isinstance(error, LockHeld):
            return cls(source, str(error), str(error.path), error.holder)
        return cls(source, str(error), code=error.exit_code)

    def error(self) -> BackissueError:
        """The error that it was."""
        if self.path and self.holder:
            return LockHeld(Path(self.path), self.holder)
        found = BackissueError(self.reason)
        found.exit_code = ExitCode(self.code)
        return found


END = b"{}\n"
"""The line after which no more orders come."""


def message_to_line(message: Order | Halt | Run | Refused) -> bytes:
    """*message* as one line."""
    body: dict[str, Any]
    if isinstance(message, Order):
        body = {
            "source": json.loads(message.source.canonical_json),
            "delays": dict(message.delays),
            "scheduled_for": message.scheduled_for,
            "recheck": message.recheck,
        }
    else:
        body = asdict(message)
    return json.dumps({type(message).__name__.lower(): body}).encode() + b"\n"


def message_from_line(line: bytes) -> Order | Halt | Run | Refused | None:
    """What `message_to_line` made a line of; None for END. ValueError where it is another line."""
    try:
        found = _message(json.loads(line))
    except (TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError(f"no message: {error}") from None
    if isinstance(found, Order):
        _check(found)
    elif found is not None and not isinstance(found.source, str):
        raise ValueError("no message: its source is no text")
    return found


def _check(order: Order) -> None:
    """ValueError where *order* says something that no order says."""
    if not isinstance(order.delays, dict) or not all(
        type(one) in (int, float) and 0 <= one < _LONGEST_DELAY for one in order.delays.values()
    ):
        raise ValueError("no message: its delays are none")
    if order.scheduled_for is not None:
        try:
            datetime.fromisoformat(order.scheduled_for)
        except TypeError as error:
            raise ValueError(f"no message: {error}") from None
    if not isinstance(order.recheck, bool):
        raise ValueError("no message: recheck is neither true nor false")


def _message(said: Any) -> Order | Halt | Run | Refused | None:
    match said:
        case {"order": dict(values)}:
            source = Source.model_validate_json(json.dumps(values.pop("source")))
            return Order(source, **values)
        case {"halt": values}:
            return Halt(**values)
        case {"run": values}:
            return Run(**values)
        case {"refused": values}:
            return Refused(**values)
        case {}:
            return None
        case _:
            raise ValueError("no message: no object")
