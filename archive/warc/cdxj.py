"""CDXJ: one sorted line for each capture of a WARC file, as pywb and cdxj-indexer write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from archive.types import CdxEntry
from archive.warc.records import Located
from archive.web.http import parse_head, split_message
from archive.web.surt import surt

_UNKNOWN = "unk"  # left out of the line


def entry_of(located: Located, filename: str) -> CdxEntry | None:
    """The index entry of a response or revisit; None for a record that no index names.

    A record without a date has none either, for every line has a date.
    """
    record = located.record
    if record.type not in ("response", "revisit"):
        return None
    try:
        moment = record.date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    url = record.get("WARC-Target-URI") or ""
    head = parse_head(split_message(record.block)[0])
    return CdxEntry(
        urlkey=surt(url),
        timestamp=moment.strftime("%Y%m%d%H%M%S"),
        url=url,
        mime=mime_of(record.type, head.media_type),
        status=head.status,
        digest=record.get("WARC-Payload-Digest") or "",
        length=located.length,
        offset=located.offset,
        filename=filename,
    )


def mime_of(kind: str, declared: str | None) -> str:
    """The media type that an index line has: what the head of a response declares."""
    if kind == "revisit":
        return "warc/revisit"
    printable = declared and declared.isascii() and declared.isprintable()
    return declared if declared and printable and " " not in declared else _UNKNOWN


def to_line(entry: CdxEntry) -> str:
    """The line of *entry*, without its newline; numbers are texts, as pywb has them."""
    fields = {
        "url": entry.url,
        "mime": None if entry.mime == _UNKNOWN else entry.mime,
        "status": None if entry.status is None else str(entry.status),
        "digest": entry.digest,
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": entry.filename,
    }
    return f"{entry.urlkey} {entry.timestamp} " + json.dumps(
        {key: value for key, value in fields.items() if value is not None}
    )


def from_line(line: str) -> CdxEntry:
    """The entry in a line that `to_line` or cdxj-indexer wrote; ValueError or KeyError else."""
    urlkey, timestamp, rest = line.rstrip("\n").split(" ", 2)
    fields = json.loads(rest)
    return CdxEntry(
        urlkey=urlkey,
        timestamp=timestamp,
        url=fields["url"],
        mime=fields.get("mime", _UNKNOWN),
        status=int(fields["status"]) if "status" in fields else None,
        digest=fields["digest"],
        length=int(fields["length"]),
        offset=int(fields["offset"]),
        filename=fields["filename"],
    )


def index_bytes(entries: Iterable[CdxEntry]) -> bytes:
    """The whole index file: lines sorted by their bytes."""
    return b"".join(sorted(to_line(entry).encode() + b"\n" for entry in entries))


def read_index(data: bytes) -> Iterator[CdxEntry]:
    """The entries of an index file."""
    return (from_line(line) for line in data.decode().split("\n") if line)
