"""Captures of a library into a WARC file for others: from its tables, else from its WARC files.

A record is taken from the tables where the bytes that were received follow from its row; else from
the WARC file, if it is there; else it is made with its codings undone, and says so.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from archive.disk import files
from archive.errors import ArchiveError, CorruptRecord, UsageError
from archive.imported.index import RecordPlace, find_held, is_imported
from archive.imported.reader import Unreadable, read_one
from archive.library import Library
from archive.types import Row
from archive.version import VERSION
from archive.warc.gzip import gzip_member
from archive.warc.records import make_record, record_bytes
from archive.warc.restored import restored_in
from archive.warc.scan import scan_groups
from archive.warcinfo import CONFORMS_TO
from pipelines.exporting.from_payloads import declared_record, exact_record, request_record
from pipelines.exporting.own_ids import RecordIds
from pipelines.exporting.selection import Filters, count, selected

ExportProgress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Exported:
    """What came of the captures: where they were taken from, and which could not be had.

    *rows* are those of `payloads` that were looked at, *exact* those that gave the received bytes.
    *files* are the files written, with the SHA-256 of the uncompressed records of each.
    """

    captures: int = 0
    rows: int = 0
    exact: int = 0
    from_warc: int = 0
    declared: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)


def export_warc(
    library: Library,
    output: Path,
    filters: Filters,
    *,
    tables_only: bool = False,
    on_progress: ExportProgress = lambda *_: None,
) -> Exported:
    """Write the wanted captures to *output*: a new file (.warc.gz or .warc), or files in a folder.

    Equal libraries give equal records in equal order. *tables_only*: as if `warc/` were gone.
    UsageError where *output* is there already, or where nothing is wanted.
    """
    generation = library.generation
    total, last = count(generation, filters)
    if last is None:
        raise UsageError("no capture is like that: `backissue captures URL` lists those of a URL")
    made, source = Exported(), RecordSource(library, tables_only)
    with _Sink(library, output, last) as sink:
        for row, payload in selected(generation, filters):
            if records := source.records(row, payload, made):
                sink.write(records)
            on_progress(made.captures + made.missing.total(), total, "captures")
        sink.finish()
        made.files = sink.written
    return made


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where the records of a capture come from.

    *tables_only*: as if there were no WARC files. *warc_first*: from these, with the records that
    go along; from the tables only where they are lost.
    """

    library: Library
    tables_only: bool = False
    warc_first: bool = False
    ids: RecordIds = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", RecordIds(self.library))

    def records(self, row: Row, payload: Row | None, made: Exported) -> list[bytes]:
        """Uncompressed records, and *made* counts them; none where the capture cannot be had.

        Those of an imported capture have ids of their own, whatever they had in its file.
        """
        found = self._records(row, payload, made)
        if found and is_imported(row["warc_filename"]):
            return self.ids.own(row["warc_record_id"], found, self._original(row))
        return found

    def _original(self, row: Row) -> str | None:
        """The id of the capture that an imported revisit stands for, where it is known."""
        if row["warc_type"] != "revisit" or self.tables_only:
            return None
        with suppress(ArchiveError, FileNotFoundError):
            place = (row["warc_filename"], row["warc_record_offset"])
            original = find_held(self.library.path, *place).original
            return original.warc_record_id if original and original.file else None
        return None

    def _records(self, row: Row, payload: Row | None, made: Exported) -> list[bytes]:
        if self.warc_first and (found := self._in_warc(row)):
            made.from_warc += 1
            made.captures += 1
            return found
        exact = None
        if payload:
            made.rows += 1
            exact = exact_record(payload, checked=not is_imported(row["warc_filename"]))
        if payload and exact:
            made.exact += 1
            made.captures += 1
            return [exact, *_request(payload)]
        if not self.tables_only and (found := self._in_warc(row)):
            made.from_warc += 1
            made.captures += 1
            return found
        if payload and (record := declared_record(payload)):
            made.declared[", ".join(record.undone)] += 1
            made.captures += 1
            return [record.data, *_request(payload)]
        made.missing[row["content_mime_detected"] or row["warc_type"]] += 1
        return []

    def _in_warc(self, row: Row) -> list[bytes]:
        try:
            if is_imported(row["warc_filename"]):
                return self._imported(row)
            restored = restored_in(self.library.path, row["warc_filename"])
            with self.library.warc(row["warc_filename"]).open("rb") as stream:
                groups = scan_groups(stream, row["warc_record_offset"], restored=restored)
                group = next(groups, None)
        except (FileNotFoundError, ArchiveError):
            return []
        if not isinstance(group, list) or group[0].record.id != row["warc_record_id"]:
            return []
        return [record_bytes(located.record) for located in group]

    def _imported(self, row: Row) -> list[bytes]:
        held = find_held(self.library.path, row["warc_filename"], row["warc_record_offset"])
        places = [
            RecordPlace(held.offset, held.length),
            *held.continued,
            held.request,
            held.metadata,
        ]
        path = self.library.path / held.file
        return [_verbatim(path, place) for place in places if place]


def _verbatim(path: Path, place: RecordPlace) -> bytes:
    with path.open("rb") as stream:
        found = read_one(stream, place.offset, place.length)
    if isinstance(found, Unreadable):
        raise CorruptRecord(path, place.offset, found.why)
    return found.head + found.record.block + b"\r\n\r\n"


def _request(payload: Row) -> Iterator[bytes]:
    if record := request_record(payload):
        yield record


class _Sink:
    """The file or files that records go to; they get their names when they are complete."""

    def __init__(self, library: Library, output: Path, last: datetime) -> None:
        self._library, self._last = library, last
        self._folder = output if output.is_dir() else None
        self._output = output
        if not self._folder:
            _refuse(output)
        self.written: dict[str, str] = {}
        self._stream: BinaryIO | None = None
        self._target = self._temporary = output
        self._hash = hashlib.sha256()

    def __enter__(self) -> _Sink:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream:
            self._stream.close()
            with suppress(OSError):
                self._temporary.unlink()

    def write(self, records: list[bytes]) -> None:
        """Add the records of one capture; they stay in one file."""
        stream = self._stream or self._open()
        for record in records:
            self._hash.update(record)
            plain = self._target.name.endswith(".warc")
            files.write(stream, record if plain else gzip_member(record))
        if self._folder and stream.tell() >= self._library.settings.warc.max_bytes:
            self.finish()

    def finish(self) -> None:
        """Bring the open file to the disk, and give it its name."""
        if self._stream:
            files.sync(self._stream)
            self._stream.close()
            self._stream = None
            files.rename(self._temporary, self._target)
            self.written[str(self._target)] = self._hash.hexdigest()

    def _open(self) -> BinaryIO:
        name = f"{self._library.settings.name}-{len(self.written):05}.warc.gz"
        self._target = self._folder / name if self._folder else self._output
        _refuse(self._target)
        self._temporary = self._target.with_name(f".{self._target.name}.{os.getpid()}.tmp")
        self._stream = self._temporary.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        info = _warcinfo(self._library, self._last, len(self.written))
        self.write([info])
        return self._stream


def _refuse(path: Path) -> None:
    if path.exists():
        raise UsageError(f"{path} is there already: remove it, or name another with --output")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder: make it, or name another with --output")
    if not path.name.endswith((".warc", ".warc.gz")):
        raise UsageError(f"{path}: name a file that ends in .warc.gz or .warc, or a folder")


def _warcinfo(library: Library, last: datetime, number: int) -> bytes:
    """Says what the file is. Its date is the last capture's, so that equal exports are equal."""
    lines: dict[str, Any] = {
        "software": f"Backissue/{VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "isPartOf": library.settings.name,
        "operator": library.settings.operator,
        "description": "exported from the tables of a library; what was undone stands in the field "
        "Backissue-Undone of a record, records without it are as they were",
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    name = f"backissue:export:{library.settings.name}:{last.isoformat()}:{number}"
    fields = [
        ("WARC-Record-ID", f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"),
        ("Content-Type", "application/warc-fields"),
    ]
    return record_bytes(make_record("warcinfo", last, block.encode(), fields))
