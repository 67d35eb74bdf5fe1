"""The crawl log of a run, as it stands in the WARC: JSON Lines, a card of the run first.

Where a run died, its log is made from what it captured: `crawlers.runs` has the log of one that
ended by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin

from archive.records import Record, warc_date
from archive.types import Capture

CRAWL_LOG_URI = "urn:backissue:crawl-log:"
SOURCE_URI = "urn:backissue:source:"
LOG_FORMAT = 1
_REDIRECTS = (301, 302, 303, 307, 308)
_REVISITS = {"server-not-modified": "not_modified", "identical-payload-digest": "duplicate"}
_TRUNCATED = {"length": "too_large", "time": "error:timeout", "disconnect": "error:disconnect"}
_PART = 1 << 26  # bytes: a log that is longer goes into several records, each with the card

Line = dict[str, Any]


def bodies(card: Line, lines: Iterable[Line]) -> list[bytes]:
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


def _encoded(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def read(record: Record) -> tuple[Line, list[Line]]:
    """The card and the lines of a log, or of a part of one."""
    card, *lines = (json.loads(line) for line in record.block.splitlines())
    return card, lines


def lines_of(captures: Iterable[Capture]) -> Iterator[Line]:
    """A line for each URL that was captured: its last exchange counts."""
    yield from {capture.url: line_of(capture) for capture in captures}.values()


def line_of(capture: Capture) -> Line:
    """What a capture alone tells of the outcome of its URL."""
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
    if capture.original:
        return _REVISITS[capture.original.profile]
    if capture.truncated:
        return _TRUNCATED.get(capture.truncated, "error:protocol")
    if target_of(capture):
        return "redirected"
    return "fetched" if capture.status == 200 else f"error:http_{capture.status}"


def target_of(capture: Capture) -> str | None:
    """Where a redirect leads; None where *capture* is none."""
    location = capture.parsed.get("location")
    if capture.status not in _REDIRECTS or not location or capture.truncated:
        return None
    return urldefrag(urljoin(capture.url, location)).url
