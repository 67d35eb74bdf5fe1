"""Files that others wrote into records: what can be read comes out, what cannot is named.

WARC 0.18 to 1.1 and ARC, plain, in gzip members of one record each, or in members or Zstandard
frames that are cut in any other way. Memory is bounded whatever the file says of itself, and time
grows with its size.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from archive.imported import arc
from archive.imported.content_window import ContentWindow, content_of
from archive.imported.header_values import clean_uri
from archive.imported.members import BLANK, Packing, Unreadable
from archive.imported.record_begins import (
    LONGEST_BEGIN,
    VERSION,
    NoRecord,
    arc_begin,
    arc_line,
    parse_fields,
    warc_begin,
)
from archive.warc.records import Record

__all__ = [
    "ForeignRecord",
    "Unreadable",
    "clean_uri",
    "foreign_records",
    "parse_fields",
    "read_one",
    "target_uri",
]

MAX_BLOCK = 1 << 28
"""Bytes of a record's block: what a reader must have room for."""
MAX_TAKEN = 65 << 20
"""Bytes of the block of a record that an import reads: a body as large as a crawl keeps by default,
and its head. It is held up to four times while its row is made."""

_NEXT = re.compile(rb"\nWARC/\d+\.\d+[ \t]*\r?\n[\w-]+[ \t]*:")
_LENGTH_FIELD = "content-length"
_LOOKED_AT = 1 << 16  # bytes that show whether a file is WARC or ARC


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record, its header block as it stands, and where it is.

    *length* bytes at *offset* hold it and nothing else, if it stands *alone*: in a gzip member of
    its own, or uncompressed. Else *offset* is that of the member in which it begins. A record of
    ARC comes as one of WARC that says the same, and its header is that of WARC.
    """

    record: Record
    head: bytes
    offset: int
    length: int
    alone: bool


Form = Literal["warc", "arc"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is compressed, and what its first record is; None where it holds none."""

    packing: Packing
    form: Form | None


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through one file. Blocks of more than *most* bytes are passed over."""

    stream: BinaryIO
    end: int
    window: ContentWindow
    is_arc: bool
    most: int


def foreign_records(
    stream: BinaryIO, start: int, end: int, most: int = MAX_BLOCK
) -> Iterator[ForeignRecord | Unreadable]:
    """The records in bytes *start* to *end* of a file, and what cannot be read between them.

    A record with a block of more than *most* bytes is not read.
    """
    end = min(end, stream.seek(0, os.SEEK_END))
    window = ContentWindow(content_of(stream, start, end), start, end)
    window.fill(_LOOKED_AT)
    walk = _Walk(stream, end, window, _form(window.part(0, _LOOKED_AT)) == "arc", most)
    while True:
        yield from _records(walk)
        damage = window.next_part()
        if damage is None:
            return
        yield damage


def read_one(stream: BinaryIO, offset: int, length: int) -> ForeignRecord | Unreadable:
    """The record that stands alone in *length* bytes at *offset*."""
    found = next(foreign_records(stream, offset, offset + length), None)
    return found or Unreadable(offset, offset + length, "no WARC record begins here")


def shape_of(stream: BinaryIO, start: int, end: int) -> Shape:
    """What kind of file bytes *start* to *end* are, by their begin."""
    content = content_of(stream, start, end)
    window = ContentWindow(content, start, end)
    window.fill(_LOOKED_AT)
    return Shape(content.packing, _form(window.part(0, _LOOKED_AT)))


def _form(begin: bytes) -> Form | None:
    """Of what kind the first record is that *begin* holds; None where it holds none."""
    begin = begin.lstrip(b"\r\n")
    if VERSION.match(begin):
        return "warc"
    for line in begin.splitlines(keepends=True):
        if VERSION.match(line):
            return "warc"
        if arc.may_begin(line) and arc.parse_line(line):
            return "arc"
    return None


def _records(walk: _Walk) -> Iterator[ForeignRecord | Unreadable]:
    window = walk.window
    while True:
        window.skip_newlines()
        if not window.fill(1):
            return
        found = _take(walk)
        if found is None:
            return
        if isinstance(found, Unreadable) and found.offset >= window.end():
            continue  # the begin of what is torn, which is named as a whole
        yield found


def _take(walk: _Walk) -> ForeignRecord | Unreadable | None:
    """The record that begins in view; else what stands there up to the next one. None where nothing
    but the padding of the file is left."""
    window = walk.window
    begin = arc_begin(window) if walk.is_arc else warc_begin(window)
    if isinstance(begin, NoRecord):
        return _skip(walk, begin.start, begin.why)
    size, length = begin.size, begin.length
    if length > walk.most:
        why = f"Content-Length is {length:,}: more than {walk.most >> 20} MiB are not read"
        return _pass_over(walk, size, length, why)
    end = size + length
    if not window.fill(end):
        have = len(window.bytes) - size
        return _skip(walk, size, f"Content-Length is {length:,}, and {have:,} bytes follow")
    ends = window.newlines(end)
    if not _may_follow(walk, ends, ends - end):
        return _skip(walk, size, f"Content-Length is {length:,}, and the record goes on")
    alone = window.member(end, ends)
    if alone is None and window.is_all_of_torn(ends):
        return _skip(walk, size, "its gzip member is torn")
    head, block = window.part(0, size), window.part(size, end)
    offset = window.offset()
    window.drop(ends)
    if begin.line:
        record, head = arc.arc_record(begin.line, head, block)
    else:
        kept = tuple((name, value) for name, value in begin.fields if name.lower() != _LENGTH_FIELD)
        record = Record(kept, block)
    return ForeignRecord(record, head, offset, alone or 0, alone is not None)


def _may_follow(walk: _Walk, at: int, newlines: int) -> bool:
    """Whether a record may begin, or the file end, at byte *at* of the view, behind so many bytes
    of line ends."""
    window = walk.window
    window.fill(at + 5)
    behind = window.part(at, at + 5)
    if not behind or (behind[:1] == b"\0" and newlines):
        return True
    if walk.is_arc:
        return arc_line(window, at) is not None
    return b"WARC/".startswith(behind) or newlines >= 4


def _pass_over(walk: _Walk, size: int, length: int, why: str) -> Unreadable | None:
    """Move on behind a record that is too large: what looks like a record in its block is none."""
    window = walk.window
    begin, place = window.offset(), window.where()
    if window.is_packed:
        return _skip(walk, size, why, members_only=window.begins_member())
    ends = begin + size + length
    walk.stream.seek(min(ends, walk.end))
    behind = walk.stream.read(LONGEST_BEGIN).lstrip(b"\r\n")
    follows = arc.may_begin(behind) if walk.is_arc else behind.startswith(b"WARC/")
    if ends > walk.end or (behind.strip(BLANK) and not follows):
        return _skip(walk, size, why)
    left = size + length
    while left and window.fill(1):
        count = min(left, len(window.bytes))
        window.drop(count)
        left -= count
    return Unreadable(begin, ends, why + place)


def _skip(walk: _Walk, start: int, why: str, *, members_only: bool = False) -> Unreadable | None:
    """Move on to the next record behind byte *start* of the view, and name what is left behind:
    None where that is the padding at the end of the file.

    *members_only*: what looks like a record counts only where a member begins with it.
    """
    window = walk.window
    begin, place, blank = window.offset(), window.where(), True
    while True:
        at = _next_begin(walk, start, members_only=members_only)
        kept = arc.MAX_LINE if walk.is_arc else LONGEST_BEGIN  # a record may begin in it
        left = max(0, len(window.bytes) - kept) if at is None else at
        blank = blank and not window.part(0, left).strip(BLANK)
        window.drop(left)
        if at is not None:
            return Unreadable(begin, max(begin, window.offset()), why + place)
        start = max(1, start - left)
        if not window.fill(len(window.bytes) + 1):
            blank = blank and not window.bytes.strip(BLANK)
            window.drop(len(window.bytes))
            if blank and window.is_last:
                return None
            return Unreadable(begin, window.end(), why + place)


def _next_begin(walk: _Walk, start: int, *, members_only: bool) -> int | None:
    """Where in view the next record begins: on a line or in a member of its own."""
    window = walk.window
    found = None if members_only else _next_line(walk, start)
    for candidate in window.members_from(start):
        begins = arc.may_begin if walk.is_arc else VERSION.match
        if (found is None or candidate < found) and begins(
            window.part(candidate, candidate + LONGEST_BEGIN)
        ):
            return candidate
    return found


def _next_line(walk: _Walk, start: int) -> int | None:
    """Where in view the next line begins that a record begins with."""
    data = walk.window.bytes
    if walk.is_arc:
        at = data.find(b"\n", start - 1)
        while at >= 0:
            after = data.find(b"\n", at + 1)
            if after < 0:
                return None
            if arc.parse_line(walk.window.part(at + 1, after + 1)):
                return at + 1
            at = after
        return None
    at = data.find(b"\nWARC/", start - 1)  # many times as fast as the expression
    while at >= 0 and not _NEXT.match(data, at):
        at = data.find(b"\nWARC/", at + 1)
    return at + 1 if at >= 0 else None


def target_uri(record: Record) -> str:
    """WARC-Target-URI; empty where there is none."""
    return clean_uri(record.get("WARC-Target-URI") or "")
