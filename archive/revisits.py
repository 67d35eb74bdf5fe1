"""What an earlier capture of a URL lets a later request say, and when a response repeats it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archive.errors import CorruptRecord
from archive.library import Library
from archive.state.rows import Validator, now_text, pointer_of
from archive.types import Capture, Original, RevisitProfile
from archive.warc.records import digest
from archive.web.http import parse_head
from archive.web.surt import url_surtkey


def validator_of(capture: Capture, filename: str, offset: int) -> Validator | None:
    """What a complete 200 response is remembered by; None for any other capture."""
    if capture.status != 200 or capture.truncated or capture.original or not capture.payload:
        return None
    head = capture.parsed
    return Validator(
        url_surtkey=url_surtkey(capture.url),
        url=capture.url,
        etag=head.get("etag"),
        last_modified=head.get("last-modified"),
        payload_digest=digest(capture.payload),
        fetch_time=now_text(capture.fetch_time),
        warc_record_id=capture.warc_record_id,
        warc_filename=filename,
        warc_record_offset=offset,
    )


def is_kept(library: Library, validator: Validator) -> bool:
    """Whether the response that *validator* remembers stands in the WARC, whole."""
    try:
        capture = library.read(pointer_of(validator))
    except (CorruptRecord, OSError):
        return False
    return (
        capture.warc_record_id == validator.warc_record_id
        and digest(capture.payload) == validator.payload_digest
    )


def kept_validator(library: Library, url: str) -> Validator | None:
    """What the newest complete response of *url* is remembered by, once its record was read whole.

    None where no response is remembered, or its record is not there any more, or not whole.
    """
    validator = library.state.validator(url_surtkey(url))
    if validator is None or validator.url != url or not is_kept(library, validator):
        return None
    return validator


def conditions(validator: Validator) -> list[tuple[str, str]]:
    """The fields of a conditional request (RFC 9110, 13.1)."""
    found = [("If-None-Match", validator.etag), ("If-Modified-Since", validator.last_modified)]
    return [(name, value) for name, value in found if value and value.isprintable()]


def as_revisit(capture: Capture, validator: Validator | None) -> Capture:
    """*capture* as a revisit of the capture that *validator* remembers; unchanged where it is none.

    A 304 refers to the response that the request named, if it named any. A response with the same
    payload digest keeps its head, and leaves its body to the original (WARC 1.1, 6.7).
    """
    if validator is None or validator.url != capture.url or capture.truncated:
        return capture
    if capture.status == 304 and _asked_about(capture.request, validator):
        return replace(capture, original=_original(validator, "server-not-modified"), body=b"")
    same = capture.status == 200 and bool(capture.payload)
    if same and digest(capture.payload) == validator.payload_digest:
        return replace(capture, original=_original(validator, "identical-payload-digest"), body=b"")
    return capture


def revisit_in(library: Library, capture: Capture, asked: Validator | None) -> Capture:
    """*capture* as the revisit that it is of a response which *library* keeps, or unchanged.

    *asked* is what the request was conditional on, as `kept_validator` gave it: its record is not
    read again. A newer response may be remembered since then, and is read before it is referred to.
    Where none is remembered any more, its file was given up, and *capture* stays a response.
    """
    newest = library.state.validator(url_surtkey(capture.url))
    if newest is None:
        return capture
    candidates = (asked, newest) if capture.status == 304 else (newest, asked)
    for validator in dict.fromkeys(filter(None, candidates)):
        revisit = as_revisit(capture, validator)
        if revisit.original and (validator == asked or is_kept(library, validator)):
            return revisit
    return capture


def _asked_about(request: bytes, validator: Validator) -> bool:
    """Whether *request* was conditional on the response that *validator* remembers."""
    sent = set(parse_head(request).fields)
    wanted = conditions(validator)
    return bool(wanted) and sent.issuperset(wanted)


def _original(validator: Validator, profile: RevisitProfile) -> Original:
    return Original(
        profile=profile,
        warc_record_id=validator.warc_record_id,
        url=validator.url,
        fetch_time=datetime.fromisoformat(validator.fetch_time),
        payload_digest=validator.payload_digest,
    )
