"""The tombstones of a library, wherever they are recorded, brought into force."""

from __future__ import annotations

from collections.abc import Iterable

from archive.disk import files
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstone, Tombstones, read, union
from pipelines.removal.generation import apply


def gather(library: Library, more: Iterable[Tombstone] = ()) -> Tombstones:
    """All removals that the library, its tables and *more* know; `tombstones.jsonl` has them."""
    path = library.path / NAME
    kept = read(path)
    applied = read(library.current / NAME)
    found = union(kept, applied, more)
    if found.records != union(kept).records:
        files.put(path, found.to_bytes())
    return found


def settle(library: Library, more: Iterable[Tombstone] = ()) -> bool:
    """Let the tables hide exactly what the library's tombstones and *more* say; whether they did
    something else before.

    Call it with the lock of publishing held.
    """
    found = gather(library, more)
    if found.records == Tombstones(read(library.generation / NAME)).records:
        return False
    apply(library, found)
    return True
