"""Captures in WARC and WACZ files that others made: where each stands, and what it says.

Such a file is kept as it came, in `warc/imported/`. The import finds once what belongs together in
it, and writes it down twice. The tables are made from records in our own WARC; a pointer is looked
up in `NAME.captures.jsonl` beside the file.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

from archive.errors import CorruptRecord
from archive.imported.index import NO_CAPTURE, HeldCapture, RecordPlace, Referred, is_imported
from archive.imported.reader import Unreadable, read_one
from archive.types import Capture, Discovery, Fidelity, Original, Truncated
from archive.warc.captures import CrawlNotes, notes_in, read_capture
from archive.warc.records import Record, warc_date
from archive.web.http import Head, decode_content, is_framed, parse_head, split_message

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = ("x-crawler-", "x-orig-", "x-archive-orig-")  # Common Crawl, Webrecorder, pywb
_WIRE_VERSIONS = (None, "0.9", "1.0", "1.1")


def read_held(root: Path, held: HeldCapture) -> Capture:
    """The capture that *held* describes; CorruptRecord where it cannot be read there any more."""
    path = root / held.file
    record = _record(path, RecordPlace(held.offset, held.length))
    body = record.block + b"".join(_record(path, place).block for place in held.continued)
    request = _record(path, held.request).block if held.request else b""
    return capture_from(record, body, held, request, _notes(path, held))


def read_payload_of(root: Path, original: Referred) -> Capture | None:
    """The capture that a revisit stands for; None where it was not found."""
    if original.file is None:
        return None
    if not is_imported(original.file):
        with (root / original.file).open("rb") as stream:
            return read_capture(stream, original.offset)
    place = RecordPlace(original.offset, original.length)
    record = _record(root / original.file, place)
    more = b"".join(_record(root / original.file, one).block for one in original.continued)
    kind: Literal["response", "resource"] = (
        "resource" if record.type.lower() == "resource" else "response"
    )
    held = HeldCapture(
        file=original.file,
        offset=original.offset,
        length=original.length,
        kind=kind,
        warc_record_id=original.warc_record_id,
        url=original.url,
        fetch_time=original.fetch_time or warc_date(_UNKNOWN),
        run_id="",
        source="",
    )
    return capture_from(record, record.block + more, held, b"", CrawlNotes())


def head_of(root: Path, held: HeldCapture) -> bytes:
    """The WARC header of a capture, verbatim."""
    path = root / held.file
    with path.open("rb") as stream:
        found = read_one(stream, held.offset, held.length)
    if isinstance(found, Unreadable):
        raise CorruptRecord(path, held.offset, found.why)
    return found.head


def _record(path: Path, place: RecordPlace) -> Record:
    try:
        with path.open("rb") as stream:
            found = read_one(stream, place.offset, place.length)
    except FileNotFoundError:
        raise CorruptRecord(path, place.offset, "the imported file is gone: put it back") from None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise CorruptRecord(path, place.offset, "the disk cannot read it (EIO)") from None
    if isinstance(found, Unreadable):
        raise CorruptRecord(path, place.offset, found.why)
    return found.record


def _notes(path: Path, held: HeldCapture) -> CrawlNotes:
    """What a library that made the file noted of the capture."""
    if held.metadata:
        with suppress(*NO_CAPTURE):  # it may say anything
            return notes_in(_record(path, held.metadata))
    return CrawlNotes()


def capture_from(
    record: Record, body: bytes, held: HeldCapture, request: bytes, notes: CrawlNotes
) -> Capture:
    """The capture in a record of an imported file; *body* is its block, put together."""
    found = notes.discovery
    headless = held.kind == "resource"
    head, body = (b"", body) if headless else split_message(body)
    truncated = _truncated(record, held)
    return Capture(
        url=held.url,
        fetch_time=held.moment,
        request=request,
        head=head,
        body=body,
        warc_record_id=held.warc_record_id,
        run_id=held.run_id,
        original=_original(held.original) if held.original else None,
        ip_address=record.get("WARC-IP-Address"),
        truncated=truncated,
        discovery=Discovery(
            source=held.source,
            by="import",
            via=found.via if found else None,
            announced=found.announced if found else None,
            modified=found.modified if found else None,
            title=found.title if found else None,
            words=found.words if found else None,
        ),
        details=notes.details,
        fidelity="headless" if headless else fidelity_of(parse_head(head), body, bool(truncated)),
        content_type=record.get("Content-Type") if headless else None,
        role=notes.role,
        part_of=notes.part_of,
        part=notes.part,
        tdm_reservation=notes.tdm_reservation,
    )


def fidelity_of(head: Head, body: bytes, cut: bool) -> Fidelity:
    """What kind of bytes an imported message has, as far as head and body tell."""
    marked = {name.lower() for name, _ in head.fields}
    if body:
        framed = head.is_chunked and is_framed(body, cut=cut)
        if _lacks_content_coding(head, body, framed) or _is_marked(marked, head, "content"):
            return "decoded"
        if (head.is_chunked and not framed) or _is_marked(marked, head, "transfer"):
            return "dechunked"
    if head.version not in _WIRE_VERSIONS and not head.is_chunked:
        return "reconstructed"
    return "imported"


def _lacks_content_coding(head: Head, body: bytes, framed: bool) -> bool:
    if not head.content_codings or framed:  # a tool that keeps the chunks has not looked inside
        return False
    found = decode_content(body, head.content_codings, 1)
    return found.error == "bad_encoding" and found.data == body


def _is_marked(names: set[str], head: Head, coding: str) -> bool:
    """Whether the tool that undid a coding says so, by another name for the field."""
    field = f"{coding}-encoding"
    return not head.get(field) and any(mark + field in names for mark in _MARKS)


def _truncated(record: Record, held: HeldCapture) -> Truncated | None:
    reason = (record.get("WARC-Truncated") or "").strip().lower()
    if held.kind == "revisit" or (held.complete and not reason):
        return None
    return cast(Truncated, reason) if reason in get_args(Truncated) else "unspecified"


def _original(found: Referred) -> Original:
    moment = datetime.fromisoformat(found.fetch_time) if found.fetch_time else None
    return Original(
        profile=found.profile,
        warc_record_id=found.warc_record_id,
        url=found.url,
        fetch_time=moment,
        payload_digest=found.payload_digest,
    )
