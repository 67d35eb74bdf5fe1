"""Scrapy's download handler for http and https: first the exact exchange goes into the WARC.

A response reaches Scrapy only after its records are on the disk. Bodies are handed on decoded.
"""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.outcomes import CUT, REDIRECTED
from archive.revisits import conditions
from archive.schedule import DEFAULT_DELAY
from archive.state.rows import Validator
from archive.types import Capture
from archive.warc.records import new_record_id
from archive.web.content import read_content
from archive.web.hosts import host_of
from archive.web.http import MAX_CONTENT, undo_transfer
from archive.web.surt import url_surtkey
from crawlers.capture.recorder import recorder_of
from crawlers.capture.secret_headers import may_hear, redact, with_one_cookie_field
from crawlers.errors import Blocked, FetchFailed, HostResting, Unreached
from crawlers.politeness.pace import pace_of
from crawlers.request_meta import CapturedExchange, discovery_of, notes_of, purpose_of, retries_of
from crawlers.wire import Exchange, ExchangeFailed, Pool, Settings, parse_override

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_RETRIED = ("dns", "refused", "connect_timeout", "timeout", "disconnect")
_CODED = ("content-encoding", "transfer-encoding", "content-length")


class CaptureHandler:
    """Fetches over the wire pool and keeps every exchange: each redirect hop, each retry."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        self._recorder = recorder_of(crawler)
        self._pace = pace_of(crawler)
        self._pool = Pool(wire_settings(crawler.settings))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureHandler:
        """Scrapy's way to make a handler."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch *request*, keep the exchange, and answer Scrapy once it is on the disk."""
        try:
            exchange, asked = await self._exchange(request)
        except HostResting as resting:
            raise Blocked("retry_after", str(resting)) from None
        except ExchangeFailed as failed:
            record_id = await self._keep_broken(request, failed)
            raise _failure(failed.kind, failed.detail, record_id) from None
        purpose = purpose_of(request)
        capture, _ = await self._recorder.keep(
            exchange_as_capture(exchange, request), asked, whole=bool(purpose and purpose.whole)
        )
        notes_of(request).captured.append(captured(exchange, capture))
        if exchange.truncated:
            raise _failure(CUT[exchange.truncated], exchange.detail, capture.warc_record_id)
        return response_of(exchange, request)

    async def _exchange(self, request: Request) -> tuple[Exchange, Validator | None]:
        """Ask when the host's turn has come; what it answers decides when it comes again.

        With the exchange comes the response that the request was conditional on.
        """
        host, url = host_of(request.url), urldefrag(request.url).url
        purpose = purpose_of(request)
        room = purpose.room if purpose else None
        if room and room.size <= 0:
            raise FetchFailed("too_large", "what its page is shown with is too large together")
        async with self._pace.turn(host, self._delay(request), self._until(request)):
            unconditional = self._led_on(request) or (purpose is not None and purpose.whole)
            known = None if unconditional else await self._recorder.known(url)
            fields = self._headers(request, known)
            exchange = await self._pool.fetch(request.method, url, fields, request.body)
            self._pace.answered(host, exchange.parsed, exchange.elapsed)
            if room:
                room.size -= len(exchange.body)
        return exchange, known

    def _led_on(self, request: Request) -> bool:
        """Whether the address only led on when it was asked for last: a 304 would not say where."""
        purpose = purpose_of(request)
        if purpose is None:
            return False
        key = url_surtkey(urldefrag(request.url).url)
        visit = self._recorder.library.state.visit(purpose.discovery.source, key)
        return visit is not None and visit.outcome == REDIRECTED

    async def close(self) -> None:
        """Close all connections."""
        self._pace.close()
        await self._pool.close()

    def _delay(self, request: Request) -> float:
        """What the source that asks demands, where no source names the host."""
        purpose = purpose_of(request)
        run = self._recorder.book.runs.get(purpose.run_id) if purpose else None
        return run.source.delay if run else DEFAULT_DELAY

    def _until(self, request: Request) -> float:
        """When the run ends that asks; robots.txt is asked for all runs."""
        purpose = purpose_of(request)
        own = purpose is not None and purpose.role != "robots"
        run = self._recorder.book.runs.get(purpose.run_id) if purpose and own else None
        return run.spending.until if run else math.inf

    def _headers(self, request: Request, known: Validator | None) -> list[tuple[bytes, bytes]]:
        """Scrapy's header fields, and what makes the request conditional if the page is known."""
        fields = [(name, value) for name, values in request.headers.items() for value in values]
        fields += [(name.encode(), value.encode()) for name, value in self._secrets(request)]
        fields = with_one_cookie_field(fields)
        if known:
            conditional = conditions(known)
            fields += [(name.encode(), value.encode("latin-1")) for name, value in conditional]
        return fields

    def _secrets(self, request: Request) -> tuple[tuple[str, str], ...]:
        """What the source tells this address: decided anew for each hop of a redirect."""
        purpose = purpose_of(request)
        run = self._recorder.book.runs.get(purpose.run_id) if purpose else None
        if run is None or not may_hear(run.source, urldefrag(request.url).url):
            return ()
        notes_of(request).secret_fields = tuple(name for name, _ in run.secrets)
        return run.secrets

    async def _keep_broken(self, request: Request, failed: ExchangeFailed) -> str | None:
        if failed.exchange is None:
            return None
        capture, _ = await self._recorder.keep(exchange_as_capture(failed.exchange, request))
        return capture.warc_record_id


def wire_settings(settings: Any) -> Settings:
    """The wire pool's settings from Scrapy's."""
    ca_file = settings["BACKISSUE_CA_FILE"] or os.environ.get("SSL_CERT_FILE")
    return Settings(
        max_body=settings.getint("DOWNLOAD_MAXSIZE"),
        timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
        per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        allow_private=settings.getbool("BACKISSUE_ALLOW_PRIVATE"),
        overrides=tuple(map(parse_override, settings.getlist("BACKISSUE_RESOLVE"))),
        verify=settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"),
        ca_file=Path(ca_file) if ca_file else None,
    )


def _failure(kind: str, detail: str, record_id: str | None) -> FetchFailed:
    return (Unreached if kind in _RETRIED else FetchFailed)(kind, detail, record_id)


def exchange_as_capture(exchange: Exchange, request: Request) -> Capture:
    """The capture of an exchange: what was asked for, and how it was found, go along."""
    notes = notes_of(request)
    purpose = notes.purpose
    details: dict[str, Any] = {"latency_ms": round(exchange.elapsed * 1000)}
    if retries := retries_of(request):
        details["retry"] = retries
    sent, redacted = redact(exchange.request, notes.secret_fields)
    if redacted:
        details["redacted"] = list(redacted)
    if exchange.interim or exchange.surplus:
        details |= {"interim_bytes": exchange.interim, "surplus_bytes": exchange.surplus}
    return Capture(
        url=exchange.url,
        fetch_time=exchange.started,
        request=sent,
        head=exchange.head,
        body=exchange.body,
        warc_record_id=new_record_id(),
        run_id=purpose.run_id if purpose else "",
        ip_address=exchange.ip_address,
        truncated=exchange.truncated,
        discovery=discovery_of(request),
        details=details,
        role=purpose.role if purpose else "page",
        part_of=purpose.part_of if purpose else None,
        part=purpose.part if purpose and purpose.part_of else None,
        tdm_reservation=notes.reserved,
    )


def captured(exchange: Exchange, capture: Capture) -> CapturedExchange:
    """What the crawl log needs to know of an exchange that is on the disk."""
    return CapturedExchange(
        url=exchange.url,
        status=capture.status,
        warc_record_id=capture.warc_record_id,
        profile=capture.original.profile if capture.original else None,
        latency_ms=capture.details["latency_ms"],
        size=len(exchange.head) + len(exchange.body),
        time=datetime.now(UTC),
    )


def response_of(exchange: Exchange, request: Request) -> Response:
    """Scrapy's response, transfer and content codings undone; a flag says where that failed."""
    head = exchange.parsed
    payload = undo_transfer(exchange.body, head)
    content = read_content(payload, head.content_codings, MAX_CONTENT)
    fields = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in head.fields
        if name.lower() not in _CODED
    ]
    headers = Headers(fields)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=content.data)
    return kind(
        url=request.url,
        status=head.status or 0,
        headers=headers,
        body=content.data,
        request=request,
        flags=[content.error] if content.error else [],
        protocol=f"HTTP/{head.version}",
    )
