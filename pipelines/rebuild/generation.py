"""A generation that is being made, in `generations/building/`, where no reader looks.

Only the same code, settings and libraries use again what an interrupted rebuild has staged and
written there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.config import raise_format
from archive.disk import files
from archive.layout import link_tables, make_generation, point_to
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones
from archive.repair.leftovers import mark_superseded
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span
from archive.version import LIBRARY_FORMAT
from pipelines.derive.staging import covering, folder_of
from pipelines.extractor_version import fingerprint
from pipelines.fold.memory import FoldMemory
from pipelines.next_generation import link_generation

_FORMAT = 1  # version of what is noted of a generation that is being made


@dataclass(frozen=True, slots=True)
class Building:
    """A generation in the making; its *folder* holds its tables, a card, and what is staged."""

    folder: Path
    number: str

    @property
    def generation(self) -> Path:
        """Its tables; the folder's name is the generation's number already."""
        return self.folder / self.number

    @property
    def staging(self) -> Path:
        """The folder where rows wait that no batch has taken in yet."""
        return self.folder / "staged"

    def entries(self) -> list[JournalEntry]:
        """The batches that are written and remembered."""
        memory = FoldMemory(self.generation)
        try:
            last = memory.last_batch()
            return [
                one for one in journal.read_journal(self.generation) if one.batch.number <= last
            ]
        finally:
            memory.close()

    def journalled(self) -> set[int]:
        """The numbers of the batches that are written, remembered or not."""
        return {entry.batch.number for entry in journal.read_journal(self.generation)}

    def is_staged(self, span: Span) -> bool:
        """Whether the rows of *span* are there, all of them."""
        return covering(self.staging, span) is not None

    @property
    def learning(self) -> Path:
        """The place of the memory of a fold that only learns."""
        return self.folder / "learning"

    def drop(self, span: Span) -> None:
        """Remove the staged rows of *span*: a batch has them."""
        files.remove_tree(folder_of(self.staging, span))


def half_made(library: Library) -> Building | None:
    """The generation that stands half or wholly made beside the current one."""
    folder = library.path / "generations/building"
    card = _card(folder)
    if card is None:
        return None
    building = Building(folder, card["generation"])
    return building if (building.generation / "batches.jsonl").exists() else None


def begin(
    library: Library,
    batches: Mapping[int, Batch],
    tombstones: Tombstones,
    *,
    relearn: bool = False,
    lost: Sequence[str] = (),
) -> Building:
    """The half-made generation, if the same code made it of the same *batches*; else a new
    generation, in which *tombstones* hide rows.

    *relearn*: it is made with templates of the whole history. *lost*: places that it is made
    without; a generation that was made without other places is begun again.
    """
    folder = library.path / "generations/building"
    _take_back(library, folder)
    found = half_made(library)
    hides = sha256(tombstones.to_bytes()).hexdigest()
    made = {"made_by": fingerprint(), "relearn": relearn, "lost": list(lost), "hides": hides}
    number = f"{max(int(name) for name in _numbers(library)) + 1:04}"
    if found and _fits(found, batches, made):
        return _renumbered(found, number)
    files.remove_tree(folder)
    building = Building(folder, number)
    make_generation(building.generation, library.settings.created)
    if tombstones.records:
        files.put(building.generation / NAME, tombstones.to_bytes())
    card = {"format": _FORMAT, "generation": number, **made}
    files.put(folder / "card.json", json.dumps(card).encode())  # last: now it can be gone on with
    return building


def promote(library: Library, building: Building) -> Path:
    """Let readers see it: the folder gets its place, and the link is swapped."""
    final = library.path / "generations" / building.number
    raise_format(library.path, LIBRARY_FORMAT)  # first: an older program lacks its columns
    files.rename(building.generation, final)
    point_to(library.path, building.number)
    link_tables(library.path)
    mark_superseded(library)
    files.remove_tree(building.folder)
    return final


def _take_back(library: Library, folder: Path) -> None:
    """Put back what a crash in `promote` left between the rename and the link."""
    card = _card(folder)
    if card is None:
        return
    final = library.path / "generations" / card["generation"]
    if final.is_dir() and final != library.generation:
        files.rename(final, folder / card["generation"])


def _renumbered(building: Building, number: str) -> Building:
    """The half-made generation as number *number*: others may have come since it was begun."""
    if building.number == number:
        return building
    old, new = building.generation, Building(building.folder, number)
    files.remove_tree(new.generation)
    link_generation(old, new.generation)
    card = {**(_card(building.folder) or {}), "generation": number}
    files.put(building.folder / "card.json", json.dumps(card).encode())
    files.remove_tree(old)
    return new


def _fits(building: Building, batches: Mapping[int, Batch], made: dict[str, Any]) -> bool:
    card = {"relearn": False, "lost": [], **(_card(building.folder) or {})}
    written = (entry.batch for entry in journal.read_journal(building.generation))
    same = all(card.get(name) == value for name, value in made.items())
    return same and all(batches.get(batch.number) == batch for batch in written)


def _card(folder: Path) -> dict[str, Any] | None:
    try:
        card: dict[str, Any] = json.loads((folder / "card.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return card if card.get("format") == _FORMAT else None


def _numbers(library: Library) -> list[str]:
    names = (path.name for path in (library.path / "generations").iterdir())
    return [name for name in names if name.isdigit()]
