"""Captures into the WARC files of a WACZ, and into the lines of its index."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

from archive.errors import ArchiveError
from archive.imported.index import is_imported
from archive.library import Library
from archive.types import Row
from archive.warc.cdxj import entry_of, to_line
from archive.warc.gzip import gzip_member
from archive.warc.records import record_bytes
from archive.warc.scan import scan_groups
from pipelines.exporting.export_warc import Exported, RecordSource
from pipelines.exporting.selection import Filters, selected

Pack = Callable[[str, BinaryIO], None]
"""Takes a whole WARC file, under its name."""


class WarcFiles:
    """The WARC files of a package: *warc* holds one until it is full, *pack* takes it then."""

    def __init__(self, pack: Pack, warc: BinaryIO, max_bytes: int) -> None:
        self._pack, self._warc, self._max = pack, warc, max_bytes
        self._number = self.offset = 0

    @property
    def name(self) -> str:
        """That of the file that is written to."""
        return f"data_{self._number:05}.warc.gz" if self._number else "data.warc.gz"

    def has_room(self, size: int) -> bool:
        """Whether *size* bytes more may go into the file; into an empty one they do in any case."""
        return not self.offset or self.offset + size <= self._max

    def put(self, member: bytes) -> None:
        """Write a record."""
        self._warc.write(member)
        self.offset += len(member)

    def close(self) -> None:
        """Pack the file; the next begins."""
        self._pack(self.name, self._warc)
        self._warc.seek(0)
        self._warc.truncate()
        self._number, self.offset = self._number + 1, 0


class PackedRecords:
    """The records of captures into WARC files, each once; and their index."""

    def __init__(self, library: Library, into: WarcFiles) -> None:
        self._library, self._into = library, into
        self._source = RecordSource(library, warc_first=True)
        self._infos: dict[str, list[bytes]] = {}
        self._begun: set[str] = set()
        self.index: list[str] = []
        self.written: set[str] = set()
        self.made = Exported()
        self.originals = 0

    def write(self, filters: Filters, on_progress: Callable[[int], None]) -> None:
        """Write what *filters* admit, then the originals of the revisits among it."""
        wanted: set[str] = set()
        for row, payload in selected(self._library.generation, filters):
            wanted.update(self._write(row, payload))
            on_progress(self.made.captures)
        wanted -= self.written
        every = selected(self._library.generation, Filters()) if wanted else ()
        for row, payload in every:
            if row["warc_record_id"] in wanted:
                self._write(row, payload)
                self.originals += row["warc_record_id"] in self.written
        self._into.close()

    def _write(self, row: Row, payload: Row | None) -> set[str]:
        """Write the records of a capture; the ids of captures that it refers to."""
        records = self._source.records(row, payload, self.made)
        if not records:
            return set()
        members = [gzip_member(record) for record in records]
        origin = row["warc_filename"]
        before = [] if origin in self._begun else self._warcinfo(origin)
        if not self._into.has_room(sum(map(len, [*before, *members]))):
            self._into.close()
            self._begun.clear()
            before = self._warcinfo(origin)
        self._begun.add(origin)
        self.written.add(row["warc_record_id"])
        for member in before:
            self._into.put(member)
        referred = self._enter(members[0])
        for member in members:
            self._into.put(member)
        return referred

    def _enter(self, member: bytes) -> set[str]:
        """Enter the record that is next into the index; what it refers to.

        No player shows anything for a 304: without it in the index, the page as it was is found.
        """
        group = next(scan_groups(io.BytesIO(member), 0), None)
        if not isinstance(group, list):
            return set()
        located = replace(group[0], offset=self._into.offset, length=len(member))
        entry = entry_of(located, self._into.name)
        if entry and entry.status != 304:
            self.index.append(to_line(entry))
        refers = located.record.get("WARC-Refers-To")
        return {refers.strip("<>")} if refers else set()

    def _warcinfo(self, name: str) -> list[bytes]:
        """The `warcinfo` record of a WARC file of the library: it stands before the first of its
        records, in each WARC file of the package."""
        if name not in self._infos:
            self._infos[name] = [] if is_imported(name) else self._read_warcinfo(name)
        return self._infos[name]

    def _read_warcinfo(self, name: str) -> list[bytes]:
        with suppress(OSError, ArchiveError), self._library.warc(name).open("rb") as stream:
            group = next(scan_groups(stream, 0), None)
            if isinstance(group, list) and group[0].record.type == "warcinfo":
                return [gzip_member(record_bytes(group[0].record))]
        return []
