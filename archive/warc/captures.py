"""A capture as WARC records, and back: response or revisit, then request, then metadata.

The response comes first, so that whoever follows a pointer to it finds the rest by reading on. The
body of the `metadata` record is JSON and holds what a later derivation needs to know of the crawl.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast

from archive.errors import ArchiveError, CorruptRecord
from archive.types import Capture, Discovery, Original, Pointer, RevisitProfile, Role, Truncated
from archive.warc.records import (
    Located,
    Record,
    digest,
    make_record,
    read_record,
    record_member,
    warc_date,
)
from archive.web.http import Head, decode_content, split_message
from archive.web.sniff import sniff

METADATA_FORMAT = 1  # version of what a metadata record says
METADATA_FIELD = b"backissue: "  # one field whose value is JSON, which has no line end
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_SNIFFED = 4096  # decoded bytes: more than the 1,445 that the MIME sniffing standard looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlNotes:
    """What the metadata record of an exchange keeps of its crawl, as a `Capture` has it."""

    run_id: str = ""
    discovery: Discovery | None = None
    role: Role | None = None
    part_of: str | None = None
    part: int | None = None
    tdm_reservation: bool | None = None
    details: dict[str, Any] = field(default_factory=dict)


_OWN = {"role": str, "part_of": str, "part": int, "tdm_reservation": bool}
"""The keys whose values are fields of a capture; a value of another type stays in `details`."""


def records_of(capture: Capture, warcinfo_id: str | None = None) -> list[Record]:
    """The records that keep *capture*; all share its date, the later ones name the first."""
    date, uri = capture.fetch_time, ("WARC-Target-URI", capture.url)
    info = ("WARC-Warcinfo-ID", f"<{warcinfo_id}>" if warcinfo_id else None)
    concurrent = ("WARC-Concurrent-To", f"<{capture.warc_record_id}>")
    first = [
        uri,
        ("WARC-Record-ID", capture.warc_record_id),
        info,
        ("WARC-IP-Address", capture.ip_address),
        *(_revisit_fields(capture.original) if capture.original else _payload_fields(capture)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    found = [make_record(capture.warc_type, date, capture.head + capture.body, first)]
    if capture.request:
        kind = ("Content-Type", "application/http; msgtype=request")
        found.append(make_record("request", date, capture.request, [uri, info, concurrent, kind]))
    kind = ("Content-Type", "application/warc-fields")  # indexers take other types for pages
    found.append(
        make_record(
            "metadata", date, notes_block(_notes_of(capture)), [uri, info, concurrent, kind]
        )
    )
    return found


def _notes_of(capture: Capture) -> CrawlNotes:
    return CrawlNotes(
        run_id=capture.run_id,
        discovery=capture.discovery,
        role=capture.role,
        part_of=capture.part_of,
        part=capture.part,
        tdm_reservation=capture.tdm_reservation,
        details=capture.details,
    )


def notes_block(notes: CrawlNotes) -> bytes:
    """The block of an exchange's metadata record."""
    text = json.dumps(_metadata(notes), ensure_ascii=False, sort_keys=True)
    line = text.encode(errors="backslashreplace")  # a lone surrogate, as JSON escapes it
    return METADATA_FIELD + line + b"\r\n"


def _payload_fields(capture: Capture) -> list[tuple[str, str | None]]:
    return [
        ("WARC-Payload-Digest", digest(capture.payload)),
        ("WARC-Identified-Payload-Type", identified_type(capture.parsed, capture.payload)),
        ("WARC-Truncated", capture.truncated),
    ]


def _revisit_fields(original: Original) -> list[tuple[str, str | None]]:
    same = original.profile == "identical-payload-digest"
    return [
        ("WARC-Profile", PROFILE + original.profile),
        ("WARC-Refers-To", f"<{original.warc_record_id}>"),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.fetch_time) if original.fetch_time else None),
        ("WARC-Payload-Digest", original.payload_digest),
        ("WARC-Truncated", "length" if same else None),
    ]


def identified_type(head: Head, payload: bytes) -> str | None:
    """The media type that the payload's first bytes show, its content coding undone."""
    if not payload:
        return None
    return sniff(
        decode_content(payload, head.content_codings, _SNIFFED).data, head.get("content-type")
    )


def _metadata(notes: CrawlNotes) -> dict[str, Any]:
    own = {name: getattr(notes, name) for name in _OWN}
    about = notes.details | {name: value for name, value in own.items() if value is not None}
    about |= {"format": METADATA_FORMAT, "run_id": notes.run_id}
    if found := notes.discovery:
        about |= {
            "source": found.source,
            "discovered_by": found.by,
            "discovered_via": found.via,
            "date_announced": found.announced and warc_date(found.announced),
            "date_modified_announced": found.modified and warc_date(found.modified),
            "title_announced": found.title,
        } | ({"words_announced": found.words} if found.words else {})
    return about


def write_capture(stream: BinaryIO, capture: Capture) -> Pointer:
    """Append *capture* to an open WARC; the pointer is to its response or revisit record."""
    offset = stream.tell()
    members = [record_member(record) for record in records_of(capture)]
    stream.write(b"".join(members))
    return Pointer(str(getattr(stream, "name", "")), offset, len(members[0]))


def read_captures(stream: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[Capture]:
    """The captures whose first record stands in bytes *start* to *end* of a WARC that we wrote."""
    for group in read_groups(stream, start, end):
        if group[0].record.type in ("response", "revisit"):
            yield capture_of([located.record for located in group])


def read_groups(
    stream: BinaryIO, start: int = 0, end: int | None = None
) -> Iterator[list[Located]]:
    """Records from *start* to *end*, each with those after it that are concurrent to it."""
    group: list[Located] = []
    at = start
    while (end is None or at < end) and (located := read_record(stream, at)):
        at += located.length
        if group and is_concurrent(located.record, group[0].record):
            group.append(located)
            continue
        if group:
            yield group
        group = [located]
    if group:
        yield group


def is_concurrent(record: Record, first: Record) -> bool:
    """Whether *record* belongs to the exchange whose response or revisit is *first*."""
    return (record.get("WARC-Concurrent-To") or "").strip("<>") == first.id


def read_capture(stream: BinaryIO, offset: int) -> Capture:
    """The capture whose response or revisit record begins at *offset*; CorruptRecord if none does.

    Reads no further than its `metadata` record: what follows may be half written.
    """
    records: list[Record] = []
    while located := read_record(stream, offset):
        if records and not is_concurrent(located.record, records[0]):
            break
        records.append(located.record)
        if records[0].type not in ("response", "revisit") or records[-1].type == "metadata":
            break
        offset += located.length
    if not records or records[0].type not in ("response", "revisit"):
        raise CorruptRecord(str(getattr(stream, "name", "")), offset, "no capture begins here")
    return capture_of(records)


def capture_of(records: list[Record]) -> Capture:
    """The capture that a response or revisit and its concurrent records keep.

    ArchiveError where they have no date, or metadata of another form.
    """
    try:
        return _capture_of(records)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = f"{type(error).__name__}: {error}"
        raise ArchiveError(
            f"{records[0].id}: its records are not those of a capture ({said})"
        ) from None


def _capture_of(records: list[Record]) -> Capture:
    first = records[0]
    head, body = split_message(first.block)
    request = next((record.block for record in records if record.type == "request"), b"")
    notes = next((notes_in(record) for record in records if record.type == "metadata"), None)
    notes = notes or CrawlNotes()
    return Capture(
        url=first.get("WARC-Target-URI") or "",
        fetch_time=first.date,
        request=request,
        head=head,
        body=body,
        warc_record_id=first.id,
        run_id=notes.run_id,
        original=_original(first) if first.type == "revisit" else None,
        ip_address=first.get("WARC-IP-Address"),
        truncated=_truncated(first),
        discovery=notes.discovery,
        details=notes.details,
        role=notes.role,
        part_of=notes.part_of,
        part=notes.part,
        tdm_reservation=notes.tdm_reservation,
    )


def _read_metadata(record: Record) -> dict[str, Any]:
    if not record.block.startswith(METADATA_FIELD):  # another tool's
        return {}
    about: dict[str, Any] = json.loads(record.block.removeprefix(METADATA_FIELD))
    about.pop("format")
    for name in ("run_id", "source"):
        if not isinstance(about.get(name, ""), str):
            raise TypeError(f"{name} is {str(about[name])[:40]}")
    return about


def notes_in(record: Record) -> CrawlNotes:
    """What a metadata *record* of ours notes of the crawl; nothing where it is another tool's."""
    about = _read_metadata(record)
    own = {name: about.pop(name) for name, kind in _OWN.items() if type(about.get(name)) is kind}
    run_id = about.pop("run_id", "")
    return CrawlNotes(run_id=run_id, discovery=_discovery(about), **own, details=about)


def _truncated(record: Record) -> Truncated | None:
    return (
        cast("Truncated | None", record.get("WARC-Truncated"))
        if record.type == "response"
        else None
    )


def _original(record: Record) -> Original:
    profile = (record.get("WARC-Profile") or "").rpartition("/")[2]
    return Original(
        profile=cast(RevisitProfile, profile),
        warc_record_id=(record.get("WARC-Refers-To") or "").strip("<>"),
        url=record.get("WARC-Refers-To-Target-URI") or record.get("WARC-Target-URI") or "",
        fetch_time=datetime.fromisoformat(record.get("WARC-Refers-To-Date") or ""),
        payload_digest=record.get("WARC-Payload-Digest") or "",
    )


def _discovery(about: dict[str, Any]) -> Discovery | None:
    if "source" not in about:
        return None
    announced, modified = about.pop("date_announced"), about.pop("date_modified_announced")
    return Discovery(
        source=about.pop("source"),
        by=about.pop("discovered_by"),
        via=about.pop("discovered_via"),
        announced=announced and datetime.fromisoformat(announced),
        modified=modified and datetime.fromisoformat(modified),
        title=about.pop("title_announced"),
        words=about.pop("words_announced", None),
    )
