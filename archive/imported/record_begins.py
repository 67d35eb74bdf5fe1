"""Where a record begins in the content of a file of others, and how long it says that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.imported import arc
from archive.imported.content_window import ContentWindow
from archive.imported.header_values import text_of
from archive.warc.records import Fields

MAX_HEAD = 1 << 20
"""Bytes in which a record's header has to end."""
VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
LONGEST_BEGIN = 256  # bytes of a version line, and of the first field's name
_HEAD_END = re.compile(rb"\r?\n(?:\r?\n|(WARC/\d))")  # a second version line ends no header
_LENGTH = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class RecordBegin:
    """What is known of a record by its header: *size* bytes, and how long its block is."""

    size: int
    length: int
    fields: Fields = ()
    line: arc.ArcLine | None = None


@dataclass(frozen=True, slots=True)
class NoRecord:
    """Why no record begins in view, and from where on the next one is looked for."""

    why: str
    start: int


def warc_begin(window: ContentWindow) -> RecordBegin | NoRecord:
    """The record of WARC that begins in view."""
    window.fill(LONGEST_BEGIN)
    if not VERSION.match(window.bytes):
        return NoRecord("no WARC record begins here", 1)
    size = _head_size(window)
    if size is None:
        return NoRecord(f"its header does not end within {MAX_HEAD >> 20} MiB", 5)
    fields = parse_fields(window.part(0, size))
    length = _content_length(fields)
    return NoRecord(length, size) if isinstance(length, str) else RecordBegin(size, length, fields)


def arc_begin(window: ContentWindow) -> RecordBegin | NoRecord:
    """The record of ARC that begins in view."""
    line = arc_line(window, 0)
    if line is None:
        return NoRecord("no ARC record begins here", 1)
    return RecordBegin(line.size, line.length, line=line)


def arc_line(window: ContentWindow, at: int) -> arc.ArcLine | None:
    """The line of a record that begins at byte *at* of the view."""
    window.fill(at + 64)
    if not arc.may_begin(window.part(at, at + 64)):
        return None
    seen = at
    while (end := window.bytes.find(b"\n", seen, at + arc.MAX_LINE)) < 0:
        seen = len(window.bytes)
        if seen - at >= arc.MAX_LINE or not window.fill(seen + 1):
            return None
    return arc.parse_line(window.part(at, end + 1))


def _head_size(window: ContentWindow) -> int | None:
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
            fields.append((text_of(name), text_of(value)))
    return tuple(fields)


def _content_length(fields: Fields) -> int | str:
    """The declared length of the block, or what is wrong with it."""
    values = {value for name, value in fields if name.lower() == "content-length"}
    if len(values) != 1:
        return "it has two Content-Lengths" if values else "it has no Content-Length"
    value = values.pop()
    if not _LENGTH.fullmatch(value):
        return f"Content-Length is {value[:40]!r}"
    return int(value)
