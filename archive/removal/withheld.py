"""Rows into those that readers see and those that removals withhold, and together again.

Withheld rows stand in `withheld/TABLE/` of their generation, where no reader looks: so a removal
can be taken back without deriving anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.removal.tombstones import Tombstones
from archive.tables import parquet
from archive.tables.journal import WITHHELD, TableFile
from archive.tables.schema import TABLES

BY_ADDRESS: Final = ("captures", "payloads", "crawl_log")
"""The tables whose rows go by the address of their page."""

OF_ARTICLE: Final = ("url_surtkey", "page_urls", "canonical_url", "url_host_registered_domain")
_OF_VERSION: Final = ("removed", "comments")


def withheld_path(path: str) -> str:
    """Where the withheld rows of the table file *path* stand, below the generation."""
    return f"{WITHHELD}/{path.replace('/data/', '/', 1)}"


def is_withheld(path: str) -> bool:
    """Whether the file *path*, below its generation, holds withheld rows."""
    return path.startswith(f"{WITHHELD}/")


def table_files(generation: Path) -> Iterator[str]:
    """The table files of *generation*, shown and withheld, by their paths below it."""
    for pattern in ("*/data/*/*.parquet", f"{WITHHELD}/*/*/*.parquet"):
        for path in generation.glob(pattern):
            yield str(path.relative_to(generation))


def withheld_rows(generation: Path, table: str, columns: list[str]) -> pa.Table:
    """*columns* of the rows of *table* that readers do not see."""
    schema = pa.schema([TABLES[table].field(name) for name in columns])
    paths = sorted((generation / WITHHELD / table).glob("*/*.parquet"))
    parts = [pq.read_table(path, columns=columns, partitioning=None) for path in paths]
    return pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in parts)])


def write_apart(
    workspace: Path, path: str, table: str, rows: pa.Table, hidden: pa.ChunkedArray
) -> Iterator[TableFile]:
    """Write sorted *rows* as the file *path* of *table*, and those that are *hidden* elsewhere."""
    for withheld, target in ((False, path), (True, withheld_path(path))):
        some = rows.filter(pc.equal(hidden, withheld))
        if some.num_rows:
            yield parquet.write_rows(workspace, target, table, some)


class Hiding:
    """Which rows *tombstones* withhold, of the tables of a batch or of several: their rows of
    *articles* decide for those of the tables beside it."""

    def __init__(self, articles: pa.Table, tombstones: Tombstones) -> None:
        self._tombstones = tombstones
        hidden = self._articles(articles)
        covered, left = articles.filter(hidden), articles.filter(pc.invert(hidden))
        self._versions = _pairs(covered, "version")
        self._fetched = _pairs(covered, "fetch_time") - _pairs(left, "fetch_time")

    def mask(self, table: str, rows: pa.Table) -> pa.Array:
        """For each of *rows* of *table* whether it is withheld."""
        if table == "articles":
            return self._articles(rows)
        if self._tombstones and table in BY_ADDRESS:
            return address_mask(rows, self._tombstones)
        if table in _OF_VERSION:
            return _mask(one in self._versions for one in _in_order(rows, "version"))
        if table == "duplicates":  # of the version that was fetched then
            return _mask(one in self._fetched for one in _in_order(rows, "as_of"))
        return pa.repeat(False, rows.num_rows)

    def _articles(self, rows: pa.Table) -> pa.Array:
        if not self._tombstones:
            return pa.repeat(False, rows.num_rows)
        return _mask(covered_articles(rows, self._tombstones))


def address_mask(rows: pa.Table, tombstones: Tombstones) -> pa.Array:
    """Which of *rows* have an address that is removed."""
    return _mask(map(tombstones.covers, rows["url_surtkey"].to_pylist()))


def covered_articles(rows: pa.Table, tombstones: Tombstones) -> Iterable[bool]:
    """Which rows of `articles` are of a page that is removed."""
    columns = (rows[name].to_pylist() for name in OF_ARTICLE)
    return (tombstones.cover_article(*one) for one in zip(*columns, strict=True))


def _pairs(rows: pa.Table, column: str) -> frozenset[tuple[str, Any]]:
    """The article ids of *rows*, each with what *column* says."""
    return frozenset(_in_order(rows, column))


def _in_order(rows: pa.Table, column: str) -> Iterator[tuple[str, Any]]:
    return zip(rows["article_id"].to_pylist(), rows[column].to_pylist(), strict=True)


def _mask(values: Iterable[bool]) -> pa.Array:
    return pa.array(list(values), pa.bool_())
