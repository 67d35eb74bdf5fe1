"""Records of one capture, each with an id that no other record of the export has.

Files of others give one id to several records, or none at all. The library tells their captures
apart by ids of its own; what leaves it has those.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pyarrow.compute as pc

from archive.imported.index import FOLDER
from archive.library import Library
from archive.warc.records import made_id

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(rb"^(WARC-Record-ID[ \t]*:[ \t]*)<?([^\r\n>]*)>?(?=[ \t]*\r?$)", re.I | re.M)
_NAMED = re.compile(
    rb"^((?:WARC-Concurrent-To|WARC-Segment-Origin-ID|WARC-Refers-To)[ \t]*:[ \t]*)"
    rb"<?([^\r\n>]*)>?(?=[ \t]*\r?$)",
    re.I | re.M,
)


class RecordIds:
    """The ids of the records that were given out, and those of the library's imported captures."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._taken: sqlite3.Connection | None = None

    def own(self, capture_id: str, records: list[bytes], original: str | None) -> list[bytes]:
        """*records* of an imported capture, the capture first, with ids of their own.

        A revisit refers to *original*, if that is known. Records whose ids are right stay as they
        are.
        """
        changed = dict[bytes, bytes]()
        made = [capture_id.encode()]
        for number, record in enumerate(records[1:], 1):
            made.append(self._free(_id_of(record), capture_id, number))
        for record, new in zip(records, made, strict=True):
            if old := _id_of(record):
                changed.setdefault(old, new)
        refers = original.encode() if original else None
        return [
            _with_ids(record, new, changed, refers)
            for record, new in zip(records, made, strict=True)
        ]

    def _free(self, wanted: bytes, capture_id: str, number: int) -> bytes:
        """*wanted*, if no other record has it; else an id that follows from the capture's."""
        if self._taken is None:
            self._taken = sqlite3.connect("")  # on the disk, and gone when it is closed
            self._taken.execute("CREATE TABLE taken (id BLOB PRIMARY KEY) WITHOUT ROWID")
            rows = ((one.encode(),) for one in _imported_ids(self._library))
            self._taken.executemany("INSERT OR IGNORE INTO taken VALUES (?)", rows)
        made = made_id(f"{capture_id} {number}".encode() + wanted).encode()
        for one in (wanted, made):
            entered = self._taken.execute("INSERT OR IGNORE INTO taken VALUES (?)", (one,))
            if one and entered.rowcount:
                return one
        return made


def _imported_ids(library: Library) -> Iterator[str]:
    imported = pc.starts_with(pc.field("warc_filename"), FOLDER)
    captures = library.table("captures").dataset
    for batch in captures.to_batches(columns=["warc_record_id"], filter=imported):
        yield from batch["warc_record_id"].to_pylist()


def _head_size(record: bytes) -> int:
    found = _HEAD_END.search(record)
    return found.end() if found else len(record)


def _id_of(record: bytes) -> bytes:
    found = _ID.search(record, 0, _head_size(record))
    return found[2].strip() if found else b""


def _with_ids(
    record: bytes, new: bytes, changed: dict[bytes, bytes], refers: bytes | None
) -> bytes:
    size = _head_size(record)
    head = record[:size]

    def renamed(found: re.Match[bytes]) -> bytes:
        if found[1].lower().startswith(b"warc-refers-to"):
            return found[1] + b"<" + refers + b">" if refers else found[0]
        named = found[2].strip()
        return found[1] + b"<" + changed[named] + b">" if named in changed else found[0]

    found = _ID.search(head)
    if found is None:
        first = head.index(b"\n") + 1
        head = head[:first] + b"WARC-Record-ID: <" + new + b">\r\n" + head[first:]
    elif found[2].strip() != new:
        head = head[: found.start()] + found[1] + b"<" + new + b">" + head[found.end() :]
    if any(old != one for old, one in changed.items()) or refers:
        head = _NAMED.sub(renamed, head)
    return head + record[size:]
