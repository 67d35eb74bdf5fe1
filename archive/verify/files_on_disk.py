"""What is on the disk of a library, read without a write: WARC files, tables, state, locks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.disk.locks import is_held
from archive.state.database import State
from archive.state.read_only import ask
from archive.state.rows import WarcFileRow
from archive.warc.restored import FOLDER as RESTORED

IMPORTED = "warc/imported/"


@dataclass(frozen=True, slots=True)
class WarcOnDisk:
    """A WARC file of ours: *end* is how many of its bytes count.

    All bytes of a sealed file count; of a file that is still written, those that the state says are
    on the disk.
    """

    name: str
    path: Path
    end: int
    sealed: bool

    @property
    def is_captured(self) -> bool:
        """Whether it was written by a crawl or a batch: not what stands in for damaged records."""
        return not self.name.startswith(f"{RESTORED}/")


def warc_files(library: Path, known: list[WarcFileRow]) -> list[WarcOnDisk]:
    """The WARC files that we wrote, by name; *known* was read from the state before."""
    synced = {file.name: file.synced_offset for file in known}
    found: dict[str, WarcOnDisk] = {}
    for path in sorted(library.glob("warc/[0-9]*/**/*.warc.gz.open")):
        name = str(path.relative_to(library)).removesuffix(".open")
        found[name] = WarcOnDisk(name, path, synced.get(name, 0), False)
    sealed = (*library.glob("warc/[0-9]*/**/*.warc.gz"), *library.glob(f"{RESTORED}/*.warc.gz"))
    for path in sorted(sealed):  # second: it may just be sealed
        name = str(path.relative_to(library))
        if not name.startswith(IMPORTED):
            found[name] = WarcOnDisk(name, path, path.stat().st_size, True)
    return [found[name] for name in sorted(found)]


def length(warc: WarcOnDisk) -> int:
    """How long the file is now."""
    try:
        return warc.path.stat().st_size
    except FileNotFoundError:
        return warc.path.with_name(warc.path.name.removesuffix(".open")).stat().st_size


def is_left_open(warc: WarcOnDisk) -> bool:
    """Whether an open file has no writer any more: a crash left it."""
    return not warc.sealed and not is_held(warc.path) and warc.path.exists()


def read_state(library: Path) -> list[WarcFileRow]:
    """The WARC files that the state knows; Damaged where it cannot be read."""
    return ask(library, State.warc_files)
