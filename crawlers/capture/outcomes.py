"""Responses and failures into the outcomes that the crawl log keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

import archive.outcomes
from archive.errors import DiskFailed, DiskFull
from archive.types import Discovery
from archive.web.http import MAX_CONTENT, REDIRECTS
from crawlers.capture.run import Outcome
from crawlers.errors import Blocked, FetchFailed, Removed, RobotsDisallow
from crawlers.request_meta import (
    CapturedExchange,
    discovery_of,
    given_purpose,
    hops_of,
    notes_of,
)

_UNDECODED = {
    "bad_encoding": "its content coding is unknown or broken",
    "too_large": f"it decodes to more than {MAX_CONTENT // 2**20} MiB",
}


def outcome_of_response(response: Response, problem: str | None) -> Outcome:
    """The outcome of the last exchange of a request."""
    last = notes_of(response).captured[-1]
    problem = problem or next((_UNDECODED[flag] for flag in response.flags), None)
    outcome = archive.outcomes.of_answer(last.status, last.profile)
    if given_purpose(response).resolves:
        outcome, problem = "off_scope", f"leads to {last.url}"
    return _of_captured(
        last, outcome, _how_found(response), problem or given_purpose(response).reason
    )


def outcomes_of_hops(request: Request | Response) -> Iterator[Outcome]:
    """The outcome of each redirect on the way to the address of *request*."""
    first = given_purpose(request).discovery
    urls = [urldefrag(url).url for url in (*hops_of(request), request.url)]
    notes = notes_of(request)
    followed = [
        hop
        for hop in notes.captured
        if hop.status in REDIRECTS or hop.warc_record_id in notes.sent_on
    ]
    for number, hop in enumerate(followed[: len(urls) - 1]):
        how = replace(first, by="redirect", via=urls[number - 1]) if number else first
        yield _of_captured(hop, archive.outcomes.REDIRECTED, how, f"to {urls[number + 1]}")


def outcome_of_failure(request: Request | Response, error: BaseException | None) -> Outcome:
    """The outcome of a request that brought no response."""
    outcome, record_id, detail = "error:internal", None, f"{type(error).__name__}: {error}"
    if isinstance(error, Blocked):
        outcome, detail = f"blocked:{error.kind}", error.detail
    elif isinstance(error, FetchFailed):
        outcome = archive.outcomes.of_failure(error.kind)
        record_id, detail = error.record_id, error.detail
    elif isinstance(error, RobotsDisallow):
        outcome, detail = "robots", str(error)
    elif isinstance(error, Removed):
        outcome, detail = "removed", str(error)
    elif isinstance(error, IgnoreRequest):  # Scrapy's: too many redirects
        outcome, detail = "error:redirects", str(error)
    elif isinstance(error, DiskFull):
        outcome, detail = "error:disk_full", str(error)
    elif isinstance(error, DiskFailed):
        outcome, detail = "error:disk_failed", str(error)
    return Outcome(
        url=request.url,
        outcome=outcome,
        discovery=_how_found(request),
        detail=detail,
        warc_record_id=record_id,
    )


def _how_found(request: Request | Response) -> Discovery:
    return discovery_of(request) or given_purpose(request).discovery


def _of_captured(
    exchange: CapturedExchange, outcome: str, how: Discovery, detail: str | None
) -> Outcome:
    return Outcome(
        url=exchange.url,
        outcome=outcome,
        discovery=how,
        detail=detail,
        fetch_status=exchange.status,
        latency_ms=exchange.latency_ms,
        bytes_received=exchange.size,
        warc_record_id=exchange.warc_record_id,
        time=exchange.time,
    )
