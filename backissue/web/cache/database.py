"""`state/console.db`, open: it grows by batch, and is made again where it is missing or damaged."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from archive.disk.transactions import transaction
from archive.library import Library
from archive.tables import journal
from archive.tables.damage.table_files import check_journal
from archive.tables.journal import JournalEntry
from backissue.web.cache.tables import FORMAT, TABLES

_WAIT = 60.0  # seconds for another console that is adding a batch
_TOGETHER = 3.0  # seconds of work in one transaction: most of its time is the end of it
_PAGES_IN_MEMORY = 65_536  # KiB
_Mark = tuple[str, int, int]

Answer = TypeVar("Answer")


class ConsoleCache:
    """The sums of a library, in `state/console.db`; in memory where nothing can be written.

    May be shared between threads. What it holds is as of the last `refresh`.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._path = library.path / "state" / "console.db"
        self._lock = threading.RLock()
        self._mark: _Mark | None = None
        self._is_kept = True
        self._connection = self._open()

    @property
    def mark(self) -> _Mark | None:
        """What changes when the sums do; None before the first `refresh`."""
        return self._mark

    @property
    def is_kept(self) -> bool:
        """Whether the sums stand in a file, so that they need not be made each time."""
        return self._is_kept

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def refresh(self) -> None:
        """Add the batches that the tables have now; TablesMissing where there are no tables."""
        with self._lock:
            generation = self._library.generation
            seen = (generation / "batches.jsonl").stat()
            mark = (generation.name, seen.st_size, seen.st_mtime_ns)
            if mark != self._mark:
                self._mended(lambda: self._follow(generation, mark))
                self._mark = mark

    def query(self, text: str, *values: Any) -> list[Any]:
        """The rows that a query finds."""
        with self._lock:
            found: list[Any] = self._connection.execute(text, values).fetchall()
            return found

    def first(self, text: str, *values: Any) -> Any:
        """The first value of the first row that a query finds; None without a row."""
        found = self.query(text, *values)
        return found[0][0] if found else None

    def forget(self) -> None:
        """Make the sums again with the next `refresh`: what is kept is damaged."""
        with self._lock:
            self._connection.close()
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._path.with_name(f"{self._path.name}{suffix}").unlink(missing_ok=True)
            self._mark = None
            self._connection = self._open()

    def _follow(self, generation: Path, mark: _Mark) -> None:
        """Bring the sums up to the journal of *generation*, unless they are already."""
        text = "-".join(map(str, mark))
        if _progress(self._connection)[2] == text:
            return
        entries = journal.read_journal(generation)
        check_journal(generation)
        self._add(generation, entries)
        if len((generation / "batches.jsonl").read_bytes()) == mark[1]:
            self._connection.execute("UPDATE progress SET journal = ?", (text,))

    def _add(self, generation: Path, entries: list[JournalEntry]) -> None:
        last = journal.last_number(entries)
        with transaction(self._connection) as connection:
            known, batch, _ = _progress(connection)
            if known != generation.name or batch > last:
                _empty(connection)
                connection.execute("INSERT INTO progress VALUES (?, 0, NULL)", (generation.name,))
        while _progress(self._connection)[1] < last:
            from backissue.web.cache.batches import add_batch  # Arrow, which no question needs

            until = time.monotonic() + _TOGETHER
            with transaction(self._connection) as connection:
                done = _progress(connection)[1]  # another console may be ahead
                for entry in (one for one in entries if one.batch.number > done):
                    add_batch(connection, generation, entry)
                    number = entry.batch.number
                    connection.execute("UPDATE progress SET batch = ?, journal = NULL", (number,))
                    if time.monotonic() > until:
                        break

    def _mended(self, work: Any) -> None:
        """Do *work*; once more with a new database where this one is damaged, and at last in
        memory."""
        for mend in (self.forget, self._move_to_memory):
            try:
                work()
                return
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    raise  # another console is at work: the next page asks again
                mend()
        work()

    def _move_to_memory(self) -> None:
        self._connection.close()
        self._connection, self._is_kept = _made(":memory:"), False

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):
            try:
                return _made(self._path)
            except sqlite3.OperationalError:  # it can be neither made nor written
                break
            except sqlite3.DatabaseError:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
        self._is_kept = False
        return _made(":memory:")


def _made(path: Path | str) -> sqlite3.Connection:
    """The database at *path*, with its tables; those of another format give way."""
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA recursive_triggers = ON")  # a row that is replaced was deleted
        connection.execute(f"PRAGMA cache_size = -{_PAGES_IN_MEMORY}")
        connection.execute("PRAGMA wal_autocheckpoint = 10000")  # rows come in no order of theirs
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        damaged = found == FORMAT and connection.execute("SELECT 1 FROM damaged").fetchone()
        if found != FORMAT or damaged:  # files that could not be read may be whole now
            _empty(connection)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _empty(connection: sqlite3.Connection) -> None:
    """Make all tables again, without rows."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f'DROP TABLE "{name}"')
    for statement in TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _progress(connection: sqlite3.Connection) -> tuple[str | None, int, str | None]:
    """The generation whose batches are in the sums, the last of them, and the journal's looks."""
    found = connection.execute("SELECT generation, batch, journal FROM progress").fetchone()
    return tuple(found) if found else (None, 0, None)
