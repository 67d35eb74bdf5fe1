"""WARC 1.1 records (ISO 28500:2017): bytes and header fields, one gzip member each.

Header blocks are written and read by warcio; blocks pass untouched. warcio's record writer is not
used since it rebuilds HTTP heads, and leaves out the block of a revisit.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from archive.errors import CorruptRecord

_zlib: Any = zlib
_GZIP_LEVEL = _ZLIB_LEVEL = 6
with suppress(ImportError):  # where isal is, the same format is made faster
    from isal import isal_zlib as _zlib

    _GZIP_LEVEL = 2

WARC_VERSION = "WARC/1.1"
MAX_RECORD = 1 << 28  # bytes of a record, its head included: what a reader must have room for
_FIRST_READ, _READ = 1 << 14, 1 << 18  # most members are small, and what follows is read again
_SECTOR = 1 << 12
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


def digest(data: bytes) -> str:
    """`sha1:` and the SHA-1 of *data* in base32, as WARC-Block-Digest and CDXJ have it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


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


def to_bytes(record: Record) -> bytes:
    """The record as it stands in an uncompressed WARC file."""
    fields = [*record.fields, ("Content-Length", str(len(record.block)))]
    head = StatusAndHeaders("", fields, protocol=WARC_VERSION).to_bytes(encoding="utf-8")
    return b"".join((head.replace(b"WARC/1.1 \r\n", b"WARC/1.1\r\n", 1), record.block, _TAIL))


def to_member(record: Record) -> bytes:
    """The record as one gzip member, without file name or time: equal records give equal bytes."""
    return gzip_member(to_bytes(record))


def gzip_member(data: bytes) -> bytes:
    """*data* as one gzip member, without file name or time."""
    compressor = _zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
    return bytes(compressor.compress(data) + compressor.flush())


def gzip_members(data: bytes) -> list[bytes]:
    """What *data* may be as a member of ours: made with isal, if it is there, or with zlib."""
    compressor = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, 31)
    found = [gzip_member(data), compressor.compress(data) + compressor.flush()]
    return list(dict.fromkeys(found))


def from_bytes(data: bytes, name: str = "", offset: int = 0) -> Record:
    """The record in *data*, as `to_bytes` gives it; CorruptRecord where it is none."""
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


def read_member(
    stream: BinaryIO, offset: int, limit: int | None = None
) -> tuple[bytes, int] | None:
    """Content and length of the gzip member at *offset*; None at the end of the file.

    *limit* bounds the member's length in the file, `MAX_RECORD` what it inflates to. CorruptRecord
    where no such member stands.
    """
    name = str(getattr(stream, "name", ""))
    inflater, out, taken, room = _zlib.decompressobj(wbits=31), [], 0, MAX_RECORD
    while not inflater.eof:
        want = min(max(taken, _FIRST_READ), _READ)
        want = want if limit is None else min(want, limit - taken)
        piece = _read(stream, offset, taken, want)
        if not piece:
            if taken == 0:
                return None
            raise CorruptRecord(name, offset, "the gzip member is cut short")
        taken += len(piece)
        try:
            out.append(inflater.decompress(piece, room + 1))
        except (zlib.error, _zlib.error) as error:
            raise CorruptRecord(name, offset, f"no gzip member ({error})") from None
        room -= len(out[-1])
        if room < 0:
            raise CorruptRecord(name, offset, f"a record of more than {MAX_RECORD >> 20} MiB")
    return b"".join(out), taken - len(inflater.unused_data)


def _read(stream: BinaryIO, offset: int, taken: int, want: int) -> bytes:
    """The next piece of the member at *offset*; a sector that the disk has lost is damage."""
    at = offset + taken
    for size in (want, min(want, _SECTOR - at % _SECTOR)):  # what is lost may lie further on
        try:
            stream.seek(at)
            return stream.read(size) if size > 0 else b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
    raise CorruptRecord(str(getattr(stream, "name", "")), offset, "the disk cannot read it (EIO)")


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
