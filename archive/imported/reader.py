"""WARC files that others wrote into records: what can be read comes out, what cannot is named.

WARC 0.18 to 1.1, plain, in gzip members of one record each, or in members that are cut in any other
way. Memory is bounded whatever the file says of itself, and time grows with its size.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from archive.imported.gzip_members import Event, MemberBegin, Unreadable, gzip_events
from archive.warc.records import Fields, Record

__all__ = [
    "ForeignRecord",
    "Unreadable",
    "clean_uri",
    "foreign_records",
    "parse_fields",
    "read_one",
    "target_uri",
]

MAX_HEAD = 1 << 20
"""Bytes in which a record's header has to end."""
MAX_BLOCK = 1 << 28
"""Bytes of a record's block: what a reader must have room for."""

_HEAD_END = re.compile(rb"\r?\n(?:\r?\n|(WARC/\d))")  # a second version line ends no header
_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
_NEXT = re.compile(rb"\nWARC/\d+\.\d+[ \t]*\r?\n[\w-]+[ \t]*:")
_LENGTH = re.compile("[0-9]{1,18}")
_LONGEST_BEGIN = 256  # bytes that `_NEXT` matches at most
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")  # no URI has these
_MOST_NEWLINES = 64  # bytes of line ends behind a record; two line ends are usual


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record, its header block as it stands, and where it is.

    *length* bytes at *offset* hold it and nothing else, if it stands *alone*: in a gzip member of
    its own, or uncompressed. Else *offset* is that of the member in which it begins.
    """

    record: Record
    head: bytes
    offset: int
    length: int
    alone: bool


def foreign_records(stream: BinaryIO, start: int, end: int) -> Iterator[ForeignRecord | Unreadable]:
    """The records in bytes *start* to *end* of a file, and what cannot be read between them."""
    packed, events = gzip_events(stream, start, end)
    end = min(end, stream.seek(0, os.SEEK_END))
    window = _ContentWindow(events, start, end, packed=packed)
    while True:
        yield from _records(window)
        damage = window.next_part()
        if damage is None:
            return
        yield damage


def read_one(stream: BinaryIO, offset: int, length: int) -> ForeignRecord | Unreadable:
    """The record that stands alone in *length* bytes at *offset*."""
    found = next(foreign_records(stream, offset, offset + length), None)
    return found or Unreadable(offset, offset + length, "nothing stands here")


class _ContentWindow:
    """A view of the file's content that moves forward, and of where in the file its bytes stand."""

    def __init__(self, events: Iterator[Event], start: int, end: int, *, packed: bool) -> None:
        self._events, self._packed, self._end = events, packed, end
        self._marks: deque[tuple[int, int]] = deque()  # position in the content, offset in the file
        self._base = 0 if packed else start
        self._damage: Unreadable | None = None
        self._stopped = False
        self.bytes = bytearray()

    def fill(self, count: int) -> bool:
        """Read on until *count* bytes are in view; False where this part of the file has fewer."""
        while len(self.bytes) < count and not self._stopped:
            event = next(self._events, None)
            if isinstance(event, bytes):
                self.bytes += event
            elif isinstance(event, MemberBegin):
                self._marks.append((self._base + len(self.bytes), event.offset))
            else:
                self._damage, self._stopped = event, True
        return len(self.bytes) >= count

    def drop(self, count: int) -> None:
        """Move forward by *count* bytes that are in view."""
        del self.bytes[:count]
        self._base += count
        while len(self._marks) > 1 and self._marks[1][0] <= self._base:
            self._marks.popleft()

    def skip_newlines(self) -> None:
        """Move forward behind the line ends that separate records."""
        while self.fill(1) and self.bytes[0] in b"\r\n":
            self.drop(len(self.bytes) - len(self.bytes.lstrip(b"\r\n")))

    def offset(self, at: int = 0) -> int:
        """Where in the file the byte *at* of the view stands, or the member that holds it."""
        position = self._base + at
        if not self._packed:
            return position
        return next((off for pos, off in reversed(self._marks) if pos <= position), 0)

    def member(self, end: int, ends: int) -> int | None:
        """The length of the member that holds the view up to *end*, and behind that at most the
        line ends up to *ends*; None where there is no such member."""
        if not self._packed:
            return ends
        if len(self._marks) < 2 or self._marks[0][0] != self._base:
            return None
        position, offset = self._marks[1]
        fits = end <= position - self._base <= ends
        return offset - self._marks[0][1] if fits else None

    def members_from(self, at: int) -> Iterator[int]:
        """The places in the view, from *at* on, at which gzip members begin."""
        return (pos - self._base for pos, _ in self._marks if pos >= self._base + at)

    def is_all_of_torn(self, ends: int) -> bool:
        """Whether what is in view up to *ends* is all that came of a torn member."""
        begins = bool(self._marks) and self._marks[-1][0] == self._base
        return begins and self._damage is not None and len(self.bytes) == ends

    def newlines(self, at: int) -> int:
        """The place behind the line ends at byte *at* of the view; a few of them at most."""
        end = at
        while end - at < _MOST_NEWLINES and self.fill(end + 1) and self.bytes[end] in b"\r\n":
            end += 1
        return end

    def where(self) -> str:
        """The place within its member, for messages; empty where the member begins here."""
        position = self._marks[0][0] if self._packed and self._marks else self._base
        return f" (byte {self._base - position} of the member's content)" * (position != self._base)

    def end(self) -> int:
        """Where in the file this part ends."""
        return self._damage.offset if self._damage else self._end

    def next_part(self) -> Unreadable | None:
        """Go on behind damage, and name it; None at the end of the file."""
        damage, self._damage, self._stopped = self._damage, None, False
        self._base += len(self.bytes)
        self.bytes.clear()
        self._marks.clear()
        return damage


def _records(window: _ContentWindow) -> Iterator[ForeignRecord | Unreadable]:
    while True:
        window.skip_newlines()
        if not window.fill(1):
            return
        found = _take(window)
        if isinstance(found, Unreadable) and found.offset >= window.end():
            continue  # the begin of what is torn, which is named as a whole
        yield found


def _take(window: _ContentWindow) -> ForeignRecord | Unreadable:
    """The record that begins in view; else what stands there up to the next one."""
    window.fill(_LONGEST_BEGIN)
    if not _VERSION.match(window.bytes):
        return _skip(window, 1, "no WARC record begins here")
    size = _head_size(window)
    if size is None:
        return _skip(window, 5, f"its header does not end within {MAX_HEAD >> 20} MiB")
    head = bytes(window.bytes[:size])
    fields = parse_fields(head)
    length = _content_length(fields)
    if isinstance(length, str):
        return _skip(window, size, length)
    end = size + length
    if not window.fill(end):
        have = len(window.bytes) - size
        return _skip(window, size, f"Content-Length is {length:,}, and {have:,} bytes follow")
    ends = window.newlines(end)
    window.fill(ends + 5)
    behind = bytes(window.bytes[ends : ends + 5])
    if behind and not b"WARC/".startswith(behind) and ends - end < 4:
        return _skip(window, size, f"Content-Length is {length:,}, and the record goes on")
    alone = window.member(end, ends)
    if alone is None and window.is_all_of_torn(ends):
        return _skip(window, size, "its gzip member is torn")
    block = bytes(window.bytes[size:end])
    kept = tuple((name, value) for name, value in fields if name.lower() != "content-length")
    found = ForeignRecord(Record(kept, block), head, window.offset(), alone or 0, alone is not None)
    window.drop(ends)
    return found


def _head_size(window: _ContentWindow) -> int | None:
    """The length of the header in view, its blank line included."""
    seen = 0
    while True:
        match = _HEAD_END.search(window.bytes, max(0, seen - 12), MAX_HEAD)
        if match:
            return None if match[1] else match.end()
        seen = len(window.bytes)
        if seen >= MAX_HEAD or not window.fill(seen + 1):
            return None


def parse_fields(head: bytes) -> Fields:
    """The fields of a WARC header, folded lines joined; lines without a colon do not count."""
    lines: list[bytes] = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n")[1:]:
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b" " + line.strip()
        else:
            lines.append(line)
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            fields.append((_text(name), _text(value)))
    return tuple(fields)


def _text(value: bytes) -> str:
    try:
        return value.strip().decode()
    except UnicodeDecodeError:
        return value.strip().decode("latin-1")


def _content_length(fields: Fields) -> int | str:
    """The declared length of the block, or what is wrong with it."""
    values = {value for name, value in fields if name.lower() == "content-length"}
    if len(values) != 1:
        return "it has two Content-Lengths" if values else "it has no Content-Length"
    value = values.pop()
    if not _LENGTH.fullmatch(value):
        return f"Content-Length is {value[:40]!r}"
    if int(value) > MAX_BLOCK:
        return f"Content-Length is {int(value):,}: more than {MAX_BLOCK >> 20} MiB are not read"
    return int(value)


def _skip(window: _ContentWindow, start: int, why: str) -> Unreadable:
    """Move on to the next record behind byte *start* of the view, and name what is left behind."""
    begin, place = window.offset(), window.where()
    while True:
        at = _next_begin(window, start)
        if at is not None:
            window.drop(at)
            return Unreadable(begin, max(begin, window.offset()), why + place)
        left = max(0, len(window.bytes) - _LONGEST_BEGIN)
        window.drop(left)
        start = max(1, start - left)
        if not window.fill(len(window.bytes) + 1):
            window.drop(len(window.bytes))
            return Unreadable(begin, window.end(), why + place)


def _next_begin(window: _ContentWindow, start: int) -> int | None:
    """Where in view the next record begins: on a line or in a member of its own."""
    at = window.bytes.find(b"\nWARC/", start - 1)  # many times as fast as the expression
    while at >= 0 and not _NEXT.match(window.bytes, at):
        at = window.bytes.find(b"\nWARC/", at + 1)
    found = at + 1 if at >= 0 else None
    for candidate in window.members_from(start):
        if (found is None or candidate < found) and _VERSION.match(window.bytes, candidate):
            return candidate
    return found


def target_uri(record: Record) -> str:
    """WARC-Target-URI; empty where there is none."""
    return clean_uri(record.get("WARC-Target-URI") or "")


def clean_uri(uri: str) -> str:
    """*uri* without the brackets of WARC 1.0, and with nothing in it that no URL may have."""
    bare = uri.strip().removeprefix("<").removesuffix(">")
    return _UNSAFE.sub(lambda match: quote(match[0], safe=""), bare)
