"""WARC, ARC and WACZ files of others into the library: kept as they came, their records noted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import NotImportable
from archive.imported.cards import cards_of
from archive.imported.reader import MAX_TAKEN, ForeignRecord, Unreadable, foreign_records
from archive.imported.wacz import WaczFile, WarcInWacz, read_wacz
from archive.imported.zip_entries import inflated
from archive.library import Library
from archive.warc.digests import is_of
from pipelines.importing.catalog import Catalog
from pipelines.importing.spooling import opened, spooled
from pipelines.importing.storage import (
    StoredFile,
    TwinSource,
    kind_of,
    sha256_of,
    store_file,
    write_twin,
)
from pipelines.importing.wacz_lists import listed_in

_MOST_NAMED = 1_000  # unreadable places of a file that are named, each by itself

ImportProgress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


@dataclass(slots=True)
class ImportedFile:
    """What became of one file. *file* is where it is kept; *error* is why it was not imported.

    *bent* is what a WACZ should not have, or says otherwise, though all of it is read.
    """

    path: str
    file: str | None = None
    sha256: str | None = None
    records: int = 0
    captures: int = 0
    new: int = 0
    articles: int = 0
    unreadable: int = 0
    skipped: list[Unreadable] = field(default_factory=list)
    bent: list[str] = field(default_factory=list)
    error: str | None = None
    known: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether all of it could be read, and is as it says."""
        return self.error is None and self.unreadable == 0 and not self.bent

    def leave_out(self, place: Unreadable) -> None:
        """What stands at *place* is not imported; where there are very many, the first are
        named."""
        self.unreadable += 1
        if len(self.skipped) < _MOST_NAMED:
            self.skipped.append(place)


class Intake:
    """Takes in one file after the other; what their records say goes into *catalog*.

    *results* has what became of each file. *cards* has what is noted of each new file, by its name
    in the library; `read` there names the files that hold its records.
    """

    def __init__(self, library: Library, catalog: Catalog, *, strict: bool = False) -> None:
        self._library, self._catalog, self._strict = library, catalog, strict
        self.results: list[ImportedFile] = []
        self.cards: dict[str, dict[str, Any]] = {}
        self._known: dict[int | None, list[dict[str, Any]]] | None = None  # cards, by size

    def read_of(self, result: ImportedFile) -> list[str]:
        """The files of the library that hold what is new in one of *results*."""
        names: list[str] = self.cards[result.file]["read"] if result.file in self.cards else []
        return [] if result.known else names

    def take(self, path: Path, on_progress: ImportProgress) -> None:
        """Keep one file and read it; an error in it does not end the import.

        A list of WACZ files stands for the files that it names.
        """
        members = listed_in(path)
        if members is None:
            self._take_one(path, on_progress)
            return
        for member in members:
            if member.elsewhere:
                why = "not read: it is not on this disk: fetch it, and import it by itself"
                self.results.append(ImportedFile(member.elsewhere, error=why))
                continue
            result = self._take_one(member.path, on_progress)
            if result.sha256 and member.sha256 not in (None, result.sha256):
                result.bent.append(f"it has not the digest that {path.name} gives")

    def _take_one(self, path: Path, on_progress: ImportProgress) -> ImportedFile:
        result = ImportedFile(str(path))
        self.results.append(result)
        try:
            with opened(self._library, path) as (stream, name):
                self._take(stream, name, result, on_progress)
        except NotImportable as error:
            result.error = error.reason
        except OSError as error:
            if not isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError):
                raise
            result.error = (error.strerror or str(error)).lower()
        return result

    def _take(
        self, stream: BinaryIO, path: Path, result: ImportedFile, on_progress: ImportProgress
    ) -> None:
        size = os.fstat(stream.fileno()).st_size
        suffix = kind_of(stream, path)
        if before := self._card_of(stream, size):
            result.file, result.sha256, result.known = before["file"], before["sha256"], True
            return
        if suffix == ".wacz":
            found = read_wacz(stream, path, strict=self._strict)
            result.bent = found.bent
        else:
            _check_has_record(stream, path, size)
            found = WaczFile([WarcInWacz("", 0, size)])
        copied = _Progress(on_progress, f"keeping {path.name}", size)
        kept = store_file(self._library, stream, path, suffix, copied.more)
        result.file, result.sha256 = kept.file, kept.sha256
        read = _Progress(on_progress, f"reading {path.name}", size)
        names = [self._read_part(kept, part, result, read) for part in found.parts]
        card = {**asdict(kept), "read": sorted(set(names))}
        self.cards[kept.file] = card
        if self._known is not None:
            self._known.setdefault(kept.size, []).append(card)

    def _card_of(self, stream: BinaryIO, size: int) -> dict[str, Any] | None:
        """What is noted of a file with the same content, if it is imported already."""
        if self._known is None:
            self._known = {}
            for card in cards_of(self._library.path):
                self._known.setdefault(card.get("size"), []).append(card)
        cards = self._known.get(size)
        if not cards:
            return None
        sha256 = sha256_of(stream)
        return next((card for card in cards if card.get("sha256") == sha256), None)

    def _read_part(
        self, kept: StoredFile, part: WarcInWacz, result: ImportedFile, progress: _Progress
    ) -> str:
        """Enter the records of *part*; returns the file into which their pointers lead."""
        if part.unpacked is not None:
            return self._read_unpacked(kept, part, result, progress)
        mark, before = self._catalog.mark(), (result.records, result.captures)
        bad: list[Unreadable] = []
        for found in self._walk(self._library.path / kept.file, part.start, part.end, progress):
            if isinstance(found, Unreadable):
                result.leave_out(found)
                bad.append(found)
            elif not found.alone:
                break
            else:
                self._add(kept.file, found, result, doubted=part.doubted)
        else:
            return kept.file
        self._catalog.forget_after(mark)
        result.records, result.captures = before
        result.unreadable -= len(bad)
        del result.skipped[len(result.skipped) - min(len(bad), len(result.skipped)) :]
        source = TwinSource(self._library.path / kept.file, part.start, part.end, part.name)
        return self._read_twin(kept, source, result, progress, doubted=part.doubted)

    def _read_unpacked(
        self, kept: StoredFile, part: WarcInWacz, result: ImportedFile, progress: _Progress
    ) -> str:
        """The same for a file that the ZIP compresses, so that no record has a place in it."""
        with (self._library.path / kept.file).open("rb") as stream:
            pieces = inflated(stream, part.start, part.end)
            with spooled(self._library, pieces, part.unpacked or 0) as path:
                source = TwinSource(path, 0, path.stat().st_size, part.name)
                return self._read_twin(kept, source, result, progress, doubted=part.doubted)

    def _read_twin(
        self,
        kept: StoredFile,
        source: TwinSource,
        result: ImportedFile,
        progress: _Progress,
        *,
        doubted: bool,
    ) -> str:
        """The same for a file whose records have no gzip members of their own."""
        for found in self._walk(source.path, source.start, source.end, progress):
            if isinstance(found, Unreadable):
                result.leave_out(found)
        name = write_twin(self._library, kept, source)
        path = self._library.path / name
        for number, found in enumerate(self._walk(path, 0, path.stat().st_size, progress)):
            if isinstance(found, ForeignRecord) and number:  # the first one is ours
                self._add(name, found, result, doubted=doubted)
        return name

    def _walk(
        self, path: Path, start: int, end: int, progress: _Progress
    ) -> Iterator[ForeignRecord | Unreadable]:
        with path.open("rb") as stream:
            for found in foreign_records(stream, start, end, MAX_TAKEN):
                progress.at(found.offset)
                yield found

    def _add(self, file: str, found: ForeignRecord, result: ImportedFile, *, doubted: bool) -> None:
        try:
            if (
                doubted
                and is_of(found.record.get("WARC-Block-Digest"), found.record.block) is False
            ):
                raise ValueError("neither the WACZ nor the record has the digest of its bytes")
            kind = self._catalog.add(file, found)
        except ValueError as error:
            end = found.offset + found.length
            result.leave_out(Unreadable(found.offset, end, str(error)))
            return
        result.records += 1
        result.captures += kind == "capture"


class _Progress:
    """Reports the bytes of a file in steps."""

    def __init__(self, on_progress: ImportProgress, what: str, total: int) -> None:
        self._on_progress, self._what, self._total, self._done = on_progress, what, total, 0

    def more(self, count: int) -> None:
        """So many more bytes are done."""
        self.at(self._done + count)

    def at(self, done: int) -> None:
        """So many bytes are done."""
        if done - self._done >= 1 << 20 or done == self._total:
            self._on_progress(self._what, done >> 20, self._total >> 20)
        self._done = done if done - self._done >= 1 << 20 else self._done


def _check_has_record(stream: BinaryIO, path: Path, size: int) -> None:
    """NotImportable where no record of the file can be read; it says why the first one cannot."""
    first: Unreadable | None = None
    for found in foreign_records(stream, 0, size, MAX_TAKEN):
        if isinstance(found, ForeignRecord):
            return
        first = first or found
    known = first and not first.why.startswith("no WARC record begins here")
    why = f": at byte {first.offset:,}: {first.why}" if first and known else ""
    raise NotImportable(path, f"it holds no WARC record{why}")
