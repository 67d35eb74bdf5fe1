"""When a capture is a revisit: only of what was asked about, or of the same payload."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.library import Library
from archive.revisits import as_revisit, conditions, kept_validator, revisit_in, validator_of
from archive.state.rows import Validator
from archive.types import Capture
from archive.writer import WarcWriter

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


# In a library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    with Library.create(tmp_path / "library") as made:
        settings = made.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    return Library.open(made.path)


def remembered(library: Library, capture: Capture) -> Validator:
    """What is remembered of *capture*, which is kept in a WARC file of its own."""
    writer = WarcWriter(library)
    pointer = writer.write(capture).result()
    writer.close()
    validator = validator_of(capture, pointer.filename, pointer.offset)
    assert validator is not None
    library.state.put_validators([validator])
    return validator


def damage(library: Library, validator: Validator) -> None:
    path = library.warc(validator.warc_filename)
    data = bytearray(path.read_bytes())
    data[validator.warc_record_offset + 40] ^= 0xFF
    path.write_bytes(data)


def original_of(library: Library, capture: Capture, asked: Validator | None) -> str | None:
    original = revisit_in(library, capture, asked).original
    return original and original.warc_record_id


OTHER = replace(FIRST, body=b"<p>Another edition.", warc_record_id="urn:uuid:2")
AGAIN = replace(FIRST, warc_record_id="urn:uuid:3")


def test_only_a_whole_record_of_the_very_url_is_asked_about(library: Library) -> None:
    assert kept_validator(library, FIRST.url) is None
    known = remembered(library, FIRST)
    assert kept_validator(library, FIRST.url) == known
    assert kept_validator(library, f"{FIRST.url}?utm_source=x") is None  # has the same key
    damage(library, known)
    assert kept_validator(library, FIRST.url) is None


def test_what_was_asked_about_is_referred_to_while_it_is_remembered(library: Library) -> None:
    asked = remembered(library, FIRST)
    assert original_of(library, NOT_MODIFIED, asked) == "urn:uuid:1"
    assert original_of(library, AGAIN, asked) == "urn:uuid:1"
    assert original_of(library, OTHER, asked) is None
    library.state.forget_warc(asked.warc_filename)
    assert original_of(library, NOT_MODIFIED, asked) is None
    assert original_of(library, AGAIN, asked) is None


def test_a_newer_response_than_was_asked_about_is_read_before_it_is_referred_to(
    library: Library,
) -> None:
    asked = remembered(library, FIRST)
    newest = remembered(library, OTHER)
    later = replace(OTHER, warc_record_id="urn:uuid:4")
    assert original_of(library, later, asked) == "urn:uuid:2"
    assert original_of(library, later, None) == "urn:uuid:2"
    assert original_of(library, AGAIN, asked) == "urn:uuid:1"  # back to the edition before
    assert original_of(library, AGAIN, None) is None
    damage(library, newest)
    assert original_of(library, later, asked) is None
    assert original_of(library, NOT_MODIFIED, asked) == "urn:uuid:1"
