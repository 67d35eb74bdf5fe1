"""One library on disk: its folders, settings, state, and the way to a capture by its id."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files as package_files
from pathlib import Path
from typing import BinaryIO, Unpack

from archive.config import LibrarySettings, new_settings, read_settings
from archive.disk import files
from archive.errors import CorruptRecord, NoPermission, TablesMissing, UsageError
from archive.imported.captures import read_held
from archive.imported.index import find_held, is_imported
from archive.removal.in_force import not_found
from archive.removal.withheld import table_files
from archive.search.hits import Hit, search
from archive.search.selecting import selection_of
from archive.state.database import State
from archive.tables import journal
from archive.tables.columns import tables_in
from archive.tables.dataset import Rows, articles, rows
from archive.tables.filters import ArticleWords, FilterWords
from archive.tables.names import pointer_named
from archive.tables.parquet import write_empty
from archive.tables.schema import TABLES
from archive.types import Capture, Pointer
from archive.version import VERSION
from archive.warc.captures import capture_of, read_capture
from archive.warc.restored import Restored, restored_in
from archive.warc.scan import scan_groups

_FOLDERS = ("sources", "warc", "state/staging", "locks", "quarantine", "releases", "templates")
_FIRST = "0001"


class Library:
    """An open library. Close it, or use it as a context manager."""

    def __init__(self, path: Path, settings: LibrarySettings) -> None:
        self.path, self.settings = path, settings

    @classmethod
    def open(cls, path: Path | str, *, writing: bool = False) -> Library:
        """The library at *path*; NotALibrary, NewerFormat or UsageError where it is none.

        Makes nothing, unless for *writing*: then it makes folders, links and tables again that are
        gone; the tables have no rows.
        """
        folder = Path(path).absolute()
        with files.speaking_errors(folder):
            library = cls(folder, read_settings(folder))
            if writing:
                _lay_out(folder, library.settings.name, library.settings.created)
        return library

    @classmethod
    def create(cls, path: Path | str, name: str | None = None) -> Library:
        """A new library at *path*, with typed tables without rows; a library that is there is
        opened."""
        folder = Path(path).absolute()
        try:
            with files.speaking_errors(folder.parent):
                if not (folder / "library.toml").exists():
                    _begin(folder, name or "library")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NoPermission(folder, f"no library can be made there ({reason})") from None
        return cls.open(folder, writing=True)

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the state database, if it was used."""
        state = self.__dict__.pop("state", None)
        if state:
            state.close()

    @cached_property
    def state(self) -> State:
        """What the machine remembers between commands."""
        with files.speaking_errors(self.path):
            files.make_folder(self.path / "state/staging")
            return State(self.path / "state/backissue.db")

    @property
    def current(self) -> Path:
        """The link to the generation that readers see."""
        return self.path / "current"

    @property
    def generation(self) -> Path:
        """The folder of the current generation, the link resolved; TablesMissing without one."""
        if not self.current.is_symlink():
            raise TablesMissing(self.path, "current")
        target = self.current.readlink()
        if not (self.path / target / "batches.jsonl").is_file():
            raise TablesMissing(self.path, f"{target}/batches.jsonl")
        return self.path / target

    def lacking(self) -> list[str]:
        """What the journal of the current generation names and is not there, relative to
        `generations/`."""
        try:
            generation = self.generation
        except TablesMissing as error:
            return [error.what]
        try:  # first: a file is there before its line in the journal
            entries = journal.read_journal(generation)
            named = {file.path for entry in entries for file in entry.all_files}
        except (ValueError, KeyError, TypeError):
            return [f"{generation.name}/batches.jsonl"]
        lacking = named.difference(table_files(generation))
        lacking |= {t for t in tables_in(generation) if not (generation / t / "data").is_dir()}
        return [f"{generation.name}/{path}" for path in sorted(lacking)]

    def unread(self) -> str | None:
        """Why the tables may be empty though there are captures; None where they have some."""
        if journal.read_journal(self.generation) or not any(
            self.path.glob("warc/[0-9]*/**/*.warc.gz")
        ):
            return None
        return "no batch is in the tables: `backissue publish` brings there what warc/ holds"

    @property
    def staging(self) -> Path:
        """Where derived rows wait for the next batch."""
        return self.path / "state/staging"

    @property
    def user_agent(self) -> str:
        """What requests say of themselves: the product, and whom to ask."""
        settings = self.settings
        whom = f"+{settings.contact}" if settings.contact else "keeps magazines"
        return settings.user_agent or f"Backissue/{VERSION} ({whom})"

    def lock_file(self, name: str) -> Path:
        """The lock file *name*: `publish`, `serve`, `source-NAME`."""
        return self.path / "locks" / name

    def warc(self, filename: str) -> Path:
        """Where the WARC file *filename* (relative to the library) stands, sealed or still open."""
        sealed = self.path / filename
        return sealed if sealed.exists() else sealed.with_name(sealed.name + ".open")

    def articles(
        self,
        versions: str = "latest",
        *,
        columns: list[str] | None = None,
        **filters: Unpack[ArticleWords],
    ) -> Rows:
        """The newest version of each article, or `versions="all"`, of those that *filters* admit.

        *filters*: `source`, `since`, `until` (bounds on `fetch_time`), `published_since`,
        `published_until`, `language`, `author`, `section`, `completeness`, `query` (of the newest
        text). A time is a datetime, or ISO 8601 text in UTC. The rows of a declared source are its
        own, and those of undeclared sources (`adhoc`, imports) at addresses that it covers.
        """
        wanted = selection_of(self, **filters)
        return articles(self.generation, versions, selection=wanted, columns=columns)

    def search(self, query: str, limit: int = 20, **filters: Unpack[FilterWords]) -> list[Hit]:
        """Articles whose words match *query*, best first; UsageError where it is not understood.

        *filters*: `source`, `since`, `until`, `published_since`, `published_until`, `language`,
        `author`, `section`, `completeness`.
        """
        return list(search(self, query, limit, **filters))

    def captures(self, *, columns: list[str] | None = None) -> Rows:
        """The index: one row per response or revisit."""
        return rows(self.generation, "captures", columns=columns)

    def crawl_log(self, *, columns: list[str] | None = None) -> Rows:
        """The outcome of every URL of every run."""
        return rows(self.generation, "crawl_log", columns=columns)

    def table(self, name: str, *, columns: list[str] | None = None) -> Rows:
        """Any table by its name: `payloads`, `removed`, `comments`, `duplicates` too."""
        return rows(self.generation, name, columns=columns)

    def capture(self, wanted: str) -> Capture:
        """The capture of an article (its newest version) or of a WARC record, by id, or the newest
        response at an address.

        CaptureNotFound where no row has it; CorruptRecord where the WARC does not hold it.
        """
        found = pointer_named(self.generation, wanted)
        if found is None:
            raise not_found(self.generation, wanted)
        record_id, pointer = found
        capture = self.read(pointer)
        if capture.warc_record_id != record_id:
            path = self.warc(pointer.filename)
            raise CorruptRecord(path, pointer.offset, f"the record here is not {record_id}")
        return capture

    def read(self, pointer: Pointer) -> Capture:
        """The capture that stands at *pointer*; CorruptRecord where none does."""
        if is_imported(pointer.filename):
            return read_held(self.path, find_held(self.path, pointer.filename, pointer.offset))
        sealed = self.path / pointer.filename
        for path in (sealed, sealed.with_name(sealed.name + ".open"), sealed):  # sealed meanwhile
            with suppress(FileNotFoundError), path.open("rb") as stream:
                return self._read(stream, pointer)
        raise CorruptRecord(sealed, pointer.offset, "the file is gone")

    def _read(self, stream: BinaryIO, pointer: Pointer) -> Capture:
        try:
            return read_capture(stream, pointer.offset)
        except CorruptRecord:
            restored = restored_in(self.path, pointer.filename)
            group = next(scan_groups(stream, pointer.offset, None, restored), None)
            if not restored or not isinstance(group, list):
                raise
            return capture_of([located.record for located in group])


def restored_of(library: Library, path: Path) -> Mapping[int, Restored]:
    """What stands in for damaged records of the WARC file *path*, by their offsets."""
    return restored_in(library.path, str(path.relative_to(library.path)))


def _begin(folder: Path, name: str) -> None:
    """Make what is not there yet: an earlier try may have been cut short."""
    created = datetime.now(UTC).replace(microsecond=0)
    settings = new_settings(name, created)
    _lay_out(folder, name, created)
    files.put(folder / "library.toml", settings)  # last: now it is a library


def _lay_out(folder: Path, name: str, created: datetime) -> None:
    """Make all that can be made again and is not there."""
    for part in _FOLDERS:
        files.make_folder(folder / part)
    for part in ("current", *TABLES, "batches.jsonl"):
        if (folder / part).exists() and not (folder / part).is_symlink():
            raise UsageError(
                f"{folder / part} is no link, as after a copy that followed links: remove it, "
                "and the next command makes the link again"
            )
    if not (folder / "current").is_dir():
        _lay_out_tables(folder, created)
    link_tables(folder)
    if not (folder / "README.md").exists():
        card = package_files("archive").joinpath("card.md").read_text(encoding="utf-8")
        files.put(folder / "README.md", card.replace("{name}", name).encode())


def _lay_out_tables(folder: Path, created: datetime) -> None:
    """Let `current` lead to the newest generation that has a journal, or to a new one."""
    there = sorted(path.name for path in folder.glob("generations/[0-9]*"))
    whole = [name for name in there if (folder / "generations" / name / "batches.jsonl").exists()]
    if not whole:
        whole = [_unused(folder, there)]
        make_generation(folder / "generations" / whole[0], created)
    point_to(folder, whole[-1])


def _unused(folder: Path, there: list[str]) -> str:
    """The number of a generation that holds no rows. A generation that lost its journal keeps its
    files."""
    if not there:
        return _FIRST
    holds_rows = any((folder / "generations" / there[-1]).glob("*/data/*/g*-*[1-9]-*.parquet"))
    return f"{int(there[-1]) + 1:04}" if holds_rows else there[-1]


def link_tables(folder: Path) -> None:
    """Link each table of the current generation into the library's folder."""
    for part in (*tables_in(folder / "current"), "batches.jsonl"):
        if not (folder / part).is_symlink():
            (folder / part).symlink_to(f"current/{part}")


def make_generation(generation: Path, created: datetime) -> None:
    """An empty generation: each table has one file without rows, which shows its columns."""
    for table, columns in TABLES.items():
        write_empty(generation, table, f"{created:%Y-%m}", columns)
    files.put(generation / "batches.jsonl", b"")


def point_to(folder: Path, number: str) -> None:
    """Swap the one link that readers follow."""
    link = folder / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(f"generations/{number}")
    files.rename(link, folder / "current")
