"""A damaged gzip member of ours with one wrong byte, into the very bytes that it had.

A disk or a copy that goes wrong often changes a single bit or byte. Each byte of the member is
tried with each other value, until CRC-32, length and the record's own digest agree. Bytes near the
place where inflating fails come first, and single bits before other values. What this may cost is
bounded in inflated bytes.
"""

from __future__ import annotations

import operator
import zlib
from collections.abc import Iterator
from contextlib import suppress

from archive.errors import CorruptRecord
from archive.warc.gzip import gzip_members
from archive.warc.records import Record, digest, from_bytes

_HEAD, _TAIL = 10, 8  # bytes of a gzip member around its deflate stream (RFC 1952)
_BEGIN = b"\x1f\x8b\x08" + bytes(5)  # ours have no name and no time
_ENDS = tuple(bytes((level, system)) for level in (0, 2, 4) for system in (3, 255))  # XFL and OS
_LONGEST = 1 << 16  # bytes of a member in which a wrong one is looked for
_CHECKPOINT = 64  # bytes: every so often the inflater's state is kept
_WORK = 1 << 31  # bytes that may be inflated: some ten seconds
_LEAST = 1 << 8  # bytes that a try counts as, however little it inflates
_BITS = tuple(1 << bit for bit in range(8))
_OTHERS = tuple(mask for mask in range(1, 256) if mask not in _BITS)


def record_in(member: bytes) -> Record | None:
    """The record in *member*, if it is one whole member of ours and the block has its digest."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        record = from_bytes(inflater.decompress(member))
    except (zlib.error, CorruptRecord):
        return None
    if not inflater.eof or inflater.unused_data:
        return None
    return record if record.get("WARC-Block-Digest") == digest(record.block) else None


def without_flip(member: bytes, ends: tuple[bytes, ...] = _ENDS) -> bytes | None:
    """*member* with its one wrong byte put right; None where no single byte is to blame.

    *ends* are the last two bytes of a gzip header that may be right, the likeliest first.
    """
    if len(member) < _HEAD + _TAIL:
        return None
    for candidate in _candidates(member, ends):
        if record_in(candidate):
            return _as_written(candidate, member)
    return None


def _as_written(candidate: bytes, member: bytes) -> bytes:
    """The member as we write it, where *member* differs from that in one byte; else *candidate*.

    Several deflate streams may give the same record: padding, another match of the same text.
    """
    data = zlib.decompress(candidate, wbits=31)
    for made in gzip_members(data):
        if len(made) == len(member) and sum(map(operator.ne, made, member)) == 1:
            return made
    return candidate


def _candidates(member: bytes, ends: tuple[bytes, ...]) -> Iterator[bytes]:
    """Members that differ from *member* in one part, and whose sums are right."""
    for end in (*ends, member[_HEAD - 2 : _HEAD]):
        yield _BEGIN + end + member[_HEAD:]
    stream, tail = member[_HEAD:-_TAIL], member[-_TAIL:]
    with suppress(zlib.error):
        sums = _sums(zlib.decompress(stream, wbits=-15))
        if sum(one != other for one, other in zip(sums, tail, strict=True)) == 1:
            yield member[:-_TAIL] + sums
    if len(member) <= _LONGEST:
        for mended in _streams(stream, tail):
            yield member[:_HEAD] + mended + tail


def _sums(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")


def _streams(stream: bytes, tail: bytes) -> Iterator[bytes]:
    """*stream* with one byte changed, each time that its content then has the sums of *tail*."""
    states, fails = _states(stream)
    left = _WORK
    for masks in (_BITS, _OTHERS):
        for at in range(min(fails, len(stream) - 1), -1, -1):
            start = at // _CHECKPOINT * _CHECKPOINT
            before = states[start // _CHECKPOINT]
            for mask in masks:
                changed = bytes((stream[at] ^ mask,))
                inflater = before.copy()
                try:
                    data = inflater.decompress(stream[start:at] + changed + stream[at + 1 :])
                except zlib.error:
                    left -= _LEAST
                    continue
                left -= max(_LEAST, len(data))
                if inflater.eof and not inflater.unused_data:
                    yield from _if_right(stream, at, changed, tail)
            if left < 0:
                return


def _if_right(stream: bytes, at: int, changed: bytes, tail: bytes) -> Iterator[bytes]:
    mended = stream[:at] + changed + stream[at + 1 :]
    if _sums(zlib.decompress(mended, wbits=-15)) == tail:
        yield mended


def _states(stream: bytes) -> tuple[list[zlib._Decompress], int]:
    """The inflater's state before every 64th byte, and up to where the stream inflates."""
    inflater, states = zlib.decompressobj(wbits=-15), []
    for at in range(0, len(stream), _CHECKPOINT):
        states.append(inflater.copy())
        try:
            inflater.decompress(stream[at : at + _CHECKPOINT])
        except zlib.error:
            return states, at + _CHECKPOINT - 1
        if inflater.eof:
            return states, at + _CHECKPOINT - 1
    return states, len(stream)
