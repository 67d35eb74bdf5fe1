"""A generation into the next, whose rows other removals hide: what is not touched is linked."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from archive.config import raise_format
from archive.disk import files
from archive.layout import link_tables, point_to
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones
from archive.removal.withheld import is_withheld
from archive.tables import journal
from archive.tables.journal import JournalEntry, TableFile
from archive.version import LIBRARY_FORMAT
from pipelines.removal.split import Split, renamed, split_files

_MEMORY: Final = "fold.db"
_CARD: Final = "removal.json"


def apply(library: Library, tombstones: Tombstones) -> None:
    """Make the generation in which exactly *tombstones* hide rows, and let readers see it.

    The caller holds the lock of publishing. Where this is interrupted, readers see what they saw
    before; the next call begins anew.
    """
    current, building = library.generation, library.path / "generations/building"
    _drop_unlinked(library, building)
    entries = journal.read_journal(current)
    made = [split_files(entry, current, tombstones) for entry in entries]
    raise_format(library.path, LIBRARY_FORMAT)  # first: an older program obeys no removal
    if not any(split.rewritten for splits in made for split in splits):
        files.put(current / NAME, tombstones.to_bytes())  # nothing to hide, nothing to show again
        return
    number = f"{max(int(name.name) for name in current.parent.glob('[0-9]*')) + 1:04}"
    generation = building / number
    files.make_folder(generation)
    files.put(building / _CARD, json.dumps({"generation": number}).encode())
    _link_empty(current, generation)
    written = (_write(*one, current, generation) for one in zip(entries, made, strict=True))
    lines = [journal.to_line(entry) + b"\n" for entry in written]
    _copy_memory(current / _MEMORY, generation / _MEMORY)
    files.put(generation / NAME, tombstones.to_bytes())
    files.put(generation / "batches.jsonl", b"".join(lines))
    files.rename(generation, current.parent / number)
    point_to(library.path, number)
    link_tables(library.path)
    files.remove_tree(building)


def _drop_unlinked(library: Library, building: Path) -> None:
    """Remove what a crash left: half a generation, or one that was not linked yet."""
    try:
        number = str(json.loads((building / _CARD).read_bytes())["generation"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        number = ""
    left = building.parent / number
    if number.isdigit() and left != library.generation:
        files.remove_tree(left)
    files.remove_tree(building)


def _write(entry: JournalEntry, made: list[Split], current: Path, generation: Path) -> JournalEntry:
    """Write or link the files of *entry*; its line in the new journal."""
    found: list[TableFile] = []
    for split in made:
        linked = [replace(file, path=renamed(file.path, generation.name)) for file in split.kept]
        pairs = zip(split.kept, linked, strict=True)
        files.mirror((current / old.path, generation / new.path) for old, new in pairs)
        found += [*linked, *split.write(generation)]
    found.sort(key=lambda file: file.path)
    shown = tuple(file for file in found if not is_withheld(file.path))
    return replace(entry, files=shown, withheld=tuple(f for f in found if is_withheld(f.path)))


def _link_empty(current: Path, generation: Path) -> None:
    """The files without rows that show the columns of each table."""
    paths = sorted(current.glob(f"*/data/*/g{current.name}-000000-*.parquet"))
    names = (renamed(str(path.relative_to(current)), generation.name) for path in paths)
    files.mirror(zip(paths, (generation / name for name in names), strict=True))


def _copy_memory(old: Path, new: Path) -> None:
    """The fold's memory: what it has seen is not what readers see, so it stays as it is."""
    with closing(sqlite3.connect(old)) as source, closing(sqlite3.connect(new)) as target:
        source.backup(target)
    files.sync_file(new)
