"""What in a library is damaged, and what mends it: links that lead out are refused, and a file that
is no file, or cannot be read as what it is, becomes an error that says what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive.errors import Damaged, LeadsOutside

_NOT_KEPT: Final = {
    "state": "`backissue repair` makes it again",
    "locks": "`backissue repair` makes it again",
    "quarantine": "`backissue repair` puts it aside",
    "templates": "`backissue rebuild` makes it again from warc/",
    "generations": "`backissue rebuild` makes it again from warc/",
    "releases": "remove it, and make it again with `backissue release`",
    "tombstones.jsonl": "put it back from a copy, or let `backissue repair` make it again",
    "sources": "put it back from a copy, or correct it",
    "library.toml": "put it back from a copy, or correct it",
    "README.md": "`backissue repair` makes it again",
}
_OF_WARC: Final = "put it back from a copy, or let `backissue repair` mend what it can"
_INDEXES: Final = (".cdxj", ".jsonl", ".json")
_OF_TABLES: Final = "`backissue rebuild` makes it again from warc/"
PARTS: Final = (
    *("library.toml", "README.md", "sources", "warc", "state", "locks", "quarantine", "releases"),
    *("templates", "generations", "current", "tombstones.jsonl", "batches.jsonl"),
    *("articles", "captures", "payloads", "crawl_log", "removed", "comments", "duplicates"),
    "withdrawn",
)
"""What stands in the folder of a library. What else a person keeps there is nobody's business."""


def damaged(path: Path, what: str) -> Damaged:
    """The error that says that *path*, somewhere in a library, is damaged, and what mends it."""
    folders = [one for one in path.parts[:-1] if one in (*_NOT_KEPT, "warc")]
    place = folders[-1] if folders else path.name
    if place == "warc":
        made_again = path.name.endswith(_INDEXES)
        return Damaged(path, what, "`backissue repair` makes it again" if made_again else _OF_WARC)
    return Damaged(path, what, _NOT_KEPT.get(place, _OF_TABLES))


def refuse_links_out(library: Path) -> None:
    """Raise LeadsOutside where a link of *library* leads out of it, wherever in it the link stands.

    Whoever opens a library goes through its names once: so nothing that reads, writes or removes in
    it later can be led elsewhere, be it Arrow, SQLite or ours.
    """
    root = library.resolve()
    for name in PARTS:
        refuse_link_out(library, name)
        for link in () if (library / name).is_symlink() else _links(library / name):
            _refuse(link, root)


def refuse_link_out(library: Path, name: str) -> None:
    """Raise LeadsOutside where *name*, relative to *library*, is a link that leads out of it."""
    if (library / name).is_symlink():
        _refuse(library / name, library.resolve())


def _links(folder: Path | str) -> Iterator[Path]:
    """All links below *folder*."""
    inner: list[str] = []
    with suppress(OSError), os.scandir(folder) as found:  # it may have gone meanwhile
        for entry in found:
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                inner.append(entry.path)
    for one in inner:
        yield from _links(one)


def _refuse(link: Path, root: Path) -> None:
    try:
        target = str(link.readlink())
        end = Path(os.path.realpath(link))
    except OSError:  # it has gone meanwhile
        return
    if not end.is_relative_to(root):
        raise LeadsOutside(link, target)


def is_within(name: str) -> bool:
    """Whether *name*, which a file says, is of something in the library: no more is believed of it
    than that."""
    return bool(name) and not name.startswith("/") and ".." not in name.split("/")


_ODD: Final = {
    errno.EISDIR: "a folder stands where a file is to be",
    errno.ENOTDIR: "a file stands where a folder is to be",
    errno.EEXIST: "something else stands where a folder is to be",
    errno.ELOOP: "a link that leads in a circle",
    errno.ENOENT: "it is not there",
    errno.ENXIO: "no file",
    errno.EINVAL: "no link, and no file",
}


@contextmanager
def told_as_damage(library: Path | None) -> Iterator[None]:
    """Turn what the system says of a file of *library* that is no file into what mends it: outside
    of all that knows better."""
    try:
        yield
    except OSError as error:
        found = _of_system(error, library)
        if found is None:
            raise
        raise found from error


def _of_system(error: OSError, library: Path | None) -> Damaged | None:
    if library is None or error.errno not in _ODD or not isinstance(error.filename, str | bytes):
        return None
    path = Path(os.fsdecode(error.filename))
    if not path.absolute().is_relative_to(library.absolute()):
        return None
    return damaged(path, _ODD[error.errno])


@contextmanager
def reading_database(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file that is no database, or a damaged one, into what mends it.

    Errors that a disk, a lock or a missing permission brings stay as they are.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if path.is_dir() or is_spoilt(error):
            what = "a folder stands where a file is to be" if path.is_dir() else str(error)
            raise damaged(path, what) from error
        raise


_SPOILT: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_LACKS: Final = ("no such table", "no such column", "has no column named", "values for")


def is_spoilt(error: sqlite3.Error) -> bool:
    """Whether *error* says that the database is damaged, or lacks what it always has."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    lacks = code == sqlite3.SQLITE_ERROR and any(words in str(error) for words in _LACKS)
    return code in _SPOILT or lacks
