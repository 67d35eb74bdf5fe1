"""WARC 1.1 records (ISO 28500:2017): bytes and header fields, one gzip member each.

Header blocks are written and read by warcio; blocks pass untouched. warcio's record writer is not
used since it rebuilds HTTP heads, and leaves out the block of a revisit.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO
from uuid import UUID, uuid4

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from archive.errors import CorruptRecord
from archive.warc.gzip import gzip_member, read_member

WARC_VERSION = "WARC/1.1"
_LENGTH = re.compile("[0-9]{1,18}")
_TAIL = b"\r\n\r\n"
_PARSER = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0"])

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: its header fields in order, without Content-Length, and its block."""

    fields: Fields
    block: bytes

    def get(self, name: str) -> str | None:
        """The first value of the header field *name*."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    @property
    def type(self) -> str:
        """`warcinfo`, `response`, `request`, `metadata`, `revisit`, `resource` …"""
        return self.get("WARC-Type") or ""

    @property
    def id(self) -> str:
        """WARC-Record-ID without its brackets."""
        return (self.get("WARC-Record-ID") or "").strip("<>")

    @property
    def date(self) -> datetime:
        """WARC-Date, with microseconds where it has them."""
        return datetime.fromisoformat(self.get("WARC-Date") or "")


@dataclass(frozen=True, slots=True)
class Located:
    """A record and where its gzip member stands."""

    record: Record
    offset: int
    length: int


def new_record_id() -> str:
    """A fresh WARC-Record-ID, without brackets."""
    return f"urn:uuid:{uuid4()}"


def made_id(data: bytes) -> str:
    """A WARC-Record-ID that follows from *data*, without brackets."""
    return f"urn:uuid:{UUID(bytes=hashlib.sha256(data).digest()[:16], version=5)}"


def digest(data: bytes) -> str:
    """`sha1:` and the SHA-1 of *data* in base32, as WARC-Block-Digest and CDXJ have it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()  # noqa: S324 - what WARC and CDXJ have; tables have SHA-256, too


def warc_date(moment: datetime) -> str:
    """*moment* in UTC with microseconds, as WARC 1.1 allows."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds") + "Z"  # strftime does not pad the year 1


def make_record(
    kind: str, moment: datetime, block: bytes, fields: Sequence[tuple[str, str | None]] = ()
) -> Record:
    """A record of *kind* with a block digest; fields whose value is None are left out.

    ValueError for a value that could not be read back: with control characters or outer spaces.
    """
    given = {name: value for name, value in fields if value is not None}
    record_id = given.pop("WARC-Record-ID", None) or new_record_id()
    head = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc_date(moment)),
        *given.items(),
        ("WARC-Block-Digest", digest(block)),
    ]
    for name, value in head:
        if any(ord(character) < 32 or ord(character) == 127 for character in name + value):
            raise ValueError(f"control character in the WARC field {name}: {value!r}")
        if value != value.strip():
            raise ValueError(f"space around the value of the WARC field {name}: {value!r}")
    return Record(tuple(head), block)


def record_bytes(record: Record) -> bytes:
    """The record as it stands in an uncompressed WARC file."""
    fields = [*record.fields, ("Content-Length", str(len(record.block)))]
    head = StatusAndHeaders("", fields, protocol=WARC_VERSION).to_bytes(encoding="utf-8")
    return b"".join((head.replace(b"WARC/1.1 \r\n", b"WARC/1.1\r\n", 1), record.block, _TAIL))


def record_member(record: Record) -> bytes:
    """The record as one gzip member, without file name or time: equal records give equal bytes."""
    return gzip_member(record_bytes(record))


def from_bytes(data: bytes, name: str = "", offset: int = 0) -> Record:
    """The record in *data*, as `record_bytes` gives it; CorruptRecord where it is none."""
    stream = BytesIO(data)
    try:
        headers = _PARSER.parse(stream).headers
    except Exception as error:  # noqa: BLE001 -- warcio raises what comes: EOFError, its own, …
        raise CorruptRecord(name, offset, f"no WARC header ({error})") from None
    fields = tuple((str(key), str(value)) for key, value in headers)
    start = stream.tell()
    length = next((value for key, value in fields if key.lower() == "content-length"), "")
    if not _LENGTH.fullmatch(length):
        raise CorruptRecord(name, offset, f"Content-Length is {length[:40]!r}")
    block = data[start : start + int(length)]
    if len(block) < int(length) or data[start + int(length) :] != _TAIL:
        raise CorruptRecord(name, offset, "the block does not have its declared length")
    kept = tuple((key, value) for key, value in fields if key.lower() != "content-length")
    return Record(kept, block)


def read_record(stream: BinaryIO, offset: int, limit: int | None = None) -> Located | None:
    """The record whose gzip member begins at *offset*; None at the end of the file.

    *limit* bounds the member's length in the file.
    """
    member = read_member(stream, offset, limit)
    if member is None:
        return None
    data, length = member
    record = from_bytes(data, str(getattr(stream, "name", "")), offset)
    return Located(record, offset, length)


def resource_record(
    uri: str, body: bytes, kind: str, moment: datetime, warcinfo_id: str | None = None
) -> Record:
    """A `resource` record of our own with *body* of the media type *kind*."""
    info = f"<{warcinfo_id}>" if warcinfo_id else None
    fields = [("WARC-Target-URI", uri), ("WARC-Warcinfo-ID", info), ("Content-Type", kind)]
    return make_record("resource", moment, body, fields)
