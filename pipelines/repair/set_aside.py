"""What is derived and damaged, put aside: then it is made again as if it had gone.

A file that cannot be read as what it is, a folder in the place of a file, a link that leads
nowhere: they go to `quarantine/damaged/`, whole, so that nothing is lost that a person put there.
`warc/`, `sources/` and `library.toml` are never touched, but for the indexes in `warc/`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from archive.config import read_settings
from archive.disk import files
from archive.disk.locks import is_held, lock
from archive.errors import ArchiveError, Damaged
from archive.imported.index import FOLDER as IMPORTED
from archive.imported.index import held_from_line
from archive.layout import FOLDERS, LINKS, is_link_of_tables
from archive.library import Library
from archive.removal import tombstones
from archive.repair.recover import index_bytes_of
from archive.tables import journal, parquet
from archive.tables.damage.table_files import check_journal
from archive.warc import cdxj
from archive.warc_file import index_path
from pipelines.derive.arrow_rows import is_staged_whole

_ASIDE: Final = "quarantine/damaged"
_NEVER: Final = ("warc", "sources")
_STATE_FOLDERS: Final = ("state/search", "state/lookup", "state/replay")
_FILES: Final = (
    *("locks/*", "README*", "tombstones*", "state/*.db", "state/*.json", "state/*/index*"),
    *("state/console*", "state/restoring*", "state/replay/*"),
)
_NO_LINE: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def set_aside(folder: Path, *, tables: bool = True) -> list[str]:
    """Put aside what is damaged and can be made again in the library at *folder*; the names.

    *tables*: also table files whose bytes are not those that the journal names; else, as before a
    rebuild, they are left to their generation. Files that a live process writes are no damage:
    while somebody crawls, publishes or serves, only what has the wrong shape is looked at.
    """
    Library.open(folder).close()
    read_settings(folder)
    with files.speaking_errors(folder):
        moved = [_move(folder, path) for path in dict.fromkeys(_misshapen(folder))]
        files.make_folder(folder / "locks")
        if any(is_held(path) for path in folder.glob("locks/*")):
            return moved
        with lock(folder / "locks/publish"):
            for look in (_databases, _generations, _lists, _templates, _indexes, _staged):
                moved += [_move(folder, path) for path in dict.fromkeys(look(folder))]
            if tables:
                moved += [_move(folder, path) for path in dict.fromkeys(_table_files(folder))]
    return moved


def _move(folder: Path, path: Path) -> str:
    """Give *path* a place in quarantine, with the files that SQLite keeps beside it."""
    name = str(path.relative_to(folder))
    if path.is_symlink():
        path.unlink()
        files.sync_folder(path.parent)
        return name
    target = folder / _ASIDE / f"{name.replace('/', '-')}-{secrets.token_hex(4)}"
    files.make_folder(target.parent)
    files.rename(path, target)
    if path.suffix == ".db":
        for suffix in ("-wal", "-shm", "-journal"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    return name


def _misshapen(folder: Path) -> Iterator[Path]:
    """What is no folder, no file or no link where it must be one."""
    for name in (*FOLDERS, "generations", *_STATE_FOLDERS):
        if name.partition("/")[0] not in _NEVER:
            yield from islice(_no_folders(folder, Path(name)), 1)
    for path in (folder / name for name in LINKS):
        if _is_there(path) and not is_link_of_tables(path):
            yield path
    for pattern in _FILES:
        yield from (path for path in folder.glob(pattern) if not path.is_file())


def _no_folders(folder: Path, name: Path) -> Iterator[Path]:
    for part in (*reversed(name.parents[:-1]), name):
        if _is_there(folder / part) and not (folder / part).is_dir():
            yield folder / part


def _in_generations(folder: Path, name: str) -> Iterator[Path]:
    """Where *name* stands in each generation, or would: a glob finds no link in a circle."""
    return (path / name for path in sorted(folder.glob("generations/[0-9]*")))


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _databases(folder: Path) -> Iterator[Path]:
    """Databases that SQLite calls damaged. Those of indexes are mended by who reads them."""
    for path in (folder / "state/backissue.db", *_in_generations(folder, "fold.db")):
        if _is_there(path) and not _is_database(path):
            yield path


def _is_database(path: Path) -> bool:
    """Whether SQLite finds nothing wrong in *path*; an empty file is an empty database."""
    try:
        with closing(sqlite3.connect(path, timeout=60)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _generations(folder: Path) -> Iterator[Path]:
    """Journals that describe no batches, and what stands in the place of a generation's folder."""
    numbered = sorted(folder.glob("generations/[0-9]*"))
    for path in (*numbered, *folder.glob("generations/[bm]*ing")):
        if not path.is_dir():
            yield path
    for path in numbered:
        if path.is_dir():
            yield from _in_generation(path)
    building = folder / "generations/building"
    if (building / "card.json").exists() and not _is_json(building / "card.json"):
        yield building


def _in_generation(generation: Path) -> Iterator[Path]:
    path = generation / "batches.jsonl"
    if _is_there(path) and not path.is_file():
        yield path
    elif path.is_file():
        try:
            check_journal(generation)
        except Damaged:
            yield path
    for name in (*parquet.LAYOUTS, journal.WITHHELD):
        for part in (generation / name, generation / name / "data"):
            if _is_there(part) and not part.is_dir():
                yield part
                break
    mark = generation / "superseded"
    if _is_there(mark) and not mark.is_file():
        yield mark


def _lists(folder: Path) -> Iterator[Path]:
    """Lists of removals that cannot be read."""
    for path in (folder / tombstones.NAME, *_in_generations(folder, tombstones.NAME)):
        if not _is_there(path):
            continue
        try:
            tombstones.read(path)
        except (ArchiveError, OSError):
            yield path


def _templates(folder: Path) -> Iterator[Path]:
    """Templates whose bytes are not those that their names promise."""
    for host in (folder / "templates").glob("*"):
        if not host.is_dir():
            yield host
            continue
        for path in host.glob("[!.]*.json"):
            if not path.is_file() or parquet.sha256(path) != path.stem:
                yield path


def _indexes(folder: Path) -> Iterator[Path]:
    """Indexes in `warc/` with a line that is none, or without those that they had."""
    library, imported = Library(folder), folder / IMPORTED
    for path in folder.glob("warc/[0-9]*/**/BACKISSUE-*.warc.gz"):
        index = index_path(path)
        if index.is_file() and not index.stat().st_size and index_bytes_of(library, path):
            yield index
    for path in folder.glob("warc/**/[!.]*.cdxj"):
        if not _all_lines(path, lambda line: cdxj.from_line(line.decode())):
            yield path
    for path in imported.glob("[!.]*.captures.jsonl"):
        if not _all_lines(path, held_from_line):
            yield path
    yield from (path for path in imported.glob("[!.]*.json") if not _is_json(path))


def _all_lines(path: Path, read: Callable[[bytes], object]) -> bool:
    """Whether *read* understands each line of *path*, and the last one is whole."""
    line = b"\n"
    try:
        with path.open("rb") as stream:
            for line in stream:
                read(line)
    except (OSError, *_NO_LINE):
        return False
    return line.endswith(b"\n")


def _is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, *_NO_LINE):
        return False


def _staged(folder: Path) -> Iterator[Path]:
    """Staged rows that Arrow cannot read, and what is not staged rows at all."""
    for staging in (folder / "state/staging", folder / "generations/building/staged"):
        for path in (*staging.glob("*"), *staging.glob("*/*")):
            if not path.is_dir():
                yield path
        for span in staging.glob("*/*/[0-9]*"):
            if not is_staged_whole(span):
                yield span


def _table_files(folder: Path) -> Iterator[Path]:
    """Table files of the current generation that have other bytes than its journal says."""
    generation = folder / "current"
    if not (generation / "batches.jsonl").is_file():
        return
    real = generation.resolve()
    for entry in journal.read_journal(real):
        for file in entry.all_files:
            path = real / file.path
            if path.exists() and (not path.is_file() or parquet.sha256(path) != file.sha256):
                yield path
