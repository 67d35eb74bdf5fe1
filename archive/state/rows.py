"""The rows of the state database, as values: WARC files, validators, runs and visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from archive.outcomes import PASSING
from archive.types import Pointer


@dataclass(frozen=True, slots=True)
class WarcFileRow:
    """How far one WARC file is written and derived, in bytes."""

    name: str
    synced_offset: int
    derived_offset: int
    sealed: bool


@dataclass(frozen=True, slots=True)
class Validator:
    """The newest complete response of a URL, and what a conditional request for it may say."""

    url_surtkey: str
    url: str
    etag: str | None
    last_modified: str | None
    payload_digest: str
    fetch_time: str
    warc_record_id: str
    warc_filename: str
    warc_record_offset: int


COMPLETE = ("done", "budget")
"""States of runs that came to their end: of all that they had to do, or of their budget."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one source; times are ISO 8601 in UTC."""

    run_id: str
    source: str
    scheduled_for: str | None
    started: str
    ended: str | None
    state: str
    detail: str | None
    known: int = 0
    finished: int = 0
    captures: int = 0
    failed: int = 0
    announced: int | None = None
    new: int | None = None
    span: float | None = None
    look_again: str | None = None
    longest_stall: float | None = None


class RunCaptures(NamedTuple):
    """How many captures a run made; a tuple, since a month may have hundreds of thousands."""

    run_id: str
    source: str
    started: str
    captures: int


@dataclass(frozen=True, slots=True)
class Visit:
    """The newest outcome of a URL of a source; times are ISO 8601 in UTC."""

    source: str
    url_surtkey: str
    url: str
    outcome: str
    fetch_time: str
    changed_time: str
    announced: str | None

    @property
    def failed(self) -> bool:
        """Whether the URL could not be had, so that it is worth another try."""
        return self.outcome.startswith(PASSING)


def now_text(moment: datetime | None = None) -> str:
    """*moment* (default: now) as the state keeps times: ISO 8601, UTC, sortable as text."""
    return (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def pointer_of(validator: Validator) -> Pointer:
    """Where the validator's response stands; its length is not known here."""
    return Pointer(validator.warc_filename, validator.warc_record_offset, 0)
