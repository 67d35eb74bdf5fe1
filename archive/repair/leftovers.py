"""Temporary files, folders and links that a crash left behind: gone, once nobody holds them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import LockHeld
from archive.library import Library

_TEMPORARY = (
    ".*.tmp",
    "sources/.*.tmp",
    "warc/**/.*.tmp",
    "quarantine/.*.tmp",
    "releases/.*.tmp",
    "templates/*/.*.tmp",
    "generations/*/.*.tmp",
    "generations/building/*/.*.tmp",
    "generations/merging/*/.*.tmp",
    "generations/building/staged/*/*/.*",
    "state/*/.*.tmp",
    "state/staging/*/*/.*",
)

_MARK = "superseded"  # an empty file in a generation: since when another is in its place


def remove_leftovers(library: Library, held: Collection[str] = ()) -> list[str]:
    """Remove what no process holds; the names, relative to the library.

    *held* are the locks that the caller holds. What only publishing makes goes while nobody
    publishes.
    """
    found = sorted(path for pattern in _TEMPORARY for path in library.path.glob(pattern))
    removed = [path for path in found if _remove(path)]
    if any(_of_publishing(library)):
        with suppress(LockHeld):
            publishing = library.lock_file("publish")
            with nullcontext() if "publish" in held else lock(publishing):
                removed += [path for path in _of_publishing(library) if _remove_of_publishing(path)]
    return [str(path.relative_to(library.path)) for path in removed]


def _remove(path: Path) -> bool:
    with files.unheld(path) as left:
        if left and path.is_dir():
            files.remove_tree(path)
        elif left:
            path.unlink()
        return left


def _of_publishing(library: Library) -> Iterator[Path]:
    """Workspaces of batches, links that were not swapped in, folders in which nothing is staged,
    and the generations that readers have had time to leave."""
    yield from library.staging.glob("batch-*")
    yield from _superseded(library)
    yield from library.path.glob(".current.*")
    for pattern in ("*/*", "*"):
        for path in sorted(library.staging.glob(pattern)):
            if path.is_dir() and not any(path.iterdir()):
                yield path


def mark_superseded(library: Library) -> None:
    """Let the older generations say since when another is in their place: each says it once."""
    for path in _older(library):
        if not (path / _MARK).exists():
            files.put(path / _MARK, b"")


def _superseded(library: Library) -> Iterator[Path]:
    """Older generations, once others have been in their place for the time of grace."""
    try:
        swapped = (library.path / "current").lstat().st_mtime
    except FileNotFoundError:
        return
    grace = library.settings.disk.keep_generations.total_seconds()
    for path in _older(library):
        mark = path / _MARK
        since = mark.stat().st_mtime if mark.exists() else swapped
        if time.time() - since > grace:
            yield path


def _older(library: Library) -> list[Path]:
    try:
        present = (library.path / "current").readlink().name  # its tables may be damaged
    except OSError:  # it is gone, or no link
        return []
    found = library.path.glob("generations/[0-9]*")
    return sorted(path for path in found if path.name < present)


def _remove_of_publishing(path: Path) -> bool:
    if path.is_symlink():
        path.unlink()
    elif path.name.startswith("batch-") or path.parent.name == "generations":
        files.remove_tree(path)
    else:
        return files.remove_empty(path)
    return True
