"""The journal of a generation as an index that follows it sees it: which batches there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.search.database import State
from archive.tables.journal import JournalEntry, last_number, read_journal


@dataclass(frozen=True, slots=True)
class Batches:
    """The complete batches of a generation, as its journal has them.

    *digests* has for each batch that of the journal up to it.
    """

    generation: Path
    entries: tuple[JournalEntry, ...]
    digests: Mapping[int, str]

    @classmethod
    def of(cls, generation: Path) -> Batches:
        """The batches that *generation* has now."""
        entries, digests, digest = tuple(read_journal(generation)), {0: ""}, ""
        for entry in entries:
            digest = hashlib.sha256(f"{digest}{entry!r}".encode()).hexdigest()
            digests[entry.batch.number] = digest
        return cls(generation, entries, digests)

    def state(self, batch: int | None = None) -> State:
        """What an index of all batches is of, or of those up to *batch*."""
        last = last_number(self.entries) if batch is None else batch
        return State(self.generation.name, last, self.digests.get(last, "no such batch"))

    def after(self, batch: int) -> tuple[JournalEntry, ...]:
        """The batches that came after *batch*."""
        return tuple(entry for entry in self.entries if entry.batch.number > batch)

    def files(self, table: str, entries: Iterable[JournalEntry] | None = None) -> list[Path]:
        """The files of *table* in all batches, or in *entries*."""
        chosen = self.entries if entries is None else entries
        names = [file.path for entry in chosen for file in entry.files if file.rows]
        return [self.generation / name for name in names if name.split("/")[0] == table]
