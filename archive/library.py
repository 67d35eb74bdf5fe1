"""One library on disk: its folders, settings, state, and the way to a capture by its id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Unpack

from archive.disk import files
from archive.disk.damage import damaged, is_within, refuse_link_out, refuse_links_out
from archive.disk.library_toml import check_format
from archive.errors import CorruptRecord, Damaged, NoPermission, TablesMissing
from archive.tables import journal
from archive.version import VERSION

if TYPE_CHECKING:  # what a command does not need, it does not wait for
    from archive.config import LibrarySettings
    from archive.search.hits import Hit
    from archive.state.database import State
    from archive.tables.dataset import Rows
    from archive.tables.filters import ArticleWords, FilterWords
    from archive.types import Capture, Pointer
    from archive.warc.restored import Restored

_GENERATION: Final = re.compile(r"generations/\d+")


class Library:
    """An open library. Close it, or use it as a context manager.

    Its *settings* are read when they are first asked for, where none are given.
    """

    def __init__(self, path: Path, settings: LibrarySettings | None = None) -> None:
        self.path = path
        if settings is not None:
            self.settings = settings

    @classmethod
    def open(cls, path: Path | str, *, writing: bool = False) -> Library:
        """The library at *path*; NotALibrary, NewerFormat or UsageError where it is none,
        LeadsOutside where a link in it leads out of it.

        Makes nothing, unless for *writing*: then it makes folders, links and tables again that are
        gone; the tables have no rows.
        """
        folder = Path(path).absolute()
        with files.speaking_errors(folder):
            refuse_link_out(folder, "library.toml")
            check_format(folder)
            refuse_links_out(folder)
            library = cls(folder)
            if writing:
                from archive.layout import lay_out

                lay_out(folder, library.settings.name, library.settings.created)
        return library

    @classmethod
    def create(cls, path: Path | str, name: str | None = None) -> Library:
        """A new library at *path*, with typed tables without rows; a library that is there is
        opened."""
        folder = Path(path).absolute()
        try:
            with files.speaking_errors(folder.parent):
                refuse_links_out(folder)
                if not (folder / "library.toml").exists():
                    from archive.layout import begin

                    begin(folder, name or "library")
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
    def settings(self) -> LibrarySettings:
        """What `library.toml` says; UsageError where a setting is not understood."""
        from archive.config import read_settings

        return read_settings(self.path)

    @cached_property
    def state(self) -> State:
        """What the machine remembers between commands."""
        from archive.state.database import State

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
        try:
            target = str(self.current.readlink())
        except FileNotFoundError:
            raise TablesMissing(self.path, "current") from None
        except OSError:
            raise damaged(self.current, "no link to a folder of generations/") from None
        if not _GENERATION.fullmatch(target):
            raise damaged(self.current, f"it leads to {target}, not into generations/")
        if not (self.path / target / "batches.jsonl").is_file():
            raise TablesMissing(self.path, f"{target}/batches.jsonl")
        return self.path / target

    def lacking(self) -> list[str]:
        """What the journal of the current generation names and is not there, relative to
        `generations/`."""
        from archive.removal.withheld import table_files
        from archive.tables.columns import tables_in

        try:
            generation = self.generation
        except TablesMissing as error:
            return [error.what]
        try:  # first: a file is there before its line in the journal
            entries = journal.read_journal(generation)
            named = {file.path for entry in entries for file in entry.all_files}
        except Damaged:
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
        """Where the WARC file *filename* (relative to the library) stands, sealed or still open.

        CorruptRecord where *filename* leads out of the library: tables and records of others say
        what they like.
        """
        if not is_within(filename):
            raise CorruptRecord(self.path / filename, 0, "this is no file of the library")
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
        from archive.search.selecting import selection_of
        from archive.tables.dataset import articles

        wanted = selection_of(self, **filters)
        return articles(self.generation, versions, selection=wanted, columns=columns)

    def search(self, query: str, limit: int = 20, **filters: Unpack[FilterWords]) -> list[Hit]:
        """Articles whose words match *query*, best first; UsageError where it is not understood.

        *filters*: `source`, `since`, `until`, `published_since`, `published_until`, `language`,
        `author`, `section`, `completeness`.
        """
        from archive.search.hits import search

        return list(search(self, query, limit, **filters))

    def captures(self, *, columns: list[str] | None = None) -> Rows:
        """The index: one row per response or revisit."""
        return self.table("captures", columns=columns)

    def crawl_log(self, *, columns: list[str] | None = None) -> Rows:
        """The outcome of every URL of every run."""
        return self.table("crawl_log", columns=columns)

    def table(self, name: str, *, columns: list[str] | None = None) -> Rows:
        """Any table by its name: `payloads`, `removed`, `comments`, `duplicates` too."""
        from archive.tables.dataset import rows

        return rows(self.generation, name, columns=columns)

    def capture(self, wanted: str) -> Capture:
        """The capture of an article (its newest version) or of a WARC record, by id, or the newest
        response at an address.

        CaptureNotFound where no row has it; CorruptRecord where the WARC does not hold it.
        """
        from archive.removal.in_force import not_found
        from archive.tables.names import pointer_named

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
        from archive.imported.index import find_held, is_imported

        if is_imported(pointer.filename):
            from archive.imported.captures import read_held

            return read_held(self.path, find_held(self.path, pointer.filename, pointer.offset))
        self.warc(pointer.filename)
        sealed = self.path / pointer.filename
        for path in (sealed, sealed.with_name(sealed.name + ".open"), sealed):  # sealed meanwhile
            with suppress(FileNotFoundError), path.open("rb") as stream:
                return self._read(stream, pointer)
        raise CorruptRecord(sealed, pointer.offset, "the file is gone")

    def _read(self, stream: BinaryIO, pointer: Pointer) -> Capture:
        from archive.warc.captures import capture_of, read_capture
        from archive.warc.restored import restored_in
        from archive.warc.scan import scan_groups

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
    from archive.warc.restored import restored_in

    return restored_in(library.path, str(path.relative_to(library.path)))
