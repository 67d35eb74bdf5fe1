"""A view of what a file of others holds that moves forward, and keeps no more than is asked for."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from archive.imported.gzip_members import GZIP, gzip_events, plain_events
from archive.imported.members import Content, MemberBegin, Unreadable
from archive.imported.zstd_frames import is_zstd, zstd_events

_MOST_NEWLINES = 64  # bytes of line ends behind a record; two line ends are usual


def content_of(stream: BinaryIO, start: int, end: int) -> Content:
    """What bytes *start* to *end* of a file hold, whatever they are compressed with."""
    end = min(end, stream.seek(0, os.SEEK_END))
    stream.seek(start)
    begin = stream.read(max(0, min(4, end - start)))
    if begin.startswith(GZIP):
        return Content("gzip", gzip_events(stream, start, end))
    if is_zstd(begin):
        return Content("zstd", zstd_events(stream, start, end))
    return Content("plain", plain_events(stream, start, end))


class ContentWindow:
    """A view of the content of bytes *start* to *end* of a file, and of where in the file its bytes
    stand."""

    def __init__(self, content: Content, start: int, end: int) -> None:
        self._events, self._packing, self._end = content.events, content.packing, end
        self._marks: deque[tuple[int, int]] = deque()  # position in the content, offset in the file
        self._base = start if content.packing == "plain" else 0
        self._damage: Unreadable | None = None
        self._stopped = False
        self.bytes = bytearray()

    @property
    def is_packed(self) -> bool:
        """Whether the file is compressed."""
        return self._packing != "plain"

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

    def part(self, start: int, end: int) -> bytes:
        """A copy of what is in view from *start* to *end*: one copy, for it may be large."""
        with memoryview(self.bytes) as view:
            return view[start:end].tobytes()

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
        if not self.is_packed:
            return position
        return next((off for pos, off in reversed(self._marks) if pos <= position), 0)

    def begins_member(self) -> bool:
        """Whether a member of a compressed file begins with the view."""
        return self.is_packed and bool(self._marks) and self._marks[0][0] == self._base

    def member(self, end: int, ends: int) -> int | None:
        """The length of what holds the view up to *end* alone, and behind that at most the line
        ends up to *ends*: a gzip member, or that part of a plain file; None where nothing does."""
        if not self.is_packed:
            return ends
        if self._packing != "gzip" or len(self._marks) < 2 or self._marks[0][0] != self._base:
            return None
        position, offset = self._marks[1]
        fits = end <= position - self._base <= ends
        return offset - self._marks[0][1] if fits else None

    def members_from(self, at: int) -> Iterator[int]:
        """The places in the view, from *at* on, at which members begin."""
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
        position = self._marks[0][0] if self.is_packed and self._marks else self._base
        return f" (byte {self._base - position} of the member's content)" * (position != self._base)

    def end(self) -> int:
        """Where in the file this part ends."""
        return self._damage.offset if self._damage else self._end

    @property
    def is_last(self) -> bool:
        """Whether nothing of the file comes behind what is in view."""
        return self._stopped and self._damage is None

    def next_part(self) -> Unreadable | None:
        """Go on behind damage, and name it; None at the end of the file."""
        damage, self._damage, self._stopped = self._damage, None, False
        self._base += len(self.bytes)
        self.bytes.clear()
        self._marks.clear()
        return damage
