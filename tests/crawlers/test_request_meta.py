"""What rides with a Scrapy request: it goes along through retries and redirects, under one key."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spiders import Spider
from scrapy.utils.test import get_crawler

from archive.types import Discovery
from crawlers.request_meta import (
    CapturedExchange,
    Purpose,
    discovery_of,
    given_purpose,
    hops_of,
    meta_for,
    notes_of,
    purpose_of,
    retries_of,
)

CRAWLERS = Path(__file__).parents[2] / "crawlers"
PURPOSE = Purpose(run_id="run", discovery=Discovery(source="review", by="feed"), role="page")
HOP = CapturedExchange(
    url="https://review.example/a",
    status=302,
    warc_record_id="urn:uuid:1",
    profile=None,
    latency_ms=7,
    size=100,
    time=datetime(2026, 11, 1, tzinfo=UTC),
)


def page(**values: object) -> Request:
    return Request("https://review.example/a", meta=meta_for(PURPOSE) | values)


def redirected(request: Request) -> Request:
    """The request that Scrapy makes of one whose answer is a redirect to `/b`."""
    middleware = RedirectMiddleware(Settings())
    answer = Response(request.url, status=302, headers={"Location": "/b"}, request=request)
    middleware.crawler = get_crawler(Spider)
    middleware.crawler.spider = Spider("review")
    made = middleware.process_response(request, answer)
    assert isinstance(made, Request)
    return made


def retried(request: Request) -> Request:
    crawler = get_crawler(Spider)
    spider = Spider.from_crawler(crawler, name="review")
    made = get_retry_request(request, spider=spider)
    assert made is not None
    return made


def test_no_other_module_names_a_key() -> None:
    named = re.compile(r"\.meta\[|\.meta\.|[\"']backissue_|redirect_urls|retry_times")
    assert {
        path.relative_to(CRAWLERS).as_posix()
        for path in CRAWLERS.rglob("*.py")
        if named.search(path.read_text())
    } == {"request_meta.py"}


def test_all_goes_along_where_scrapy_makes_a_request_anew() -> None:
    request = page()
    notes = notes_of(request)
    notes.captured.append(HOP)
    notes.secret_fields, notes.reserved = ("Cookie",), True
    for made in (request.copy(), request.replace(url="https://a.example/"), retried(request)):
        assert (purpose_of(made), notes_of(made)) == (PURPOSE, notes)
    made = retried(redirected(request))
    assert (purpose_of(made), notes_of(made)) == (PURPOSE, notes)
    assert notes_of(Response(made.url, request=made)) == notes


def test_what_is_noted_behind_a_redirect_stands_behind_what_came_before() -> None:
    request = page()
    notes_of(request).captured.append(HOP)
    made = redirected(request)
    notes_of(made).captured.append(HOP)
    assert notes_of(made).captured == [HOP, HOP]


def test_two_requests_share_nothing() -> None:
    one, two = page(), page()
    notes_of(one).captured.append(HOP)
    assert notes_of(two).captured == []


def test_scrapys_redirects_and_retries_are_told() -> None:
    request = page()
    assert (hops_of(request), retries_of(request), discovery_of(request)) == (
        [],
        0,
        PURPOSE.discovery,
    )
    made = retried(retried(redirected(request)))
    assert hops_of(made) == ["https://review.example/a"]
    assert retries_of(made) == 2
    assert discovery_of(made) == Discovery(
        source="review", by="redirect", via="https://review.example/a"
    )


def test_a_request_of_no_run_has_no_purpose_but_notes() -> None:
    request = Request("https://review.example/a")
    assert (purpose_of(request), discovery_of(request)) == (None, None)
    notes_of(request).captured.append(HOP)
    assert notes_of(request).captured == [HOP]
    with pytest.raises(ValueError, match="no run"):
        given_purpose(request)
