"""Gzip members (RFC 1952) of one record each, made and read.

Which library packs and unpacks is decided here, and its level: isal where it is installed, else
zlib. Both write the same format; isal's level 2 gives the size of zlib's 6 in about a tenth of its
time.
"""

from __future__ import annotations

import errno
import zlib
from contextlib import suppress
from typing import Any, BinaryIO

from archive.errors import CorruptRecord

_zlib: Any = zlib
_GZIP_LEVEL = _ZLIB_LEVEL = 6  # of 9: zlib's own default
with suppress(ImportError):  # where isal is, the same format is made faster
    from isal import isal_zlib as _zlib

    _GZIP_LEVEL = 2  # of 3: isal's own default

GzipError: tuple[type[Exception], ...] = (zlib.error, _zlib.error)
"""What an inflater raises at bytes that are no gzip member."""

MAX_RECORD = 1 << 28  # bytes of a record, its head included: what a reader must have room for
_FIRST_READ, _READ = 1 << 14, 1 << 18  # bytes: most members are small, and the rest is read twice
_SECTOR = 1 << 12  # bytes that a disk reads or loses as a whole


def new_inflater() -> Any:
    """What takes a gzip member apart, piece by piece: a decompressobj of zlib, or of isal."""
    return _zlib.decompressobj(wbits=31)


def gzip_member(data: bytes) -> bytes:
    """*data* as one gzip member, without file name or time."""
    compressor = _zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
    return bytes(compressor.compress(data) + compressor.flush())


def gzip_members(data: bytes) -> list[bytes]:
    """What *data* may be as a member of ours: made with isal, if it is there, or with zlib."""
    compressor = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, 31)
    found = [gzip_member(data), compressor.compress(data) + compressor.flush()]
    return list(dict.fromkeys(found))


def read_member(
    stream: BinaryIO, offset: int, limit: int | None = None
) -> tuple[bytes, int] | None:
    """Content and length of the gzip member at *offset*; None at the end of the file.

    *limit* bounds the member's length in the file, `MAX_RECORD` what it inflates to. CorruptRecord
    where no such member stands.
    """
    name = str(getattr(stream, "name", ""))
    inflater, out, taken, room = new_inflater(), [], 0, MAX_RECORD
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
        except GzipError as error:
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
