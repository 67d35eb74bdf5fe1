"""The files of a batch into those that stay as they are, and those that hide or show other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.errors import TablesMissing
from archive.removal.tombstones import Tombstones
from archive.removal.withheld import OF_ARTICLE, Hiding, address_mask, is_withheld, withheld_path
from archive.tables import parquet
from archive.tables.journal import JournalEntry, TableFile
from archive.tables.parquet import LAYOUTS
from archive.types import Row
from pipelines.derive.payload_groups import write_payloads
from pipelines.merging.sorted_rows import regrouped, row_groups

_NARROW: Final = {
    "articles": ["article_id", "version", "fetch_time", *OF_ARTICLE],
    "captures": ["url_surtkey"],
    "payloads": ["url_surtkey"],
    "crawl_log": ["url_surtkey"],
    "removed": ["article_id", "version"],
    "comments": ["article_id", "version"],
    "duplicates": ["article_id", "as_of"],
    "withdrawn": ["article_id"],
}
"""The columns that decide whether a row is hidden."""

_AT_ONCE = 25  # rows of `payloads`


@dataclass(frozen=True, slots=True)
class Split:
    """Files that stay, and files whose rows *write* writes anew below a generation."""

    kept: tuple[TableFile, ...]
    rewritten: tuple[TableFile, ...] = ()
    write: Callable[[Path], Iterator[TableFile]] = lambda _: iter(())


def split_files(entry: JournalEntry, generation: Path, tombstones: Tombstones) -> list[Split]:
    """What becomes of the files of *entry* where exactly *tombstones* hide rows."""
    payloads = [file for file in entry.all_files if file.table == "payloads"]
    others = [file for file in entry.all_files if file.table != "payloads"]
    return [
        _split_tables(others, generation, tombstones),
        *(_split_payloads(some, generation, tombstones) for some in _by_month(payloads).values()),
    ]


def _by_month(several: Sequence[TableFile]) -> dict[str, list[TableFile]]:
    found: dict[str, list[TableFile]] = {}
    for file in several:
        found.setdefault(file.month, []).append(file)
    return found


def _split_tables(several: Sequence[TableFile], generation: Path, tombstones: Tombstones) -> Split:
    narrow = {
        table: _read([file for file in several if file.table == table], generation, columns)
        for table, columns in _NARROW.items()
        if table != "payloads" and any(file.table == table for file in several)
    }
    if "articles" not in narrow:
        narrow["articles"] = pa.table({name: [] for name in [*_NARROW["articles"], _SHOWN]})
    hiding = Hiding(narrow["articles"], tombstones)
    changed = {
        table
        for table, rows in narrow.items()
        if pc.any(pc.equal(hiding.mask(table, rows), rows[_SHOWN])).as_py()
    }
    kept = tuple(file for file in several if file.table not in changed)
    rewritten = tuple(file for file in several if file.table in changed)

    def write(target: Path) -> Iterator[TableFile]:
        for table in sorted(changed):
            mine = [file for file in rewritten if file.table == table]
            for some in _by_month(mine).values():
                yield from _write_apart(some, generation, target, hiding)

    return Split(kept, rewritten, write)


def _write_apart(
    several: Sequence[TableFile], generation: Path, target: Path, hiding: Hiding
) -> Iterator[TableFile]:
    """The rows of one table and month again: a file of those that are shown, and of the others."""
    table, month = several[0].table, several[0].month
    path = parquet.file_path(table, month, f"g{target.name}-{several[0].stem}")
    paths = [generation / file.path for file in sorted(several, key=_is_withheld)]
    columns = pq.read_schema(paths[0]).names
    for withheld in (False, True):
        groups = row_groups(table, paths, target.parent / "scratch")
        some = (rows.filter(pc.equal(hiding.mask(table, rows), withheld)) for rows in groups)
        whole = regrouped(some, LAYOUTS[table].row_group)
        first = next(whole, None)
        if first is not None:
            name = withheld_path(path) if withheld else path
            yield parquet.write_groups(target, name, table, chain([first], whole), columns=columns)


def _is_withheld(file: TableFile) -> bool:
    return is_withheld(file.path)


_SHOWN: Final = "shown"  # column of rows that were read: whether readers see the row


def _read(
    several: Sequence[TableFile], generation: Path, columns: list[str] | None = None
) -> pa.Table:
    """The rows of files of one table, those that are shown first."""
    found = []
    for file in sorted(several, key=_is_withheld):
        with _opened(generation, file) as opened:
            rows = opened.read(columns)
        shown = pa.repeat(not is_withheld(file.path), rows.num_rows)
        found.append(rows.append_column(_SHOWN, shown))
    return pa.concat_tables(found)


def _opened(generation: Path, file: TableFile) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(generation / file.path, pre_buffer=False, buffer_size=1 << 16)
    except FileNotFoundError:
        what = f"{generation.name}/{file.path}"
        raise TablesMissing(generation.parents[1], what) from None


def _split_payloads(
    several: Sequence[TableFile], generation: Path, tombstones: Tombstones
) -> Split:
    """As `split_files`, for the files of `payloads` of one month, which no memory holds whole."""
    keys = _read(several, generation, _NARROW["payloads"])
    if not pc.any(pc.equal(address_mask(keys, tombstones), keys[_SHOWN])).as_py():
        return Split(tuple(several))
    month, stem = several[0].month, several[0].stem

    def rows(withheld: bool) -> Iterator[Row]:
        parts = [_payloads(generation, file) for file in several]
        for row in merge(*parts, key=_order):
            if tombstones.covers(row["url_surtkey"]) is withheld:
                yield row

    def write(target: Path) -> Iterator[TableFile]:
        for withheld in (False, True):
            name = f"g{target.name}-{stem}"
            yield from write_payloads(target, month, name, rows(withheld), withheld=withheld)

    return Split((), tuple(several), write)


def _payloads(generation: Path, file: TableFile) -> Iterator[Row]:
    with _opened(generation, file) as opened:
        for some in opened.iter_batches(_AT_ONCE):
            yield from some.to_pylist()


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in LAYOUTS["payloads"].sort)
