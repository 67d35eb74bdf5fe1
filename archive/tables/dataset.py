"""The tables of a generation as rows for pandas, polars, DuckDB and Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from archive.errors import TablesMissing, UsageError
from archive.tables.columns import tables_in
from archive.tables.filters import parse_time
from archive.tables.parquet import reorder
from archive.tables.schema import TABLES
from archive.tables.source_rows import SourceRows
from archive.types import Pointer

_POINTER = ["warc_filename", "warc_record_offset", "warc_record_length"]


@dataclass(frozen=True, slots=True)
class Rows:
    """A query on one table; nothing is read before one of the `to_` methods is called."""

    dataset: ds.Dataset
    table: str
    columns: tuple[str, ...]
    condition: pc.Expression | None = None
    newest: bool = False
    withdrawn: ds.Dataset | None = None
    source: SourceRows | None = None

    def to_arrow(self) -> pa.Table:
        """The rows as a `pyarrow.Table`, sorted by `url_surtkey` and time where it has them."""
        of_source = self.source.needed if self.source else ()
        names = list(dict.fromkeys([*self.columns, *self._needed(), *of_source]))
        found = self.dataset.to_table(columns=names, filter=self.condition)
        if self.source and self.source.needed:
            found = found.filter(self.source.mask(found))
        if self.withdrawn is not None:
            found = found.filter(_stands(found, self.withdrawn))
        if self.newest:
            found = found.filter(_is_newest(found))
        if order := [(name, "ascending") for name in self._needed()]:
            found = reorder(found, pc.sort_indices(found, sort_keys=order))
        return found.select(list(self.columns))

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """The rows as a polars DataFrame."""
        import polars

        return polars.from_arrow(self.to_arrow())

    def to_duckdb(self) -> Any:
        """The rows as a DuckDB relation, named after the table in SQL."""
        import duckdb

        return duckdb.connect().from_arrow(self.to_arrow()).set_alias(self.table)

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return found

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __len__(self) -> int:
        if self.newest or self.withdrawn is not None or self.source:
            return int(replace(self, columns=("article_id",)).to_arrow().num_rows)
        return int(self.dataset.count_rows(filter=self.condition))

    def _needed(self) -> list[str]:
        versions = self.newest or self.withdrawn is not None
        wanted = ["url_surtkey", "fetch_time", *(["article_id", "version"] if versions else [])]
        return [name for name in wanted if name in TABLES[self.table].names]


def _is_newest(rows: pa.Table) -> pa.ChunkedArray:
    """For each row whether it has its article's highest version."""
    ids, versions = rows["article_id"].to_pylist(), rows["version"].to_pylist()
    newest: dict[str, int] = {}
    for article, version in zip(ids, versions, strict=True):
        newest[article] = max(version, newest.get(article, 0))
    return pa.array([newest[i] == v for i, v in zip(ids, versions, strict=True)], pa.bool_())


def _stands(rows: pa.Table, withdrawn: ds.Dataset) -> pa.ChunkedArray:
    """For each row whether nothing has proved later that it is of no article."""
    gone = withdrawn.to_table(columns=["article_id", "version"])
    pairs = set(zip(gone["article_id"].to_pylist(), gone["version"].to_pylist(), strict=True))
    if not pairs:
        return pa.chunked_array([pa.array([True] * len(rows), pa.bool_())])
    ids, versions = rows["article_id"].to_pylist(), rows["version"].to_pylist()
    named = zip(ids, versions, strict=True)
    return pa.chunked_array([pa.array([one not in pairs for one in named], pa.bool_())])


def rows(
    generation: Path,
    table: str,
    *,
    columns: list[str] | None = None,
    condition: pc.Expression | None = None,
    newest: bool = False,
) -> Rows:
    """The rows of *table* in a generation; UsageError for a table or column that does not exist."""
    schema = TABLES.get(table)
    if schema is None:
        raise UsageError(f"no table {table!r}: there are {', '.join(TABLES)}")
    wrong = [name for name in columns or () if name not in schema.names]
    if wrong:
        raise UsageError(f"{table} has no column {wrong[0]!r}: there are {', '.join(schema.names)}")
    dataset = _dataset(generation, table)
    return Rows(dataset, table, tuple(columns or schema.names), condition, newest)


def _dataset(generation: Path, table: str) -> ds.Dataset:
    """The files of *table*; columns that an older generation lacks are null, a table is empty."""
    folder, schema = generation / table / "data", TABLES[table]
    if folder.is_dir():
        return ds.dataset(folder, schema=schema, format="parquet")
    if table in tables_in(generation):
        raise TablesMissing(generation.parent.parent, f"{generation.name}/{table}/data")
    return ds.InMemoryDataset(schema.empty_table())


def articles(
    generation: Path,
    versions: str = "latest",
    *,
    source: SourceRows | None = None,
    since: str | datetime | None = None,
    columns: list[str] | None = None,
) -> Rows:
    """Articles by *source* and *since* (bound on `fetch_time`): newest versions, or `all`.

    What the table `withdrawn` names is left out.
    """
    if versions not in ("latest", "all"):
        raise UsageError(f"versions is {versions!r}: expected 'latest' or 'all'")
    condition = None
    if source is not None:
        condition = source.condition
    if since is not None:
        moment = parse_time("since", since)
        bound = pc.field("fetch_time") >= pa.scalar(moment, pa.timestamp("us", tz="UTC"))
        condition = bound if condition is None else condition & bound
    newest = versions == "latest"
    found = rows(generation, "articles", columns=columns, condition=condition, newest=newest)
    withdrawn = _dataset(generation, "withdrawn")
    return replace(found, withdrawn=withdrawn if withdrawn.count_rows() else None, source=source)


def find_pointer(generation: Path, wanted: str) -> tuple[str, Pointer] | None:
    """Record id and place of the capture of an article's newest version, or of a WARC record."""
    table, key = ("captures", "warc_record_id") if ":" in wanted else ("articles", "article_id")
    columns = ["warc_record_id", *_POINTER, *(["version"] if table == "articles" else [])]
    found = rows(generation, table, columns=columns, condition=pc.field(key) == wanted).to_pylist()
    if not found:
        return None
    newest = max(found, key=lambda row: int(row.get("version", 0)))
    return newest["warc_record_id"], Pointer(*(newest[name] for name in _POINTER))
