"""The folders, links and empty tables of a library: made where they are not there."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from importlib.resources import files as package_files
from pathlib import Path
from typing import Final

from archive.config import new_settings
from archive.disk import files
from archive.errors import UsageError
from archive.tables.columns import tables_in
from archive.tables.parquet import write_empty
from archive.tables.schema import TABLES

FOLDERS: Final = (
    "sources",
    "warc",
    "state/staging",
    "locks",
    "quarantine",
    "releases",
    "templates",
)
"""The folders of a library, beside that of its generations."""
_FIRST = "0001"
_GENERATION: Final = re.compile(r"generations/\d+")
LINKS: Final = ("current", *TABLES, "batches.jsonl")
"""The links of a library, which readers follow to its tables."""


def is_link_of_tables(path: Path) -> bool:
    """Whether *path*, one of LINKS, is a link as it is made here, and leads somewhere."""
    if not path.is_symlink():
        return False
    target = str(path.readlink())
    if path.name == "current":
        return _GENERATION.fullmatch(target) is not None and path.is_dir()
    return target == f"current/{path.name}"


def begin(folder: Path, name: str) -> None:
    """Make what is not there yet: an earlier try may have been cut short."""
    created = datetime.now(UTC).replace(microsecond=0)
    settings = new_settings(name, created)
    lay_out(folder, name, created)
    files.put(folder / "library.toml", settings)  # last: now it is a library


def lay_out(folder: Path, name: str, created: datetime) -> None:
    """Make all that can be made again and is not there."""
    for part in FOLDERS:
        files.make_folder(folder / part)
    for part in LINKS:
        if (folder / part).exists() and not (folder / part).is_symlink():
            raise UsageError(
                f"{folder / part} is no link, as after a copy that followed links: `backissue "
                "repair` puts it aside, and makes the link again"
            )
    if not (folder / "current").is_dir():
        _lay_out_tables(folder, created)
    link_tables(folder)
    if not (folder / "README.md").exists():
        card = package_files("archive").joinpath("card.md").read_text(encoding="utf-8")
        files.put(folder / "README.md", card.replace("{name}", name).encode())


def _lay_out_tables(folder: Path, created: datetime) -> None:
    """Let `current` lead to the newest generation that has a journal, or to a new one."""
    there = sorted(path.name for path in folder.glob("generations/[0-9]*"))
    whole = [name for name in there if (folder / "generations" / name / "batches.jsonl").exists()]
    if not whole:
        whole = [_unused(folder, there)]
        make_generation(folder / "generations" / whole[0], created)
    point_to(folder, whole[-1])


def _unused(folder: Path, there: list[str]) -> str:
    """The number of a generation that holds no rows. A generation that lost its journal keeps its
    files."""
    if not there:
        return _FIRST
    holds_rows = any((folder / "generations" / there[-1]).glob("*/data/*/g*-*[1-9]-*.parquet"))
    return f"{int(there[-1]) + 1:04}" if holds_rows else there[-1]


def link_tables(folder: Path) -> None:
    """Link each table of the current generation into the library's folder."""
    for part in (*tables_in(folder / "current"), "batches.jsonl"):
        if not (folder / part).is_symlink():
            (folder / part).symlink_to(f"current/{part}")


def make_generation(generation: Path, created: datetime) -> None:
    """An empty generation: each table has one file without rows, which shows its columns."""
    for table, columns in TABLES.items():
        write_empty(generation, table, f"{created:%Y-%m}", columns)
    files.put(generation / "batches.jsonl", b"")


def point_to(folder: Path, number: str) -> None:
    """Swap the one link that readers follow."""
    link = folder / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(f"generations/{number}")
    files.rename(link, folder / "current")
