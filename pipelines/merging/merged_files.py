"""The files of a group of batches into one file for each table and month.

A merged file has the bytes that one batch with all these rows would have written, but for the order
of rows with equal keys. It is a function of the batches' files alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.disk import files
from archive.removal.withheld import is_withheld, withheld_path
from archive.tables import parquet
from archive.tables.journal import JournalEntry, TableFile
from archive.types import Row
from pipelines.derive.payload_groups import write_payloads
from pipelines.merging.plan import Group
from pipelines.merging.sorted_rows import row_groups

_SCRATCH: Final = "scratch"


def merge_group(group: Group, current: Path, generation: Path) -> list[JournalEntry]:
    """Write the files of *group*, which stand in *current*, as fewer files into *generation*.

    Its lines for the journal: the last batch names the files. A file that is alone with its table
    and month is linked.
    """
    stem = f"g{generation.name}-{_stem(group)}"
    found: list[TableFile] = []
    for several in _alike(group):
        if len(several) == 1:
            found.append(_linked(several[0], stem, current, generation))
        else:
            found += _merged(several, stem, current, generation)
    found.sort(key=lambda file: file.path)
    shown = tuple(file for file in found if not is_withheld(file.path))
    withheld = tuple(file for file in found if is_withheld(file.path))
    emptied = [replace(entry, files=(), withheld=()) for entry in group[:-1]]
    return [*emptied, replace(group[-1], files=shown, withheld=withheld)]


def _stem(group: Sequence[JournalEntry]) -> str:
    """The batches from first to last, and the digest of the settings of their extractors."""
    digests = sorted({entry.extraction_config_digest for entry in group})
    digest = digests[0].removeprefix("sha256:")
    if len(digests) > 1:
        digest = sha256("\n".join(digests).encode()).hexdigest()
    return f"{group[0].batch.number:06}-{group[-1].batch.number:06}-{digest[:8]}"


def _alike(group: Sequence[JournalEntry]) -> list[list[TableFile]]:
    """The files of *group* by table and month, those that readers see apart from the others."""
    found: dict[str, list[TableFile]] = {}
    for entry in group:
        for file in entry.all_files:
            found.setdefault(file.path.rpartition("/")[0], []).append(file)
    return [found[folder] for folder in sorted(found)]


def _linked(file: TableFile, stem: str, current: Path, generation: Path) -> TableFile:
    folder = file.path.rpartition("/")[0]
    named = replace(file, path=f"{folder}/{stem}.parquet")
    files.mirror([(current / file.path, generation / named.path)])
    return named


def _merged(
    several: Sequence[TableFile], stem: str, current: Path, generation: Path
) -> Iterator[TableFile]:
    table, month = several[0].table, several[0].month
    withheld, scratch = is_withheld(several[0].path), generation.parent / _SCRATCH
    paths = [current / file.path for file in several]
    groups = row_groups(table, paths, scratch)
    if table == "payloads":
        yield from write_payloads(generation, month, stem, _rows(groups), withheld=withheld)
    else:
        path = parquet.file_path(table, month, stem)
        path = withheld_path(path) if withheld else path
        columns = pq.read_schema(paths[0]).names
        yield parquet.write_groups(generation, path, table, groups, columns=columns)
    files.remove_tree(scratch)


def _rows(groups: Iterator[pa.Table]) -> Iterator[Row]:
    for group in groups:
        yield from group.to_pylist()
