"""What the content of a file of others comes as: bytes, where members begin, what is torn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

_LINE_ENDS, BLANK = b"\r\n", b"\r\n\0"  # what files end in beside records
_BEGIN = re.compile(rb"WARC/|[A-Za-z][A-Za-z0-9+.-]{1,14}:[^\s]")  # of a WARC, of an ARC record
_PIECE = 1 << 18  # bytes looked at at a time

Packing = Literal["plain", "gzip", "zstd"]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes *offset* to *end* hold no record that can be read."""

    offset: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class MemberBegin:
    """A member begins at *offset* of the file, or the last member ended there."""

    offset: int


Event = bytes | MemberBegin | Unreadable


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and how it is compressed."""

    packing: Packing
    events: Iterator[Event]


def begins_like_record(content: bytes) -> bool:
    """Whether the first 16 bytes of a member's content, or fewer, are those of a record."""
    return bool(_BEGIN.match(content)) or (len(content) > 0 and b"WARC/".startswith(content))


def is_blank(stream: BinaryIO, start: int, end: int, *, last: bool) -> bool:
    """Whether bytes *start* to *end* are line ends alone, or also zeros where they are the *last*
    of a file.

    Tapes, block devices and tools that add a line end leave them; zeros between records may be
    what a disk has lost.
    """
    stream.seek(start)
    at = start
    while at < end:
        piece = stream.read(min(_PIECE, end - at))
        if not piece or piece.strip(BLANK if last else _LINE_ENDS):
            return False
        at += len(piece)
    return True
