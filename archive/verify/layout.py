"""The links of a library, and what its state says of its WARC files against what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from archive.errors import ArchiveError
from archive.removal.tombstones import NAME, read
from archive.state.rows import WarcFileRow
from archive.tables.columns import tables_in
from archive.tables.schema import TABLES
from archive.types import Finding
from archive.verify.checks import FindingPlace


def judge_links(library: Path) -> Iterator[Finding]:
    """Whether the link `current` leads to a generation, and those of the tables through it."""
    target = _target(library / "current")
    generation = library / target if target else None
    if generation is None or generation.parent != library / "generations":
        yield FindingPlace(path="current").finding("library.link", f"leads to {target}")
    elif not generation.is_dir():
        yield FindingPlace(path="current").finding("library.link", f"there is no {target}")
    tables = tables_in(generation) if generation and generation.is_dir() else tuple(TABLES)
    for name in (*tables, "batches.jsonl"):
        found = _target(library / name)
        if found != f"current/{name}":
            yield FindingPlace(path=name).finding("library.link", f"leads to {found}")
        elif generation and generation.is_dir() and not (generation / name).exists():
            yield FindingPlace(path=name).finding("library.link", f"there is no {target}/{name}")


def judge_tombstones(library: Path) -> Iterator[Finding]:
    """What a person had removed, as the library records it, against what the tables obey."""
    place, known = FindingPlace(path=NAME), []
    for path in (library / NAME, library / "current" / NAME):
        try:
            known.append(set(read(path)))
        except ArchiveError as error:
            yield place.finding("library.tombstones", str(error))
    if len(known) == 2 and known[0] - known[1]:  # kept, applied
        detail = f"{len(known[0] - known[1]):,} are recorded, and not in force"
        yield place.finding("library.removal", detail)
    elif len(known) == 2 and known[1] - known[0]:
        detail = f"{len(known[1] - known[0]):,} are in force, and not in the list"
        yield place.finding("library.removal", detail)


def _target(link: Path) -> str | None:
    return str(link.readlink()) if link.is_symlink() else None


def judge_state(
    known: Iterable[WarcFileRow], sizes: Mapping[str, int], sealed: frozenset[str]
) -> Iterator[Finding]:
    """The state's WARC files against the lengths of those that are there."""
    names = set()
    for file in known:
        names.add(file.name)
        place, size = FindingPlace(path=file.name), sizes.get(file.name)
        if size is None:
            yield place.finding("warc.gone", f"the state knows {file.synced_offset:,} bytes of it")
        elif file.synced_offset > size:
            detail = f"{file.synced_offset:,} bytes are on the disk, it says; there are {size:,}"
            yield place.finding("state.offset", detail)
    for name in sorted(sealed - names):
        yield FindingPlace(path=name).finding("state.unknown", "`backissue repair` enters it")
