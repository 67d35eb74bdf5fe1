"""The crawl log of a run, as it stands in the WARC: JSON Lines, a card of the run first.

Where a run died, its log is made here, from what it captured. `crawlers.capture.run` makes the log
of a run that ended by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urldefrag

from archive.errors import ArchiveError
from archive.outcomes import (
    BUDGET_OF_LISTS,
    GONE,
    LOST,
    NOT_REACHED,
    REDIRECTED,
    is_failure,
    of_answer,
    of_cut,
)
from archive.state.database import State
from archive.state.rows import Run, Visit, now_text
from archive.types import Capture
from archive.warc.records import Record, warc_date
from archive.web.hosts import join_url
from archive.web.http import REDIRECTS
from archive.web.surt import url_surtkey

CRAWL_LOG_URI = "urn:backissue:crawl-log:"
SOURCE_URI = "urn:backissue:source:"
LOG_FORMAT = 1  # version of the log's lines
_MOST_HOPS = 30  # redirects that are followed from one URL: they may go round in a circle
_PART = 1 << 26  # bytes: a log that is longer goes into several records, each with the card

_NEEDED: Final = {"url", "outcome", "fetch_time", "discovered_by", "discovered_via"}
_OF_CARD: Final = {"run_id", "ended", "state", "detail"}

LogLine = dict[str, Any]


def bodies(card: LogLine, lines: Iterable[LogLine]) -> list[bytes]:
    """The bodies of the `resource` records that keep a log."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for line in map(_encoded, lines):
        if size and size + len(line) > _PART:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line)
    several = {"parts": len(parts)} if len(parts) > 1 else {}
    return [_encoded(card | several) + b"".join(part) for part in parts]


def _encoded(line: LogLine) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def read_log(record: Record) -> tuple[LogLine, list[LogLine]]:
    """The card and the lines of a log, or of a part of one; ArchiveError where it is none."""
    try:
        card, *lines = (json.loads(line) for line in record.block.splitlines())
        if all(line.keys() >= _NEEDED for line in lines) and card.keys() >= _OF_CARD:
            _ = [_time(text) for text in (card["ended"], *(line["fetch_time"] for line in lines))]
            return card, lines
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise ArchiveError(f"{record.get('WARC-Record-ID')}: this record holds no log of a run")


def lines_of(captures: Iterable[Capture]) -> Iterator[LogLine]:
    """A line for each URL that was captured: its last exchange counts.

    A redirect whose target was not captured has failed: what it leads to must be asked for again.
    """
    last = {capture.url: capture for capture in captures}
    for capture in last.values():
        line = line_of(capture)
        yield line if _has_arrived(last, capture) else line | {"outcome": LOST}


def _has_arrived(last: Mapping[str, Capture], capture: Capture) -> bool:
    for _ in range(_MOST_HOPS):
        target = target_of(capture)
        if target is None:
            return True
        if target not in last:
            return False
        capture = last[target]
    return True


def line_of(capture: Capture) -> LogLine:
    """What a capture alone shows of the outcome of its URL."""
    found, original = capture.discovery, capture.original
    target = target_of(capture)
    return {
        "url": capture.url,
        "outcome": outcome_of(capture),
        "detail": target and f"to {target}",
        "discovered_by": found.by if found else None,
        "discovered_via": found.via if found else None,
        "date_announced": found.announced and warc_date(found.announced) if found else None,
        "fetch_time": warc_date(capture.fetch_time),
        "fetch_status": capture.status,
        "latency_ms": capture.details.get("latency_ms"),
        "bytes_received": None if original else len(capture.head) + len(capture.body),
        "warc_record_id": capture.warc_record_id,
    }


def outcome_of(capture: Capture) -> str:
    """The outcome of the URL of *capture*, in the words of the crawl log."""
    if capture.truncated and not capture.original:
        return of_cut(capture.truncated)
    if target_of(capture) and not capture.original:
        return REDIRECTED
    return of_answer(capture.status, capture.original.profile if capture.original else None)


def target_of(capture: Capture) -> str | None:
    """Where a redirect leads; None where *capture* is none."""
    location = capture.parsed.location
    if capture.status not in REDIRECTS or not location or capture.truncated:
        return None
    joined = join_url(capture.url, location)
    return urldefrag(joined).url if joined else None


def run_of(card: LogLine, lines: list[LogLine], captures: int) -> Run:
    """The run whose log has this *card* and these *lines*; when it was due is not known."""
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
        failed=sum(is_failure(line["outcome"]) for line in lines),
        announced=card.get("announced"),
        new=card.get("new"),
        span=card.get("span"),
        look_again=card.get("look_again"),
        longest_stall=card.get("longest_stall"),
    )


def card_of(run: Run) -> LogLine:
    """The card of the log of a *run* that has ended, as `run_of` reads it."""
    return {
        "format": LOG_FORMAT,
        "run_id": run.run_id,
        "source": run.source,
        "source_digest": None,
        "started": warc_date(datetime.fromisoformat(run.started)),
        "ended": warc_date(datetime.fromisoformat(run.ended or run.started)),
        "state": run.state,
        "detail": run.detail,
        "announced": run.announced,
        "new": run.new,
        "span": run.span,
        "look_again": run.look_again,
        "longest_stall": run.longest_stall,
    }


def unfinished(lines: Iterable[LogLine]) -> set[str]:
    """Pages of archives that are not done, since a page that follows them could not be read."""
    by_url = {line["url"]: line for line in lines if line["discovered_by"] == "archive"}
    found: set[str] = set()
    for line in by_url.values():
        before = line["discovered_via"]
        failed = is_failure(line["outcome"]) and line["outcome"] not in GONE
        failed = failed or line["outcome"] == BUDGET_OF_LISTS
        while failed and before in by_url and before not in found:
            found.add(before)
            before = by_url[before]["discovered_via"]
    return found


def visits_of(source: str, lines: Collection[LogLine], state: State) -> Iterator[Visit]:
    """The newest outcome of each URL of one run, where it is newer than what *state* knows."""
    found: dict[str, Visit] = {}
    undone = unfinished(lines)
    for line in lines:
        if line["url"] in undone:
            line = line | {"outcome": LOST}
        key, moment = url_surtkey(line["url"]), _time(line["fetch_time"])
        before = found.get(key) or state.visit(source, key)
        if before and (before.fetch_time >= moment or line["outcome"] in NOT_REACHED):
            continue
        changed = is_change(before, line["outcome"])
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


def is_change(before: Visit | None, outcome: str) -> bool:
    """Whether a URL's *outcome* tells of something new: its content, or that it cannot be had."""
    failed = is_failure(outcome)
    return before is None or outcome == "fetched" or failed > is_failure(before.outcome)


def _time(text: str) -> str:
    return now_text(datetime.fromisoformat(text))
