"""A tolerant walk of one of our WARC files: what is whole comes out, what is damaged is named.

After a bad byte the walk goes on at the next gzip member that begins a record of the same file. A
body may hold the records of another WARC file, stored as they were; those do not name our warcinfo.
"""

from __future__ import annotations

import errno
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from archive.errors import CorruptRecord
from archive.warc.captures import is_concurrent
from archive.warc.records import Located, read_record
from archive.warc.restored import Restored

_MAGIC = b"\x1f\x8b\x08" + bytes(5)  # our members have neither a file name nor a time
_WINDOW, _SECTOR = 1 << 18, 1 << 12  # bytes read at a time; bytes that a disk loses as a whole
_HEAD, _PIECE = 1 << 16, 1 << 9  # bytes in which a header has to end; bytes inflated at a time
_FIRST = b"WARC/1."
_END_OF_HEAD = b"\r\n\r\n"
_FIELD = re.compile(rb"^(WARC-[\w-]+):[ \t]*<?([^\r\n>]*)>?\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes *offset* to *end* hold no whole record. The record is named where its head is legible.

    *end* lies behind the end of the file where bytes that must be there are missing.
    """

    offset: int
    end: int
    why: str
    record_id: str | None = None
    url: str | None = None
    type: str | None = None


_NOTHING: Mapping[int, Restored] = {}


def scan(
    stream: BinaryIO,
    start: int = 0,
    end: int | None = None,
    restored: Mapping[int, Restored] = _NOTHING,
) -> Iterator[Located | Damaged]:
    """The records from *start*, where a record begins, to *end*, and what is damaged between them.

    What is *restored* of this file, by offset, comes in the place of what is damaged. Holds one
    record at a time. Not even a file that is no WARC at all raises anything but OSError.
    """
    at, info, looked = start, None, False
    while end is None or at < end:
        try:
            located = read_record(stream, at, None if end is None else end - at)
        except CorruptRecord as error:
            if made := restored.get(at):
                yield Located(made.record(), at, made.end - at)
                at = made.end
                continue
            if not looked:
                info, looked = _warcinfo_id(stream), True
            head = _head_at(stream, at, end)
            after = _next_record(stream, at + 1, end, info)
            if after is None:
                after = end if end is not None else stream.seek(0, os.SEEK_END)
            after = min((after, *(one for one in restored if at < one < after)))
            named = (head.get(f"WARC-{name}") for name in ("Record-ID", "Target-URI", "Type"))
            yield Damaged(at, after, error.reason, *named)
            at = after
            continue
        if located is None:
            if end is not None:
                yield Damaged(at, end, f"the file ends at byte {stream.seek(0, os.SEEK_END)}")
            return
        yield located
        at += located.length


def scan_groups(
    stream: BinaryIO,
    start: int = 0,
    end: int | None = None,
    restored: Mapping[int, Restored] = _NOTHING,
) -> Iterator[list[Located] | Damaged]:
    """As `read_groups`: each record with those that are concurrent to it, and what is damaged.

    An exchange that lost its request is still an exchange. An exchange that lost its metadata
    counts as damaged, for nothing else says to which source it belongs. What a damaged response
    leaves of its exchange comes as records on their own.
    """
    group: list[Located] = []
    hurt = False
    for found in scan(stream, start, end, restored):
        if isinstance(found, Located) and group and is_concurrent(found.record, group[0].record):
            group.append(found)
            continue
        waits = isinstance(found, Damaged) and lacks_metadata(group)  # it may come behind that
        if group and not waits:
            yield _judged(group, hurt=hurt)
            group, hurt = [], False
        if isinstance(found, Located):
            group = [found]
        else:
            hurt = waits
            yield found
    if group:
        yield _judged(group, hurt=hurt)


def lacks_metadata(group: list[Located]) -> bool:
    """Whether *group* is the begin of an exchange, without the record that ends it."""
    types = [located.record.type for located in group]
    return types[:1] in (["response"], ["revisit"]) and "metadata" not in types


def _judged(group: list[Located], *, hurt: bool) -> list[Located] | Damaged:
    """*group*, or the damage that it is: the part of an exchange behind which metadata was lost."""
    if not (hurt and lacks_metadata(group)):
        return group
    first, last = group[0], group[-1]
    return Damaged(
        first.offset,
        last.offset + last.length,
        "its metadata record is damaged",
        first.record.id,
        first.record.get("WARC-Target-URI"),
    )


def _warcinfo_id(stream: BinaryIO) -> str | None:
    """The id of the warcinfo record that all records of the file name; None where none is known."""
    for at in _members(stream, 0, None):
        head = _head_at(stream, at, None)
        if head:
            key = "WARC-Record-ID" if head.get("WARC-Type") == "warcinfo" else "WARC-Warcinfo-ID"
            return head.get(key)
    return None


def _next_record(stream: BinaryIO, start: int, end: int | None, info: str | None) -> int | None:
    """Where the next record of the file whose warcinfo is *info* begins, from *start* on."""
    for at in _members(stream, start, end):
        head = _head_at(stream, at, end)
        if head and (info is None or info in (head.get("WARC-Warcinfo-ID"), _id_of_info(head))):
            return at
    return None


def _id_of_info(head: dict[str, str]) -> str | None:
    return head.get("WARC-Record-ID") if head.get("WARC-Type") == "warcinfo" else None


def _members(stream: BinaryIO, start: int, end: int | None) -> Iterator[int]:
    """Where gzip members may begin."""
    at = start
    while end is None or at < end:
        try:
            stream.seek(at)
            window = stream.read(_WINDOW if end is None else min(_WINDOW, end - at))
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            at = (at // _SECTOR + 1) * _SECTOR
            continue
        found = window.find(_MAGIC)
        while found >= 0:
            yield at + found
            found = window.find(_MAGIC, found + 1)
        if len(window) < len(_MAGIC):
            return
        at += len(window) - len(_MAGIC) + 1


def _head_at(stream: BinaryIO, at: int, end: int | None) -> dict[str, str]:
    """The WARC fields of the record whose member begins at *at*; empty where none can be read.

    They are read as far as the member inflates, so that a damaged record can be named too.
    """
    stream.seek(at)
    inflater, head = zlib.decompressobj(wbits=31), b""
    left = _HEAD if end is None else min(_HEAD, end - at)
    try:
        while left > 0 and (piece := stream.read(min(_PIECE, left))):
            left -= len(piece)
            head += inflater.decompress(piece, _HEAD)
            if inflater.eof or _END_OF_HEAD in head or len(head) >= _HEAD or not _is_warc(head):
                break
    except (zlib.error, OSError):
        pass  # what came before it stands
    if len(head) < len(_FIRST) or not _is_warc(head):
        return {}
    fields = _FIELD.findall(head.partition(_END_OF_HEAD)[0])
    return {name.decode(): value.decode("utf-8", "replace") for name, value in fields}


def _is_warc(head: bytes) -> bool:
    """Whether *head*, as far as it goes, is that of a WARC record."""
    return head[: len(_FIRST)] == _FIRST[: len(head)]
