"""Responses and failures into the outcomes that the crawl log keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urldefrag

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.errors import DiskFailed, DiskFull
from archive.types import Discovery
from archive.web.http import MAX_CONTENT
from crawlers.capture.failures import Blocked, FetchFailed, RobotsDisallow
from crawlers.capture.run import Outcome
from crawlers.request_meta import REDIRECTS, Ask, Kept, found_by

_UNDECODED = {
    "bad_encoding": "its content coding is unknown or broken",
    "too_large": f"it decodes to more than {MAX_CONTENT // 2**20} MiB",
}
_PLAIN = ("too_large", "off_scope")
_REVISITS = {"server-not-modified": "not_modified", "identical-payload-digest": "duplicate"}


def of_response(ask: Ask, response: Response, problem: str | None) -> Outcome:
    """The outcome of the last exchange of a request."""
    meta = response.meta
    kept: Kept = meta["backissue_kept"][-1]
    problem = problem or next((_UNDECODED[flag] for flag in response.flags), None)
    outcome = "fetched" if kept.status == 200 else f"error:http_{kept.status}"
    if kept.status == 429:
        outcome = "blocked:http_429"
    if kept.profile:
        outcome = _REVISITS[kept.profile]
    return _of_kept(kept, outcome, found_by(ask, meta), problem or ask.reason)


def of_hops(ask: Ask, meta: dict[str, Any], last: str) -> Iterator[Outcome]:
    """The outcome of each redirect on the way to the address *last*."""
    urls = [urldefrag(url).url for url in (*meta.get("redirect_urls", []), last)]
    followed = [kept for kept in meta["backissue_kept"] if kept.status in REDIRECTS]
    for number, hop in enumerate(followed[: len(urls) - 1]):
        found = replace(ask.discovery, by="redirect", via=urls[number - 1]) if number else None
        target = urls[number + 1]
        yield _of_kept(hop, "redirected", found or ask.discovery, f"to {target}")


def of_failure(url: str, ask: Ask, meta: dict[str, Any], error: BaseException | None) -> Outcome:
    """The outcome of a request that brought no response."""
    outcome, record_id, detail = "error:internal", None, f"{type(error).__name__}: {error}"
    if isinstance(error, Blocked):
        outcome, detail = f"blocked:{error.kind}", error.detail
    elif isinstance(error, FetchFailed):
        outcome = error.kind if error.kind in _PLAIN else f"error:{error.kind}"
        record_id, detail = error.record_id, error.detail
    elif isinstance(error, RobotsDisallow):
        outcome, detail = "robots", str(error)
    elif isinstance(error, IgnoreRequest):  # Scrapy's: too many redirects
        outcome, detail = "error:redirects", str(error)
    elif isinstance(error, DiskFull):
        outcome, detail = "error:disk_full", str(error)
    elif isinstance(error, DiskFailed):
        outcome, detail = "error:disk_failed", str(error)
    return Outcome(
        url=url,
        outcome=outcome,
        discovery=found_by(ask, meta),
        detail=detail,
        warc_record_id=record_id,
    )


def _of_kept(kept: Kept, outcome: str, found: Discovery, detail: str | None) -> Outcome:
    return Outcome(
        url=kept.url,
        outcome=outcome,
        discovery=found,
        detail=detail,
        fetch_status=kept.status,
        latency_ms=kept.latency_ms,
        bytes_received=kept.size,
        warc_record_id=kept.warc_record_id,
        time=kept.time,
    )
