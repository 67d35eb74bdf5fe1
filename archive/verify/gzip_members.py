"""A WARC file into its gzip members and what is wrong with them, in bounded memory and time."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from archive.warc.gzip import MAX_RECORD, GzipError, new_inflater
from archive.warc.records import Located
from archive.warc.restored import Restored
from archive.warc.scan import Damaged, scan

_WINDOW, _SECTOR = 1 << 20, 1 << 12  # bytes read at a time; bytes that a disk loses as a whole
_FIRST, _LAST = 1 << 12, 1 << 18  # bytes fed to the inflater at a time: it copies what it leaves
_BEHIND = 64  # bytes that are looked at behind a record
_MAGIC = b"\x1f\x8b"
_OURS = b"\x1f\x8b\x08" + bytes(6) + b"\x03"
_NOTHING: Mapping[int, Restored] = {}
_LENGTH = re.compile(rb"\r\nContent-Length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_FIRST_OF_RECORD = b"WARC/"
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Member:
    """A whole gzip member: its place in the file, its ten bytes of header, and its content."""

    offset: int
    length: int
    header: bytes
    data: bytes
    stands_in: bool = False  # for what is damaged here


@dataclass(frozen=True, slots=True)
class Flaw:
    """Bytes *offset* to *end* hold no whole record: the code and the words for it."""

    offset: int
    end: int
    code: str
    detail: str
    record_id: str | None = None
    url: str | None = None


class _NoMember(Exception):
    """No whole member stands here: code and detail."""


class _FileWindow:
    """Bytes of a stream up to *end*, read in large pieces."""

    def __init__(self, stream: BinaryIO, end: int) -> None:
        self.stream, self.end = stream, end
        self._data, self._base = memoryview(b""), 0

    def bytes_at(self, offset: int, size: int) -> memoryview:
        """*size* bytes at *offset*; fewer at the end, and before a sector that cannot be read."""
        size = max(0, min(size, self.end - offset))
        start = offset - self._base
        if start < 0 or start + size > len(self._data):
            want = min(max(size, _WINDOW), self.end - offset)
            self._data, self._base, start = memoryview(self._read(offset, want)), offset, 0
        return self._data[start : start + size]

    def _read(self, offset: int, size: int) -> bytes:
        """As many bytes at *offset* as the disk can read, at most *size*."""
        for want in (size, min(size, _SECTOR - offset % _SECTOR)):
            try:
                self.stream.seek(offset)
                return self.stream.read(want)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
        raise _NoMember("warc.damaged", "the disk cannot read it")


def members(
    stream: BinaryIO, start: int, end: int, stop: int, restored: Mapping[int, Restored] = _NOTHING
) -> Iterator[Member | Flaw]:
    """The members that begin in bytes *start* to *stop* of a file whose last byte is *end*.

    What is *restored* of it, by offset, comes in the place of what is damaged. After a flaw the
    walk goes on where the next record begins. One member is held at a time.
    """
    window, at = _FileWindow(stream, end), start
    while at < min(stop, end):
        try:
            found: Member | Flaw = _read(window, at)
        except _NoMember as error:
            if made := restored.get(at):
                found = Member(at, made.end - at, _OURS, made.data, stands_in=True)
            else:
                found = _flaw(window, at, error, restored)
        yield found
        at = found.end if isinstance(found, Flaw) else found.offset + found.length


def _read(window: _FileWindow, offset: int) -> Member:
    inflater, out = new_inflater(), list[bytes]()
    size, taken, bound, ends = 0, 0, MAX_RECORD, MAX_RECORD
    header = bytes(window.bytes_at(offset, 10))
    if header[:2] != _MAGIC[: len(header)]:
        raise _NoMember("warc.garbage", "no gzip member begins here")
    step = _FIRST
    while not inflater.eof:
        piece = window.bytes_at(offset + taken, step)
        if not piece:
            raise _NoMember("warc.truncated", "the file ends within this record")
        taken += len(piece)
        try:
            data = inflater.decompress(piece, bound + 1 - size)
        except GzipError as error:
            raise _NoMember("warc.damaged", f"the gzip member is damaged ({error})") from None
        if not out:
            ends = _end_of_record(data)
            bound = min(ends + _BEHIND, MAX_RECORD)
        out.append(data)
        size += len(data)
        if size > bound:
            raise _NoMember(*_excess(b"".join(out), ends))
        step = min(4 * step, _LAST)
    content = out[0] if len(out) == 1 else b"".join(out)
    if content.startswith(_FIRST_OF_RECORD, ends):
        raise _NoMember(*_excess(content, ends))
    return Member(offset, taken - len(inflater.unused_data), header, content)


def _end_of_record(data: bytes) -> int:
    """How long the record is that begins with *data*; where that is not said, the most that it may
    be."""
    head = data.find(_END_OF_HEAD)
    length = _LENGTH.search(data, 0, head + 2) if head >= 0 else None
    return head + 8 + int(length[1]) if length else MAX_RECORD


def _excess(data: bytes, ends: int) -> tuple[str, str]:
    if ends >= MAX_RECORD:
        return "warc.too_large", f"a record of more than {MAX_RECORD >> 20} MiB"
    if data.startswith(_FIRST_OF_RECORD, ends):
        return "warc.several_records", "the gzip member holds more than one record"
    return "warc.length", "the gzip member holds more than its record"


def _flaw(window: _FileWindow, at: int, error: _NoMember, restored: Mapping[int, Restored]) -> Flaw:
    """What is wrong at *at*, and up to where."""
    code, detail = error.args
    after = next(iter(scan(window.stream, at, window.end, restored)), None)
    if isinstance(after, Located):  # readable all the same
        end = after.offset + after.length
    else:
        end = min(after.end, window.end) if after else window.end
    if code == "warc.garbage":
        with suppress(_NoMember):
            code, detail = _garbage(window, at, end)
    elif code == "warc.several_records" and at == 0 and end == window.end:
        code, detail = (
            "warc.one_member",
            "the whole file is one gzip member: it has no pointers",
        )
    elif code == "warc.truncated" and end < window.end:
        code, detail = "warc.damaged", "the gzip member has no end"
    named = (after.record_id, after.url) if isinstance(after, Damaged) else (None, None)
    return Flaw(at, end, code, detail, *named)


def _garbage(window: _FileWindow, at: int, end: int) -> tuple[str, str]:
    first = bytes(window.bytes_at(at, _BEHIND))
    if at == 0 and first.startswith(_FIRST_OF_RECORD):
        return "warc.not_gzip", "a WARC file that is not compressed, under the name of one that is"
    if not any(first) and _all_zero(window, at, end):
        return "warc.zeros", f"{end - at:,} zero bytes"
    return "warc.garbage", f"{end - at:,} bytes that are no gzip member: {first[:16]!r}"


def _all_zero(window: _FileWindow, at: int, end: int) -> bool:
    return all(not any(window.bytes_at(p, _WINDOW)) for p in range(at, end, _WINDOW))


def size_of(stream: BinaryIO) -> int:
    """How long the file is now."""
    return stream.seek(0, os.SEEK_END)
