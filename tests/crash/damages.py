"""Libraries that are damaged on purpose: whether the judge sees it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from crash import judge
from crash.scene import Scene


def damaged(libraries: Path, folder: Path) -> dict[str, list[str]]:
    """What the judge says of a library that is damaged on purpose, by the name of the damage."""
    return {name: _judged(libraries, folder / name, damage) for name, damage in DAMAGES.items()}


def _judged(libraries: Path, folder: Path, damage: Callable[[Path], None]) -> list[str]:
    shutil.copytree(libraries / "published", folder, symlinks=True)
    scene = Scene(folder, 2)
    try:
        damage(scene.library)
        return judge.judge(scene.library, scene.acknowledged(), scene.answers(), published=True)
    finally:
        scene.close()


def _first(library: Path, pattern: str) -> Path:
    return min(path for path in library.glob(pattern) if path.stat().st_size)


def _change(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "nothing": lambda library: None,
    "cut": lambda library: _change(_first(library, "warc/**/*.warc.gz"), lambda data: data[:-5]),
    "emptied": lambda library: _change(
        _first(library, "warc/**/*.warc.gz"), lambda data: data[:300]
    ),
    "removed": lambda library: _first(library, "warc/**/*.warc.gz").unlink(),
    "unindexed": lambda library: _first(library, "warc/**/*.cdxj").unlink(),
    "index line": lambda library: _change(
        _first(library, "warc/**/*.cdxj"), lambda data: data.partition(b"\n")[2]
    ),
    "left over": lambda library: (library / "warc/.x.tmp").touch(),
    "journal line": lambda library: _change(
        library / "current/batches.jsonl", lambda data: data[: data.find(b"\n") + 1]
    ),
    "table removed": lambda library: _first(library, "captures/data/*/*-000001-*").unlink(),
    "table twice": lambda library: _twice(_first(library, "captures/data/*/*-000001-*")),
    "table changed": lambda library: _change(
        _first(library, "articles/data/*/*-000001-*"), lambda data: data + b"x"
    ),
}


def _twice(path: Path) -> None:
    shutil.copyfile(path, path.with_name(f"x{path.name}"))
