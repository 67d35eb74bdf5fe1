"""A generation into the next, whose rows other removals hide: what is not touched is linked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from archive.config import raise_format
from archive.disk import files
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones
from archive.removal.withheld import is_withheld
from archive.tables import journal
from archive.tables.journal import JournalEntry, TableFile
from archive.version import LIBRARY_FORMAT
from pipelines.next_generation import link_files, supersede
from pipelines.removal.split import Split, split_files

_WORKSHOP: Final = "building"  # a half-made rebuild goes: it hides other rows


def apply(library: Library, tombstones: Tombstones) -> None:
    """Make the generation in which exactly *tombstones* hide rows, and let readers see it.

    The caller holds the lock of publishing. Where this is interrupted, readers see what they saw
    before; the next call begins anew.
    """
    current = library.generation
    entries = journal.read_journal(current)
    made = [split_files(entry, current, tombstones) for entry in entries]
    if not any(split.rewritten for splits in made for split in splits):
        raise_format(library.path, LIBRARY_FORMAT)  # first: an older program obeys no removal
        files.put(current / NAME, tombstones.to_bytes())  # nothing to hide, nothing to show again
        return

    def write(generation: Path) -> list[JournalEntry]:
        pairs = zip(entries, made, strict=True)
        return [_write(*one, current, generation) for one in pairs]

    supersede(library, _WORKSHOP, tombstones.to_bytes(), write)


def _write(entry: JournalEntry, made: list[Split], current: Path, generation: Path) -> JournalEntry:
    """Write or link the files of *entry*; its line in the new journal."""
    found: list[TableFile] = []
    for split in made:
        found += [*link_files(split.kept, current, generation), *split.write(generation)]
    found.sort(key=lambda file: file.path)
    shown = tuple(file for file in found if not is_withheld(file.path))
    return replace(entry, files=shown, withheld=tuple(f for f in found if is_withheld(f.path)))
