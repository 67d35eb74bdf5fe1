"""The removals that are in force in a library just now, for a process that lives on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from archive.errors import CaptureNotFound, PageRemoved
from archive.removal.tombstones import NAME, Tombstone, Tombstones, read
from archive.tables.names import SHORTEST


class Removals:
    """The removals of the library in *folder*, read again when they have changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, ...] | None = None
        self._tombstones = Tombstones()

    def now(self) -> Tombstones:
        """The removals in force; ArchiveError where the list cannot be read."""
        path = self._path()
        seen = None
        with suppress(FileNotFoundError):
            found = path.stat()
            seen = found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
        if seen != self._seen:
            self._tombstones, self._seen = Tombstones(read(path)), seen
        return self._tombstones

    def _path(self) -> Path:
        """The list of the tables; that of the library where there are no tables."""
        current = self._folder / "current"
        return (current if current.is_dir() else self._folder) / NAME


def not_found(generation: Path, wanted: str) -> CaptureNotFound:
    """The error that says that *wanted*, an address or an id, is not there, or why it is hidden."""
    if found := removals_of(generation, wanted):
        return PageRemoved(wanted, found[0].words, found[0].target.cure)
    return CaptureNotFound(wanted)


def removals_of(generation: Path, wanted: str) -> list[Tombstone]:
    """The removals that hide what *wanted* names in a generation, an address or an id: several
    where it is the beginning of several ids."""
    tombstones = Tombstones(read(generation / NAME))
    addresses = _addresses(generation, wanted) if tombstones else ()
    return list(dict.fromkeys(filter(None, map(tombstones.of, addresses))))


def _addresses(generation: Path, wanted: str) -> Iterator[str]:
    """The address that *wanted* is, or those of the withheld rows whose id it is or begins."""
    name = wanted.strip().strip("<>")
    if not name.startswith("urn:") and any(sign in name for sign in ":./"):
        yield name if "://" in name else f"https://{name}"
        return
    if len(name) < SHORTEST:
        return
    import pyarrow.compute as pc  # Arrow, which few need who ask for removals

    from archive.removal.withheld import withheld_rows

    column = "warc_record_id" if ":" in name else "article_id"
    table = "captures" if ":" in name else "articles"
    hidden = withheld_rows(generation, table, [column, "url"])
    yield from hidden.filter(pc.starts_with(hidden[column], name))["url"].to_pylist()


def in_force(folder: Path) -> Tombstones:
    """The removals in force in the library in *folder*."""
    return Removals(folder).now()
