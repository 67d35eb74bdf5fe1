"""The folder of source files as it is now: what is declared, and which files are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import InvalidSource
from archive.source import Source
from crawlers.sources.toml import load_source


@dataclass(frozen=True, slots=True)
class DeclaredSources:
    """The sources by name, and what is wrong in the files that declare none, by the file's stem."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    broken: Mapping[str, InvalidSource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """What was read from a file, and what the file looked like then."""

    looks: tuple[int, int, int]
    source: Source | None
    problem: InvalidSource | None = None


class SourceFiles:
    """Reads the source files of a folder, those that changed, again and again.

    A file that was right once and is wrong now goes on counting as it was.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Path, _ReadFile] = {}

    def read(self) -> DeclaredSources:
        """What the files declare now."""
        paths = sorted(self._folder.glob("[!.]*.toml"))
        self._files = {path: self._look(path) for path in paths}
        sources: dict[str, Source] = {}
        broken: dict[str, InvalidSource] = {}
        for path, file in self._files.items():
            if file.problem:
                broken[path.stem] = file.problem
            if file.source and file.source.name in sources:
                taken = f"expected another one, {file.source.name!r} is in another file already"
                broken[path.stem] = InvalidSource(path, "name", taken)
            elif file.source:
                sources[file.source.name] = file.source
        return DeclaredSources(sources, broken)

    def _look(self, path: Path) -> _ReadFile:
        before = self._files.get(path)
        looks = _looks(path)
        if before and before.looks == looks:
            return before
        try:
            return _ReadFile(looks, load_source(path))
        except InvalidSource as error:
            return _ReadFile(looks, before.source if before else None, error)


def _looks(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:  # gone meanwhile, or a dangling link: reading it tells
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
