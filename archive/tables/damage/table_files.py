"""Which table files of a generation are there, and whether its journal knows all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path

from archive.disk.damage import damaged
from archive.errors import ArchiveError, TablesMissing
from archive.tables.journal import WITHHELD, last_number, read_journal

_EMPTY = "-000000-"  # in the name of a file without rows
_LOOKED_AT = 4  # journals that are remembered: a command looks at one or two


def check_there(generation: Path, table: str) -> None:
    """Raise TablesMissing where a file with rows of *table* is gone, which the journal names, and
    Damaged where the journal lacks batches that it had.

    Arrow reads what a folder holds: without this, rows would be missing and nobody would know.
    """
    known = _known(generation)
    named = known.get(table, frozenset())
    data = generation / table / "data"
    there = {str(path.relative_to(generation)) for path in data.glob("*/*.parquet")}
    gone = sorted(one for one in named if one not in there or not (generation / one).is_file())
    if gone:
        raise TablesMissing(generation.parents[1], f"{generation.name}/{gone[0]}")
    if any(_EMPTY not in name for name in there - named):
        check_journal(generation)


def check_journal(generation: Path) -> None:
    """Raise Damaged where the journal of *generation* lacks batches that the fold remembers: it is
    told of a batch once the journal has its line."""
    path = generation / "fold.db"
    last = 0
    with suppress(sqlite3.DatabaseError):
        name = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(name, uri=True)) as connection:
            last = connection.execute("SELECT max(number) FROM batches").fetchone()[0] or 0
    if last > last_number(read_journal(generation)):
        what = f"it lacks batches: the last was {last}"
        raise damaged(generation / "batches.jsonl", what)


def _known(generation: Path) -> Mapping[str, frozenset[str]]:
    try:
        seen = (generation / "batches.jsonl").stat()
    except FileNotFoundError:
        raise TablesMissing(generation.parents[1], f"{generation.name}/batches.jsonl") from None
    return _named(generation, seen.st_ino, seen.st_size, seen.st_mtime_ns)


@lru_cache(maxsize=_LOOKED_AT)
def _named(generation: Path, *_: int) -> Mapping[str, frozenset[str]]:
    """By table the files with rows that the journal of *generation* names."""
    found: dict[str, set[str]] = {}
    for entry in read_journal(generation):
        for file in entry.files:
            if file.rows:
                found.setdefault(file.path.split("/", 1)[0], set()).add(file.path)
    return {table: frozenset(paths) for table, paths in found.items()}


def table_files(generation: Path) -> Iterator[Path]:
    """The table files of *generation*: those that its journal names, and those that are there."""
    with suppress(ArchiveError, OSError):
        for entry in read_journal(generation):
            yield from (generation / file.path for file in entry.all_files)
    for pattern in ("*/data/*/*.parquet", f"{WITHHELD}/*/*/*.parquet"):
        yield from sorted(generation.glob(pattern))
