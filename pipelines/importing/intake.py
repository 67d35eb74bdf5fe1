"""WARC and WACZ files that others made into the library: kept as they came, their records noted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import NotImportable
from archive.imported.index import FOLDER
from archive.imported.reader import ForeignRecord, Unreadable, foreign_records
from archive.imported.wacz import WarcInWacz, parts_of
from archive.library import Library
from pipelines.importing.catalog import Catalog
from pipelines.importing.storage import StoredFile, kind_of, sha256_of, store_file, write_twin

_MOST_NAMED = 1_000  # unreadable places of a file that are named, each by itself

ImportProgress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


@dataclass(slots=True)
class ImportedFile:
    """What became of one file. *file* is where it is kept; *error* is why it was not imported."""

    path: str
    file: str | None = None
    sha256: str | None = None
    records: int = 0
    captures: int = 0
    new: int = 0
    articles: int = 0
    unreadable: int = 0
    skipped: list[Unreadable] = field(default_factory=list)
    error: str | None = None
    known: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether all of it could be read."""
        return self.error is None and self.unreadable == 0

    def leave_out(self, place: Unreadable) -> None:
        """What stands at *place* is not imported; where there are very many, the first are
        named."""
        self.unreadable += 1
        if len(self.skipped) < _MOST_NAMED:
            self.skipped.append(place)


@dataclass(frozen=True, slots=True)
class _Range:
    """Bytes *start* to *end* of a kept file that hold WARC records; *part* names them in a WACZ."""

    start: int
    end: int
    part: str = ""


class Intake:
    """Takes in one file after the other; what their records say goes into *catalog*.

    *results* has what became of each file. *cards* has what is noted of each new file, by its name
    in the library; `read` there names the files that hold its records.
    """

    def __init__(self, library: Library, catalog: Catalog) -> None:
        self._library, self._catalog = library, catalog
        self.results: list[ImportedFile] = []
        self.cards: dict[str, dict[str, Any]] = {}

    def read_of(self, result: ImportedFile) -> list[str]:
        """The files of the library that hold what is new in one of *results*."""
        names: list[str] = self.cards[result.file]["read"] if result.file in self.cards else []
        return [] if result.known else names

    def take(self, path: Path, on_progress: ImportProgress) -> None:
        """Keep one file and read it; an error in it does not end the import."""
        result = ImportedFile(str(path))
        self.results.append(result)
        try:
            with path.open("rb") as stream:
                self._take(stream, path, result, on_progress)
        except NotImportable as error:
            result.error = error.reason
        except OSError as error:
            if not isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError):
                raise
            result.error = (error.strerror or str(error)).lower()

    def _take(
        self, stream: BinaryIO, path: Path, result: ImportedFile, on_progress: ImportProgress
    ) -> None:
        size = os.fstat(stream.fileno()).st_size
        suffix = kind_of(stream, path)
        if before := _card_of(self._library, stream, size, self.cards):
            result.file, result.sha256, result.known = before["file"], before["sha256"], True
            return
        parts = parts_of(stream, path) if suffix == ".wacz" else [WarcInWacz("", 0, size)]
        if suffix != ".wacz" and not _has_record(stream, size):
            raise NotImportable(path, "it holds no WARC record")
        copied = _Progress(on_progress, f"keeping {path.name}", size)
        kept = store_file(self._library, stream, path, suffix, copied.more)
        result.file, result.sha256 = kept.file, kept.sha256
        read = _Progress(on_progress, f"reading {path.name}", size)
        places = [_Range(part.start, part.end, part.name) for part in parts]
        names = [self._read_range(kept, place, result, read) for place in places]
        self.cards[kept.file] = {**asdict(kept), "read": sorted(set(names))}

    def _read_range(
        self, kept: StoredFile, place: _Range, result: ImportedFile, progress: _Progress
    ) -> str:
        """Enter the records of *place*; returns the file into which their pointers lead."""
        mark, before = self._catalog.mark(), (result.records, result.captures)
        bad: list[Unreadable] = []
        for found in self._walk(kept.file, place.start, place.end, progress):
            if isinstance(found, Unreadable):
                result.leave_out(found)
                bad.append(found)
            elif not found.alone:
                break
            else:
                self._add(kept.file, found, result)
        else:
            return kept.file
        self._catalog.forget_after(mark)
        result.records, result.captures = before
        result.unreadable -= len(bad)
        del result.skipped[len(result.skipped) - min(len(bad), len(result.skipped)) :]
        return self._read_twin(kept, place, result, progress)

    def _read_twin(
        self, kept: StoredFile, place: _Range, result: ImportedFile, progress: _Progress
    ) -> str:
        """The same for a file whose records have no gzip members of their own."""
        for found in self._walk(kept.file, place.start, place.end, progress):
            if isinstance(found, Unreadable):
                result.leave_out(found)
        name = write_twin(self._library, kept, place.start, place.end, place.part, lambda _: None)
        size = (self._library.path / name).stat().st_size
        for number, found in enumerate(self._walk(name, 0, size, progress)):
            if isinstance(found, ForeignRecord) and number:  # the first one is ours
                self._add(name, found, result)
        return name

    def _walk(
        self, file: str, start: int, end: int, progress: _Progress
    ) -> Iterator[ForeignRecord | Unreadable]:
        with (self._library.path / file).open("rb") as stream:
            for found in foreign_records(stream, start, end):
                progress.at(found.offset)
                yield found

    def _add(self, file: str, found: ForeignRecord, result: ImportedFile) -> None:
        try:
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


def _card_of(
    library: Library, stream: BinaryIO, size: int, taken: dict[str, dict[str, Any]]
) -> dict[str, Any] | None:
    """What is noted of a file with the same content, if it is imported already."""
    cards = [card for card in (*_cards(library), *taken.values()) if card.get("size") == size]
    if not cards:
        return None
    sha256 = sha256_of(stream)
    return next((card for card in cards if card.get("sha256") == sha256), None)


def _cards(library: Library) -> Iterator[dict[str, Any]]:
    for path in sorted((library.path / FOLDER).glob("*.json")):
        with suppress(ValueError):
            card = json.loads(path.read_bytes())
            if isinstance(card, dict) and (library.path / str(card.get("file"))).exists():
                yield card


def _has_record(stream: BinaryIO, size: int) -> bool:
    return any(isinstance(found, ForeignRecord) for found in foreign_records(stream, 0, size))
