"""A library with a file for each batch into one with a file for each closed day or month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from archive.disk import files
from archive.library import Library
from archive.removal.withheld import table_files
from archive.tables import journal
from archive.tables.journal import JournalEntry
from pipelines.merging.merged_files import merge_group
from pipelines.merging.plan import Group, unmerged
from pipelines.next_generation import link_entry, supersede, sync_names, tombstones_of

_WORKSHOP: Final = "merging"


def merge(library: Library) -> bool:
    """Make the generation in which closed days and months are merged, and let readers see it;
    whether there was one to make.

    The caller holds the lock of publishing. Nothing happens while the disk has no room. Where this
    is interrupted, readers see what they saw before; the next call begins anew.
    """
    current = library.generation
    entries = journal.read_journal(current)
    groups = unmerged(entries)
    if not groups or not _has_room(library, groups, current):
        return False

    def write(generation: Path) -> Iterator[JournalEntry]:
        return _write(entries, groups, current, generation)

    supersede(library, _WORKSHOP, tombstones_of(current), write)
    return True


def merge_within(generation: Path) -> None:
    """Merge the closed days and months of a *generation* that no reader sees yet.

    May be repeated after a crash: what no line of the journal names is removed first.
    """
    entries = journal.read_journal(generation)
    _remove_unlisted(generation, entries)
    if groups := unmerged(entries):
        merged = {one.batch.number: one for group in groups for one in _within(group, generation)}
        new = [merged.get(entry.batch.number, entry) for entry in entries]
        sync_names(generation)
        lines = [journal.to_line(entry) + b"\n" for entry in new]
        files.put(generation / "batches.jsonl", b"".join(lines))
        _remove_unlisted(generation, new)


def _within(group: Group, generation: Path) -> list[JournalEntry]:
    return merge_group(group, generation, generation)


def _has_room(library: Library, groups: Iterable[Group], current: Path) -> bool:
    several = (file for group in groups for entry in group for file in entry.all_files)
    size = sum((current / file.path).stat().st_size for file in several)
    return files.free(library.path) >= library.settings.disk.floor + size


def _write(
    entries: Sequence[JournalEntry], groups: Sequence[Group], current: Path, generation: Path
) -> Iterator[JournalEntry]:
    """Write merged files, link the others; the lines of the new journal."""
    left = {group[0].batch.number: group for group in groups}
    merged = {entry.batch.number for group in groups for entry in group}
    for entry in entries:
        if group := left.get(entry.batch.number):
            yield from merge_group(group, current, generation)
        elif entry.batch.number not in merged:
            yield link_entry(entry, current, generation)


def _remove_unlisted(generation: Path, entries: Sequence[JournalEntry]) -> None:
    listed = {file.path for entry in entries for file in entry.all_files}
    for path in sorted(set(table_files(generation)) - listed):
        if f"/g{generation.name}-000000-" not in path:
            (generation / path).unlink()
