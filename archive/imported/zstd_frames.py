"""The content of `.warc.zst` files: Zstandard frames, with a dictionary of the file's own or none.

The dictionary stands in a skippable frame at the begin of the file, as it is or as a Zstandard
frame (https://iipc.github.io/warc-specifications/specifications/warc-zstd/).
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

import zstandard

from archive.imported.members import Event, MemberBegin, Unreadable, begins_like_record, is_blank

ZSTD = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_MAX_DICTIONARY = 1 << 24  # bytes, compressed or not; those in use have a megabyte
_MAX_WINDOW = 1 << 27  # bytes that a frame may refer back to: what `zstd --long` takes
_FED = 1 << 10  # bytes given to the decompressor at a time: they may become 32 MiB
_WINDOW = 1 << 18  # bytes searched at a time


def is_zstd(begin: bytes) -> bool:
    """Whether a file that begins so is of Zstandard frames."""
    return begin.startswith(ZSTD) or _is_skippable(begin)


def _is_skippable(begin: bytes) -> bool:
    return begin[1:4] == b"\x2a\x4d\x18" and 0x50 <= begin[0] <= 0x5F


def zstd_events(stream: BinaryIO, start: int, end: int) -> Iterator[Event]:
    """What the frames in bytes *start* to *end* hold, a mark before and behind each, and what is
    damaged."""
    new = _decompressor(stream, start, end)
    at = start
    while at < end:
        stream.seek(at)
        head = stream.read(min(18, end - at))
        if _is_skippable(head) and len(head) >= 8:
            at += 8 + int(struct.unpack("<I", head[4:8])[0])
            continue
        after = at
        if head.startswith(ZSTD):
            yield MemberBegin(at)
            after = yield from _frame(stream, at, end, new.decompressobj())
            if after > at:
                yield MemberBegin(after)
                at = after
                continue
        begin = _next_frame(stream, at + 1, end, new)
        if not is_blank(stream, at, begin, last=begin == end):
            yield Unreadable(at, begin, _damage(head))
        at = begin


def _decompressor(stream: BinaryIO, start: int, end: int) -> zstandard.ZstdDecompressor:
    stream.seek(start)
    head = stream.read(min(8, end - start))
    given = None
    if head.startswith(_DICTIONARY) and len(head) == 8:
        size = min(struct.unpack("<I", head[4:8])[0], _MAX_DICTIONARY, end - start - 8)
        data = stream.read(size)
        if data.startswith(ZSTD):
            data = _unpacked(data)
        given = zstandard.ZstdCompressionDict(data) if len(data) >= 8 else None
    return zstandard.ZstdDecompressor(dict_data=given, max_window_size=_MAX_WINDOW)


def _unpacked(data: bytes) -> bytes:
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(data)
        return reader.read(_MAX_DICTIONARY)
    except zstandard.ZstdError:
        return b""


def _frame(stream: BinaryIO, start: int, end: int, inflater: Any) -> Generator[Event, None, int]:
    """The content of the frame at *start*; returns where it ends, or *start* where it is torn."""
    at = start
    stream.seek(start)
    while not inflater.eof:
        data = stream.read(max(0, min(_FED, end - at)))
        try:
            piece = inflater.decompress(data)
        except zstandard.ZstdError:
            return start
        if not data:
            return start
        at += len(data) - len(inflater.unused_data)
        if piece:
            yield piece
    return at


def _next_frame(stream: BinaryIO, start: int, end: int, new: zstandard.ZstdDecompressor) -> int:
    """Where the next frame that begins with a record stands; *end* if none does."""
    at = start
    while at < end:
        stream.seek(at)
        window = stream.read(min(_WINDOW, end - at))
        found = window.find(ZSTD)
        while found >= 0:
            stream.seek(at + found)
            if _begins_record(stream.read(_FED), new):
                return at + found
            found = window.find(ZSTD, found + 1)
        if len(window) < len(ZSTD):
            break
        at += len(window) - len(ZSTD) + 1
    return end


def _begins_record(data: bytes, new: zstandard.ZstdDecompressor) -> bool:
    try:
        with new.stream_reader(data) as reader:
            return begins_like_record(reader.read(16))
    except zstandard.ZstdError:
        return False


def _damage(head: bytes) -> str:
    if not head.startswith(ZSTD):
        return "no Zstandard frame begins here"
    try:
        needed = zstandard.get_frame_parameters(head).dict_id
    except zstandard.ZstdError:
        needed = 0
    return "the Zstandard frame is torn" + (
        f", or needs the dictionary {needed}, which is not in the file" if needed else ""
    )
