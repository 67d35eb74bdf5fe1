"""A generation into the next, whose files say the same or hide other rows: what stays is linked.

Readers see the old generation until one rename shows them the new one. What a crash leaves half
made is removed by the next try.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from archive.config import raise_format
from archive.disk import files
from archive.layout import link_tables, point_to
from archive.library import Library
from archive.removal.tombstones import NAME
from archive.removal.withheld import table_files
from archive.repair.leftovers import mark_superseded
from archive.tables import journal
from archive.tables.journal import JournalEntry, TableFile
from archive.version import LIBRARY_FORMAT

_MEMORY: Final = "fold.db"
_CARD: Final = "next.json"

Write = Callable[[Path], Iterable[JournalEntry]]
"""Writes and links the table files of a generation below its folder; gives its journal."""


def renamed(path: str, number: str) -> str:
    """The *path* of a table file in the generation *number*."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/g{number}-{name.partition('-')[2]}"


def link_files(kept: Iterable[TableFile], current: Path, generation: Path) -> list[TableFile]:
    """Link files of *current* into *generation*; what they are called there."""
    pairs = [(file, replace(file, path=renamed(file.path, generation.name))) for file in kept]
    files.mirror((current / old.path, generation / new.path) for old, new in pairs)
    return [new for _, new in pairs]


def link_entry(entry: JournalEntry, current: Path, generation: Path) -> JournalEntry:
    """Link the files of *entry* of *current* into *generation*; its line there."""
    shown = tuple(link_files(entry.files, current, generation))
    withheld = tuple(link_files(entry.withheld, current, generation))
    return replace(entry, files=shown, withheld=withheld)


def link_generation(old: Path, new: Path) -> None:
    """Make *new*, which has another number, say all that *old* says."""
    _link_empty(old, new)
    entries = [link_entry(entry, old, new) for entry in journal.read_journal(old)]
    _complete(new, entries, tombstones_of(old))
    _hand_on_memory(old / _MEMORY, new / _MEMORY)


def tombstones_of(generation: Path) -> bytes:
    """What *generation* hides, as its `tombstones.jsonl` has it; empty where it has none."""
    path = generation / NAME
    return path.read_bytes() if path.exists() else b""


def _complete(generation: Path, entries: Iterable[JournalEntry], tombstones: bytes) -> None:
    """Write what stands beside the tables; the journal last."""
    lines = [journal.to_line(entry) + b"\n" for entry in entries]
    sync_names(generation)
    if tombstones:
        files.put(generation / NAME, tombstones)
    files.put(generation / "batches.jsonl", b"".join(lines))


def sync_names(generation: Path) -> None:
    """Force the names of the table files of *generation* to the disk."""
    for folder in sorted({(generation / path).parent for path in table_files(generation)}):
        files.sync_folder(folder)


def supersede(library: Library, workshop: str, tombstones: bytes, write: Write) -> Path:
    """Make the next generation in the folder *workshop* of `generations/`, let readers see it.

    *tombstones* is what it hides, as `tombstones.jsonl` has it. The caller holds the lock of
    publishing.
    """
    current, building = library.generation, library.path / "generations" / workshop
    _drop_unlinked(library, building)
    raise_format(library.path, LIBRARY_FORMAT)  # first: an older program would misread it
    number = f"{max(int(name.name) for name in current.parent.glob('[0-9]*')) + 1:04}"
    generation, final = building / number, current.parent / number
    files.make_folder(generation)
    files.put(building / _CARD, json.dumps({"generation": number}).encode())
    _link_empty(current, generation)
    _complete(generation, write(generation), tombstones)
    files.rename(generation, final)
    _hand_on_memory(current / _MEMORY, final / _MEMORY)
    point_to(library.path, number)
    (current / _MEMORY).unlink(missing_ok=True)
    link_tables(library.path)
    mark_superseded(library)
    files.remove_tree(building)
    return final


def _drop_unlinked(library: Library, building: Path) -> None:
    """Remove what a crash left: half a generation, or one that was not linked yet."""
    try:
        number = str(json.loads((building / _CARD).read_bytes())["generation"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        number = ""
    left = building.parent / number
    if number.isdigit() and number > library.generation.name:
        files.remove_tree(left)
    files.remove_tree(building)


def _link_empty(current: Path, generation: Path) -> None:
    """The files without rows that show the columns of each table."""
    paths = sorted(current.glob(f"*/data/*/g{current.name}-000000-*.parquet"))
    names = (renamed(str(path.relative_to(current)), generation.name) for path in paths)
    files.mirror(zip(paths, (generation / name for name in names), strict=True))


def _hand_on_memory(old: Path, new: Path) -> None:
    """The fold's memory: what it has seen is not how readers see it, so it stays as it is.

    It is linked, for it may have gigabytes; the generation before loses it once it is superseded.
    """
    with closing(sqlite3.connect(old)) as memory:  # what a crash left half done is undone
        memory.execute("SELECT count(*) FROM sqlite_master").fetchone()
    files.mirror([(old, new)])
