"""What a command line names, files and folders, into the files to import and those left unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import UsageError
from pipelines.importing.spooling import STDIN
from pipelines.importing.storage import is_importable
from pipelines.importing.wacz_lists import listed_in

_INDEXES = (".cdx", ".cdxj", ".idx", ".cdx.gz", ".cdxj.gz")
_OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(slots=True)
class Unread:
    """Files of a folder that are no WARC, ARC or WACZ: how many there are of each ending.

    They *matter* unless they hold no capture in any case: indexes, and what systems put there.
    """

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    matters: bool = False

    def add(self, path: Path) -> None:
        """One more file."""
        name = path.name.lower()
        ending = next((one for one in _INDEXES if name.endswith(one)), path.suffix.lower())
        hidden = path.name in _OF_SYSTEMS or name.startswith("._")
        self.counts[path.name if hidden else ending or "without ending"] += 1
        self.matters = self.matters or not (hidden or ending in _INDEXES)

    def in_words(self) -> str:
        """How many there are of each ending, the most frequent first."""
        return ", ".join(f"{count:,} {ending}" for ending, count in self.counts.most_common())


@dataclass(slots=True)
class FilesToImport:
    """The files, and what of named folders is not read."""

    paths: list[Path] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def files_to_import(given: Iterable[Path]) -> FilesToImport:
    """The files that are *given*, and those in given folders, at any depth; UsageError where there
    are none."""
    found = FilesToImport()
    for path in given:
        if path == STDIN or path.is_file():
            found.paths.append(path)
        elif path.is_dir():
            _add_folder(path, found)
        elif path.exists():
            raise UsageError(f"{path}: neither a file nor a folder: send it to standard input")
        else:
            raise UsageError(f"{path}: no such file")
    return found


def _add_folder(folder: Path, found: FilesToImport) -> None:
    unread, paths = Unread(folder), list[Path]()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        if path.name.startswith("._"):
            unread.add(path)
        elif is_importable(path):
            paths.append(path)
        elif (members := listed_in(path)) is not None:
            if any(member.elsewhere for member in members):
                paths.append(path)  # its other files stand in the folder, too
        else:
            unread.add(path)
    if not paths:
        there = f": there are {unread.in_words()}" if unread.counts else ""
        raise UsageError(f"{folder}: no WARC, ARC or WACZ file in this folder{there}")
    found.paths += paths
    found.unread += [unread] if unread.counts else []
