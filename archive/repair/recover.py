"""What a crash left, into what a reader expects: every command that writes begins with it.

Touches only what it can lock, so what a live crawl writes is left alone. Doing it again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.disk import files
from archive.library import Library, restored_of
from archive.repair.dead_runs import Lost, end_lost_runs
from archive.repair.leftovers import remove_leftovers
from archive.repair.torn_files import MendedFile, mend
from archive.state.rows import WarcFileRow
from archive.warc import cdxj
from archive.warc.records import Located
from archive.warc.scan import scan
from archive.warc_file import index_path


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery did: files sealed, runs ended, temporary names removed, indexes made again."""

    mended: tuple[MendedFile, ...] = ()
    lost: tuple[Lost, ...] = ()
    removed: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.mended or self.lost or self.removed or self.indexed)


def recover(library: Library, held: Collection[str] = ()) -> Recovered:
    """Seal `.open` files that have no writer, end runs whose process is gone, remove leftovers.

    *held* are the locks that the caller holds: `publish`, `source-NAME`.
    """
    mended = tuple(_mend_all(library))
    removed = tuple(remove_leftovers(library, held))
    _enter_files(library)
    lost = tuple(end_lost_runs(library, held))
    return Recovered(mended, lost, removed, tuple(_index_again(library)))


def _mend_all(library: Library) -> Iterator[MendedFile]:
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz.open")):
        with files.unheld(path) as left:
            if left:
                yield mend(library, path)


def _enter_files(library: Library) -> None:
    """Make the state know each sealed WARC file, and none that is gone."""
    known = {file.name for file in library.state.warc_files() if file.sealed}
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")):
        name = str(path.relative_to(library.path))
        if name not in known:
            library.state.set_synced(name, path.stat().st_size, sealed=True)
    for file in _gone(library):
        library.state.forget_warc(file.name)


def _gone(library: Library) -> list[WarcFileRow]:
    found = []
    for file in library.state.warc_files():
        sealed = library.path / file.name
        if not (sealed.with_name(f"{sealed.name}.open").exists() or sealed.exists()):
            found.append(file)
    return found


def _index_again(library: Library) -> Iterator[str]:
    """Write the CDXJ that our sealed files lack."""
    for path in sorted(library.path.glob("warc/[0-9]*/**/BACKISSUE-*.warc.gz")):
        index = index_path(path)
        if not index.exists():
            files.put(index, index_bytes_of(library, path))
            yield str(index.relative_to(library.path))


def index_bytes_of(library: Library, path: Path) -> bytes:
    """The CDXJ of a WARC file of ours."""
    name, restored = str(path.relative_to(library.path)), restored_of(library, path)
    with path.open("rb") as stream:
        whole = (one for one in scan(stream, restored=restored) if isinstance(one, Located))
        return cdxj.index_bytes(filter(None, (cdxj.entry_of(one, name) for one in whole)))
