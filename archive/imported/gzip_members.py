"""The content of plain files and of gzip members: bytes, where members begin, what is torn."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import BinaryIO

from archive.imported.members import (
    Event,
    MemberBegin,
    Unreadable,
    begins_like_record,
    is_blank,
)
from archive.warc.gzip import GzipError, new_inflater

GZIP = b"\x1f\x8b\x08"
_PIECE, _INFLATED, _WINDOW = 1 << 16, 1 << 18, 1 << 18  # bytes: read, inflated, searched at a time
_FIRST = 16  # bytes that show how a record begins


def plain_events(stream: BinaryIO, start: int, end: int) -> Iterator[Event]:
    """The bytes *start* to *end* of a file that is not compressed."""
    at = start
    while at < end:
        stream.seek(at)
        piece = stream.read(min(_PIECE, end - at))
        if not piece:
            return
        at += len(piece)
        yield piece


def gzip_events(stream: BinaryIO, start: int, end: int) -> Iterator[Event]:
    """What the gzip members hold, a mark before each and after the last, and what is damaged."""
    at = start
    while at < end:
        after = yield from _members(stream, at, end)
        if after >= end:
            return
        begin = _next_member(stream, after + 1, end)
        if not is_blank(stream, after, begin, last=begin == end):
            yield Unreadable(after, begin, _damage(stream, after, begin))
        at = begin


def _members(stream: BinaryIO, start: int, end: int) -> Generator[Event, None, int]:
    """The content of the whole members from *start* on; returns where they end, or where the first
    torn member begins.

    What could be inflated of a torn member comes, too.
    """
    stream.seek(start)
    at, data = start, b""
    while data or (data := stream.read(max(0, min(_PIECE, end - at)))):
        yield MemberBegin(at)
        inflater, taken = new_inflater(), 0
        while not inflater.eof:
            data = data or stream.read(max(0, min(_PIECE, end - at - taken)))
            try:
                piece = inflater.decompress(data, _INFLATED)
            except GzipError:
                return at
            if not data and not piece:
                return at
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            taken += len(data) - len(rest)
            data = rest
            yield piece
        at += taken
    yield MemberBegin(at)
    return at


def _next_member(stream: BinaryIO, start: int, end: int) -> int:
    """Where the next gzip member that begins with a WARC record stands; *end* if none does."""
    at = start
    while at < end:
        stream.seek(at)
        window = stream.read(min(_WINDOW, end - at))
        found = window.find(GZIP)
        while found >= 0:
            if _begins_record(stream, window[found : found + 64], at + found):
                return at + found
            found = window.find(GZIP, found + 1)
        if len(window) < len(GZIP):
            break
        at += len(window) - len(GZIP) + 1
    return end


def _begins_record(stream: BinaryIO, data: bytes, at: int) -> bool:
    """Whether the content of a member that begins with *data* begins like a record."""
    if data[3:4] > b"\x1f":
        return False
    inflater, head = new_inflater(), b""
    try:
        head = inflater.decompress(data, _FIRST)
        if len(head) < _FIRST:  # the codes of a large member fill more than that
            stream.seek(at + len(data))
            head += inflater.decompress(stream.read(512), _FIRST)
    except GzipError:
        pass  # what came before it stands
    return begins_like_record(head)


def _damage(stream: BinaryIO, start: int, end: int) -> str:
    stream.seek(start)
    data = stream.read(min(_WINDOW, end - start))
    if not data.strip(b"\0"):
        return "zero bytes, no gzip member"
    if not data.startswith(GZIP):
        return "no gzip member begins here"
    return "the gzip member is torn"
