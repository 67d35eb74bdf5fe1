"""A range of an open file as a file of its own."""

from __future__ import annotations

import io
import os
from typing import BinaryIO


class ByteRange(io.RawIOBase, BinaryIO):
    """Bytes *start* to *end* of a stream, for readers that begin at byte 0 of a file."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream, self._start, self._size, self._at = stream, start, max(0, end - start), 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """Any place of it can be read next."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As `io.RawIOBase.seek`."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"byte {base + offset} is before the begin")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """*size* bytes, fewer at the end."""
        left = max(0, self._size - self._at)
        self._stream.seek(self._start + min(self._at, self._size))
        found = self._stream.read(left if size is None or size < 0 else min(size, left))
        self._at += len(found)
        return found
