"""When a capture is a revisit: only of what was asked about, or of the same payload."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.revisits import as_revisit, conditions, validator_of
from archive.types import Capture

MOMENT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
FIRST = Capture(
    url="http://review.example/1",
    fetch_time=MOMENT,
    request=b"GET /1 HTTP/1.1\r\nHost: review.example\r\n\r\n",
    head=b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nLast-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\n\r\n',
    body=b"<p>An essay.",
    warc_record_id="urn:uuid:1",
)
KNOWN = validator_of(FIRST, "warc/a.warc.gz", 500)
ASKED = (
    b'GET /1 HTTP/1.1\r\nHost: review.example\r\nIf-None-Match: "\xe9"\r\n'
    b"If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT\r\n\r\n"
)
NOT_MODIFIED = replace(FIRST, head=b"HTTP/1.1 304 Not Modified\r\n\r\n", body=b"", request=ASKED)


def test_the_conditions_are_those_that_the_server_gave() -> None:
    assert KNOWN is not None
    assert conditions(KNOWN) == [
        ("If-None-Match", '"é"'),
        ("If-Modified-Since", "Sun, 01 Nov 2026 00:00:00 GMT"),
    ]


def test_a_304_refers_to_what_was_asked_about() -> None:
    revisit = as_revisit(NOT_MODIFIED, KNOWN)
    assert revisit.original is not None
    assert revisit.original.profile == "server-not-modified"
    assert revisit.original.warc_record_id == "urn:uuid:1"


@pytest.mark.parametrize(
    "request_",
    [b"", FIRST.request, ASKED.replace(b"\xe9", b"other"), ASKED.replace(b"If-Mod", b"Xf-Mod")],
)
def test_a_304_to_any_other_request_is_a_response(request_: bytes) -> None:
    capture = replace(NOT_MODIFIED, request=request_)
    assert as_revisit(capture, KNOWN) is capture


def test_a_304_to_a_page_that_gave_no_validators_is_a_response() -> None:
    bare = validator_of(replace(FIRST, head=b"HTTP/1.1 200 OK\r\n\r\n"), "warc/a.warc.gz", 500)
    assert as_revisit(NOT_MODIFIED, bare) is NOT_MODIFIED


def test_the_same_payload_in_other_chunks_is_the_same() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    revisit = as_revisit(replace(FIRST, head=head, body=b"c\r\n<p>An essay.\r\n0\r\n\r\n"), KNOWN)
    assert revisit.original is not None
    assert (revisit.original.profile, revisit.head) == ("identical-payload-digest", head)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"other"},
        {"truncated": "length"},
        {"url": "http://review.example/1?"},
        {"body": b""},
    ],
)
def test_everything_else_stays_a_response(change: dict[str, object]) -> None:
    capture = replace(FIRST, warc_record_id="urn:uuid:2", **change)  # type: ignore[arg-type]
    assert as_revisit(capture, KNOWN) is capture


def test_only_whole_responses_are_remembered() -> None:
    revisit = as_revisit(FIRST, KNOWN)
    for capture in (revisit, replace(FIRST, truncated="time"), replace(FIRST, body=b"")):
        assert validator_of(capture, "warc/a.warc.gz", 0) is None
