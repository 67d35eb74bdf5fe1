"""Every error that Backissue raises, and the exit code that each one ends a command with.

BackissueError                  1   something was found wrong
├── UsageError                  2   bad usage or configuration
│   ├── InvalidSource           2   a source file has a field that is not valid
│   ├── NotALibrary             2   no library stands at that path
│   ├── NewerFormat             2   the library was written by a newer Backissue
│   └── NoPermission            2   a file or folder may not be read or written
├── LockHeld                    3   another process holds the lock that is needed
├── DiskFull                    4   the disk is full or below its floor
├── DiskFailed                  1   the disk did not do what it was asked for
└── ArchiveError                1   what is in the archive cannot be read
    ├── CorruptRecord           1   a WARC record does not match its length or digest
    ├── Damaged                 1   a file of the library cannot be what it is to be
    ├── LeadsOutside            1   a link of the library leads out of it
    ├── TablesMissing           1   the tables are not there, or not all of them
    ├── BytesMissing            1   bytes that a batch takes in are gone or damaged: rows would go
    ├── CaptureNotFound         1   no capture has that id
    │   └── PageRemoved         1   a person had it removed
    └── NotImportable           1   a file holds nothing that can be imported
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from archive.web.userinfo import hide_userinfo


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    FOUND_WRONG = 1
    USAGE = 2
    LOCKED = 3
    DISK_FULL = 4
    INTERRUPTED = 130


class BackissueError(Exception):
    """Something was found wrong. Its text is one line: what, where, what to do."""

    exit_code = ExitCode.FOUND_WRONG

    def __str__(self) -> str:
        return hide_userinfo(super().__str__())


class UsageError(BackissueError):
    """A command, a flag or a setting is not what it must be."""

    exit_code = ExitCode.USAGE


class InvalidSource(UsageError):
    """The source declaration *path* has an invalid *field*; *expected* says what belongs there."""

    def __init__(self, path: Path | str, field: str, expected: str) -> None:
        super().__init__(path, field, expected)  # plain args, so it pickles across processes
        self.path, self.field, self.expected = path, field, expected

    def __str__(self) -> str:
        return hide_userinfo(f"{self.path}: {self.field}: {self.expected}")


class NotALibrary(UsageError):
    """There is no library at *path*."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return (
            f"{self.path} is not a library (no library.toml): "
            "name another folder with --library, or make one with `backissue crawl URL`"
        )


class NewerFormat(UsageError):
    """The library at *path* has format *found*; this Backissue reads up to *known*."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(path, found, known)
        self.path, self.found, self.known = path, found, known

    def __str__(self) -> str:
        return (
            f"{self.path} has library format {self.found}, this Backissue knows up to "
            f"{self.known}: upgrade with `pip install --upgrade backissue`"
        )


class NoPermission(UsageError):
    """*path* may not be read or written."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}: give yourself access, or use --library elsewhere"


class LockHeld(BackissueError):
    """The lock file *path* is held by *holder*; the lock file says so."""

    exit_code = ExitCode.LOCKED

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(path, holder)
        self.path, self.holder = path, holder

    def __str__(self) -> str:
        return f"{self.path} is held by {self.holder}: wait for it, or stop it"


class DiskFull(BackissueError):
    """The disk of *path* has *free* bytes left, and *floor* must stay free. Where *floor* is 0, no
    byte more fits."""

    exit_code = ExitCode.DISK_FULL

    def __init__(self, path: Path, free: int, floor: int) -> None:
        super().__init__(path, free, floor)
        self.path, self.free, self.floor = path, free, floor

    def __str__(self) -> str:
        if not self.floor:
            return f"{self.path}: the disk is full: make room; nothing saved is lost"
        return (
            f"{self.path}: {self.free / 2**20:,.0f} MiB free, {self.floor / 2**20:,.0f} MiB must "
            "stay free: make room, or lower [disk] floor in library.toml; nothing saved is lost"
        )


class DiskFailed(BackissueError):
    """The disk of *path* did not read or write; *reason* is what the system said."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.reason}: look after the disk, then run the command again; "
            "nothing saved is lost"
        )


class ArchiveError(BackissueError):
    """What stands in the archive cannot be read."""


class CorruptRecord(ArchiveError):
    """The WARC record at *offset* of *path* does not match its length or digest."""

    def __init__(self, path: Path | str, offset: int, reason: str) -> None:
        super().__init__(path, offset, reason)
        self.path, self.offset, self.reason = path, offset, reason

    def __str__(self) -> str:
        return f"{self.path} at byte {self.offset}: {self.reason}"


class Damaged(ArchiveError):
    """The file or folder *path* of a library is damaged, as *what* says; *cure* mends it."""

    def __init__(self, path: Path | str, what: str, cure: str) -> None:
        super().__init__(path, what, cure)
        self.path, self.what, self.cure = path, what, cure

    def __str__(self) -> str:
        return hide_userinfo(f"{self.path}: {self.what}: {self.cure}")


class LeadsOutside(ArchiveError):
    """The link *path* of a library leads to *target*, which is no part of the library."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path, target)
        self.path, self.target = path, target

    def __str__(self) -> str:
        return (
            f"{self.path} is a link that leads out of the library, to {self.target}: remove the "
            "link, or put in its place what it leads to; then `backissue repair` makes again what "
            "can be made"
        )


class TablesMissing(ArchiveError):
    """The tables of the library at *path* lack *what*; it can be made again."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what)
        self.path, self.what = path, what

    def __str__(self) -> str:
        return (
            f"{self.path}: the tables are not there ({self.what}): `backissue rebuild` makes them "
            "again from warc/"
        )


class BytesMissing(ArchiveError):
    """A batch takes in the bytes of WARC files at *places*, but no row can be derived from them."""

    def __init__(self, path: Path, places: Sequence[str]) -> None:
        super().__init__(path, places)
        self.path, self.places = path, tuple(places)

    def __str__(self) -> str:
        more = f", and {len(self.places) - 1:,} more" if len(self.places) > 1 else ""
        return (
            f"{self.path}: rows would go: {self.places[0]}{more}: put the file back, or run "
            "`backissue repair`, or go on without them: `backissue rebuild --accept-loss`"
        )


class CaptureNotFound(ArchiveError):
    """No capture has the article id or WARC record id *wanted*."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted

    def __str__(self) -> str:
        where = "captures URL" if ":" in self.wanted else "search WORDS"
        wanted = hide_userinfo(self.wanted)
        return f"no capture {wanted}: `backissue {where}` shows the ids that there are"


class PageRemoved(CaptureNotFound):
    """What *wanted* names is not shown any more; *words* say since when and why, *cure* what takes
    that back."""

    def __init__(self, wanted: str, words: str, cure: str) -> None:
        super().__init__(wanted)
        self.args = (wanted, words, cure)
        self.words, self.cure = words, cure

    def __str__(self) -> str:
        return hide_userinfo(f"{self.wanted} is not shown, it was {self.words}: {self.cure}")


class NotImportable(ArchiveError):
    """The file *path* is not imported; *reason* says why."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"
