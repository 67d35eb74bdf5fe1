"""`state/backissue.db`: what the machine remembers between commands.

SQLite in WAL mode. The WARC files are the truth: `rebuild` makes the database again from them. Only
the times that runs were scheduled for, the dates that listings gave and the notes about hosts are
lost with it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import astuple, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.disk.damage import reading_database
from archive.disk.transactions import transaction
from archive.outcomes import BUDGET, BUDGET_OF_LISTS, HAD
from archive.source import ADHOC
from archive.state.rows import Run, RunCaptures, Validator, Visit, WarcFileRow, now_text
from archive.state.tables import LATER, TABLES


class State:
    """The open state database; may be shared between threads.

    Where *path* is a URI with `mode=ro`, it is read without a write: `archive/state/read_only.py`.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._path = None if isinstance(path, str) else path
        with self._told():
            self._connection = sqlite3.connect(
                path,
                timeout=60,
                isolation_level=None,
                check_same_thread=False,
                uri=self._path is None,
            )
            if self._path:
                self._make()

    def _told(self) -> AbstractContextManager[None]:
        """Damaged where the database cannot be read; what is read without a write is told of by
        who reads it."""
        return reading_database(self._path) if self._path else nullcontext()

    def _make(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(TABLES)
        self._add_columns()

    def _add_columns(self) -> None:
        """What earlier versions did not write down of a run."""
        known = {row[1] for row in self.rows("PRAGMA table_info(runs)")}
        for name, kind in LATER.items():
            if name not in known:
                self._connection.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is executed on the connection."""
        with self._told(), self._lock, transaction(self._connection) as connection:
            yield connection

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What a query finds."""
        with self._told(), self._lock:
            return self._connection.execute(query, values).fetchall()

    # WARC files

    def warc_files(self) -> list[WarcFileRow]:
        """All WARC files, in the order of their names."""
        rows = self.rows("SELECT * FROM warc_files ORDER BY name")
        return [
            WarcFileRow(name, synced, derived, bool(end)) for name, synced, derived, end in rows
        ]

    def set_synced(self, name: str, offset: int, *, sealed: bool = False) -> None:
        """The first *offset* bytes of the file are on the disk."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO warc_files VALUES (?, ?, 0, ?) ON CONFLICT (name) DO UPDATE "
                "SET synced_offset = excluded.synced_offset, sealed = excluded.sealed",
                (name, offset, int(sealed)),
            )

    def set_derived(self, name: str, offset: int) -> None:
        """What the first *offset* bytes of the file hold is staged."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE warc_files SET derived_offset = ? WHERE name = ?", (offset, name)
            )

    def forget_warc(self, name: str) -> None:
        """The file is gone, and with it the responses that a later response could have referred
        to."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM warc_files WHERE name = ?", (name,))
            connection.execute("DELETE FROM validators WHERE warc_filename = ?", (name,))

    # validators

    def validator(self, url_surtkey: str) -> Validator | None:
        """The newest complete response of the URL, if there is one."""
        rows = self.rows("SELECT * FROM validators WHERE url_surtkey = ?", url_surtkey)
        return Validator(*rows[0]) if rows else None

    def put_validators(self, validators: Iterable[Validator]) -> None:
        """Remember newer responses."""
        rows = [astuple(validator) for validator in validators]
        with self.transaction() as connection:
            connection.executemany(_insert(Validator, "validators"), rows)

    def restore_validators(self, validators: Iterable[Validator]) -> None:
        """Remember responses that were read from WARC files, where no newer one is known."""
        rows = [astuple(validator) for validator in validators]
        with self.transaction() as connection:
            connection.executemany(_RESTORE_VALIDATOR, rows)

    # runs

    def put_runs(self, runs: Iterable[Run]) -> None:
        """Write *runs*, new or known; IntegrityError if another run has the time of one of them."""
        rows = [astuple(run) for run in runs]
        with self.transaction() as connection:
            connection.executemany(_UPSERT_RUN, rows)

    def restore_runs(self, runs: Iterable[Run]) -> None:
        """Add the runs that are not known."""
        rows = [astuple(run) for run in runs]
        with self.transaction() as connection:
            connection.executemany(_insert(Run, "runs").replace("REPLACE", "IGNORE"), rows)

    def runs(self) -> list[Run]:
        """All runs, in the order in which they started; so those of the queries below."""
        return self._runs("1")

    def run(self, run_id: str) -> Run | None:
        """The run of that id."""
        return next(iter(self._runs("run_id = ?", run_id)), None)

    def runs_named(self, run_ids: Collection[str]) -> list[Run]:
        """The runs of these ids, as far as there are any."""
        marks = ", ".join("?" for _ in run_ids)
        return self._runs(f"run_id IN ({marks})", *run_ids)

    def runs_since(self, moment: datetime) -> list[Run]:
        """The runs that started at *moment* or later."""
        return self._runs("started >= ?", now_text(moment))

    def captures_since(self, moment: datetime, source: str | None = None) -> list[RunCaptures]:
        """How many captures each run made that started at *moment* or later, of one *source* or of
        all."""
        of_source = "source = ? AND" if source else ""
        rows = self.rows(
            f"SELECT run_id, source, started, captures FROM runs WHERE {of_source} started >= ? "  # noqa: S608 - words of ours; values are bound
            "ORDER BY started, run_id",
            *((source,) if source else ()),
            now_text(moment),
        )
        return [RunCaptures(*row) for row in rows]

    def running(self) -> list[Run]:
        """The runs that have not ended, as far as the state knows: their process may be dead."""
        return self._runs("state = 'running'")

    def has_finished(self, source: str) -> bool:
        """Whether a run of *source* has come to its end."""
        query = "SELECT 1 FROM runs WHERE source = ? AND state = 'done' LIMIT 1"
        return bool(self.rows(query, source))

    def last_done(self, source: str) -> str | None:
        """When the newest run of *source* began that has come to its end."""
        query = (
            "SELECT started FROM runs WHERE source = ? AND state IN ('done', 'budget') "
            "ORDER BY started DESC LIMIT 1"
        )
        rows = self.rows(query, source)
        return str(rows[0][0]) if rows else None

    def unfinished_runs(self, source: str, but: str) -> list[Run]:
        """The runs of *source*, without that of the id *but*, which were cut short."""
        return self._runs(
            "source = ? AND state NOT IN ('done', 'budget') AND run_id != ?", source, but
        )

    def _runs(self, where: str, *values: Any) -> list[Run]:
        rows = self.rows(f"SELECT * FROM runs WHERE {where} ORDER BY started, run_id", *values)  # noqa: S608 - words of ours; values are bound
        return [Run(*row) for row in rows]

    def last_runs(self, source: str, count: int) -> list[Run]:
        """The newest runs of a source, at most *count*, oldest first."""
        rows = self.rows(
            "SELECT * FROM runs WHERE source = ? ORDER BY started DESC, run_id DESC LIMIT ?",
            *(source, count),
        )
        return [Run(*row) for row in reversed(rows)]

    def sources_with_runs(self) -> set[str]:
        """The names of the sources that have run."""
        return {name for (name,) in self.rows("SELECT DISTINCT source FROM runs")}

    # pauses

    def paused(self) -> set[str]:
        """The sources that are not crawled by schedule; `*` is among them where no source is
        crawled by schedule."""
        return {name for (name,) in self.rows("SELECT source FROM paused")}

    def pause(self, names: Iterable[str]) -> None:
        """Crawl these sources by schedule no more; `*`: all there are and will be."""
        rows = [(name, now_text()) for name in names]
        with self.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO paused VALUES (?, ?)", rows)

    def resume(self, names: Iterable[str]) -> None:
        """Crawl these sources by schedule again; `*`: all."""
        wanted = set(names)
        with self.transaction() as connection:
            if "*" in wanted:
                connection.execute("DELETE FROM paused")
            connection.executemany("DELETE FROM paused WHERE source = ?", [(n,) for n in wanted])

    # frontier

    def visit(self, source: str, url_surtkey: str) -> Visit | None:
        """The newest outcome of a URL of a source."""
        rows = self.rows(
            "SELECT * FROM frontier WHERE source = ? AND url_surtkey = ?", source, url_surtkey
        )
        return Visit(*rows[0]) if rows else None

    def known_visit(self, source: str, url_surtkey: str) -> Visit | None:
        """The newest outcome of a page for a source: its own, or that of a fetch by hand.

        The dates are those that the source's own listings gave.
        """
        own, by_hand = self.visit(source, url_surtkey), self.visit(ADHOC, url_surtkey)
        if by_hand is None or (own and own.fetch_time >= by_hand.fetch_time):
            return own
        return replace(by_hand, source=source, announced=own.announced if own else None)

    def announced_urls(self, source: str) -> list[str]:
        """The addresses of a source's pages that listings dated, and that could be had."""
        query = (
            "SELECT url FROM frontier WHERE source = ? AND announced IS NOT NULL "  # noqa: S608 - words of ours; values are bound
            f"AND outcome IN {HAD}"
        )
        return [url for (url,) in self.rows(query, source)]

    def left_over(self, source: str, most: int) -> list[Visit]:
        """What runs of *source* had no budget left for, and no run has asked for since."""
        rows = self.rows(
            "SELECT * FROM frontier WHERE source = ? AND outcome IN (?, ?) "
            "ORDER BY outcome, fetch_time LIMIT ?",
            *(source, BUDGET, BUDGET_OF_LISTS, most),
        )
        return [Visit(*row) for row in rows]

    def put_visits(self, visits: Iterable[Visit]) -> None:
        """Remember outcomes."""
        rows = [astuple(visit) for visit in visits]  # before the lock: they may ask the state
        with self.transaction() as connection:
            connection.executemany(_insert(Visit, "frontier"), rows)


def _insert(kind: type, table: str) -> str:
    marks = ", ".join("?" for _ in fields(kind))
    return f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608 - words of ours; values are bound


_UPSERT_RUN = _insert(Run, "runs").replace("INSERT OR REPLACE", "INSERT") + (
    " ON CONFLICT (run_id) DO UPDATE SET "
    + ", ".join(f"{field.name} = excluded.{field.name}" for field in fields(Run))
)
_RESTORE_VALIDATOR = _insert(Validator, "validators").replace("INSERT OR REPLACE", "INSERT") + (
    " ON CONFLICT (url_surtkey) DO UPDATE SET "
    + ", ".join(f"{field.name} = excluded.{field.name}" for field in fields(Validator))
    + " WHERE excluded.fetch_time >= validators.fetch_time"
)
