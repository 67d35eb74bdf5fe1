"""Where the search index of a library stands, and how it comes to be that of the newest tables.

Who writes holds the lock of its folder. A batch is one transaction; a new index is made beside and
takes the name when it is whole. So a reader sees the index of some batch, whatever happens.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

import zstandard

from archive.disk import files
from archive.disk.locks import lock_in_turn
from archive.errors import DiskFull, LockHeld, NoPermission
from archive.search.batches import Batches
from archive.search.database import connect, is_worn, lay_out, read_state
from archive.tables.damage.table_files import check_journal

_NAME = "index.db"
_GROWTH = 8  # times the size of the table files: an index is not larger
_OF_DISK: Final = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
}
_SPOILT: Final = (sqlite3.Error, zstandard.ZstdError, UnicodeDecodeError)

Answer = TypeVar("Answer")


class Tables(Protocol):
    """What the index needs of a library: where it stands, and its current generation."""

    path: Path

    @property
    def generation(self) -> Path:
        """The folder of the current generation."""


def ask(
    library: Tables,
    on_notice: Callable[[str], None],
    question: Callable[[sqlite3.Connection], Answer],
) -> Answer:
    """The answer to *question* from the index of the tables as they are now.

    A damaged index is made again. Where none can be kept, *on_notice* hears why.
    """
    try:
        return _ask_kept(library, question)
    except (DiskFull, NoPermission, LockHeld) as error:
        on_notice(f"the index is made for this search alone: {error}")
        with _unkept(library) as connection:
            return question(connection)


def _ask_kept(library: Tables, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    path = index_path(library)
    if not _is_current(path, Batches.of(library.generation)):
        check_journal(library.generation)
        update(library)
    with suppress(*_SPOILT), closing(connect(path, "ro")) as connection:
        return question(connection)
    update(library, anew=True)
    with closing(connect(path, "ro")) as connection:
        return question(connection)


def index_path(library: Tables) -> Path:
    """Where the index of *library* stands, or would."""
    return library.path / "state" / "search" / _NAME


def _is_current(path: Path, batches: Batches) -> bool:
    """Whether the index at *path* is of *batches*, as far as can be told without a write."""
    if not path.is_file():
        return False
    with suppress(sqlite3.Error), closing(connect(path, "ro")) as connection:
        return read_state(connection) == batches.state()
    return False


def update(library: Tables, *, anew: bool = False) -> None:
    """Bring the index up to the newest batch, batch by batch; make it where there is none."""
    path = index_path(library)
    with files.speaking_errors(path.parent):
        if path.parent.exists() and not path.parent.is_dir():
            path.parent.unlink()
        files.make_folder(path.parent)
        with lock_in_turn(path.parent):
            batches = Batches.of(library.generation)
            if anew or not _grow(path, batches):
                _make(path, batches)


def _grow(path: Path, batches: Batches) -> bool:
    """Bring the index at *path* up to *batches*; False where it is to be made again."""
    if not path.is_file():
        return False
    try:
        with closing(connect(path)) as connection:
            return _bring_up(connection, batches)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise LockHeld(path, "another process") from error
        if code in _OF_DISK:
            raise
        return False


def _bring_up(connection: sqlite3.Connection, batches: Batches) -> bool:
    from archive.search.growth import add_batch, match  # Arrow, which no query needs

    state = read_state(connection)
    if state is None:
        return False
    if state != batches.state(state.batch):  # of another generation
        return _in_transaction(connection, partial(match, connection, batches))
    for entry in batches.after(state.batch):
        _in_transaction(connection, partial(add_batch, connection, batches, entry))
    return not is_worn(connection)


def _in_transaction(connection: sqlite3.Connection, change: Callable[[], bool]) -> bool:
    """Make a change that is whole or not at all; whether it is made."""
    connection.execute("BEGIN IMMEDIATE")
    made = False
    try:
        made = change()
    finally:
        if made or connection.in_transaction:
            connection.execute("COMMIT" if made else "ROLLBACK")
    return made


def _make(path: Path, batches: Batches) -> None:
    """Make the index at *path* in place of what stands there."""
    _clear(path)
    temporary = path.with_name(f"index.{secrets.token_hex(4)}.tmp")
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            _fill(connection, batches)
        files.sync_file(temporary)
        _remove(path)
        _remove(path.with_name(f"{_NAME}-journal"))  # it belongs to what stood there
        files.rename(temporary, path)
    except (OSError, sqlite3.Error):
        temporary.unlink(missing_ok=True)
        raise


def _clear(path: Path) -> None:
    """Remove what was left half-made, and the indexes of earlier programs: one for each batch."""
    for pattern in ("index.*.tmp", "[0-9]*-[0-9]*.db"):
        for left in path.parent.glob(pattern):
            _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        files.remove_tree(path)
    path.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, batches: Batches) -> None:
    from archive.search.growth import match

    connection.execute("BEGIN")
    lay_out(connection)
    match(connection, batches)
    connection.execute("COMMIT")


@contextmanager
def _unkept(library: Tables) -> Iterator[sqlite3.Connection]:
    """An index in a temporary folder, in memory where no disk has room; a kept one is its start."""
    batches = Batches.of(library.generation)
    place: Path | None = None
    tables = (batches.generation / "articles" / "data").glob("**/*.parquet")
    with ExitStack() as held:
        with suppress(DiskFull):
            size = _GROWTH * sum(path.stat().st_size for path in tables)
            place = held.enter_context(files.scratch(size)) / _NAME
        if place:
            with suppress(OSError):
                shutil.copyfile(index_path(library), place)
            if not _grow(place, batches):
                _make(place, batches)
        connection = held.enter_context(closing(connect(place or ":memory:")))
        if place is None:
            connection.execute("PRAGMA temp_store = MEMORY")
            _fill(connection, batches)
        yield connection
