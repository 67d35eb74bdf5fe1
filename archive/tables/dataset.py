"""The tables of a generation as rows for pandas, polars, DuckDB and Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from archive.errors import TablesMissing, UsageError
from archive.tables.columns import tables_in
from archive.tables.damage.told import told_by_files
from archive.tables.ordering import in_pieces, reorder
from archive.tables.schema import TABLES
from archive.tables.selection import Selection

if TYPE_CHECKING:
    from archive.tables.journal import JournalEntry  # it locks files, which no reader does

_NAMED = ("article_id", "version")
_AT_ONCE = 1_000  # rows read at a time


@dataclass(frozen=True, slots=True)
class Rows:
    """A query on one table; nothing is read before one of the `to_` methods is called."""

    dataset: ds.Dataset
    table: str
    columns: tuple[str, ...]
    condition: pc.Expression | None = None
    newest: bool = False
    withdrawn: ds.Dataset | None = None
    selection: Selection | None = None
    generation: Path | None = None  # whose look-up index knows how many articles there are

    def to_arrow(self) -> pa.Table:
        """The rows as a `pyarrow.Table`, sorted by `url_surtkey` and time where it has them.

        Damaged where a file cannot be read.
        """
        with told_by_files(lambda: _files_of(self.dataset)):
            return self._to_arrow()

    def _to_arrow(self) -> pa.Table:
        tested = self.selection.needed if self.selection else ()
        names = list(dict.fromkeys([*self.columns, *self._needed(), *tested]))
        found = self.dataset.to_table(columns=names, filter=self.condition)
        if self.selection and tested:
            found = found.filter(self.selection.mask(found))
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

    def pieces(self, size: int, scratch: Path) -> Iterator[pa.Table]:
        """The rows of `to_arrow` of the table `articles`, *size* at a time.

        Memory holds one such table and the keys of all; the folder *scratch* holds the others.
        """
        chosen = replace(self, columns=_NAMED).to_arrow()
        names = zip(*(chosen[name].to_pylist() for name in _NAMED), strict=True)
        places = {name: place for place, name in enumerate(names)}
        batches = self.dataset.to_batches(
            columns=list(dict.fromkeys([*self.columns, *_NAMED])),
            filter=self.condition,
            batch_size=_AT_ONCE,
            batch_readahead=1,
            fragment_readahead=1,
        )
        for piece in in_pieces(batches, places, size, scratch):
            yield piece.select(list(self.columns))

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return found

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __len__(self) -> int:
        tested = self.selection is not None and self.selection.needed
        if self.newest and self.condition is None and not tested and self.generation:
            from archive.tables.index.answers import count_articles  # it locks a folder

            counted = count_articles(self.generation)
            if counted is not None:
                return counted
        if self.newest or self.withdrawn is not None or tested:
            return int(replace(self, columns=("article_id",)).to_arrow().num_rows)
        return int(self.dataset.count_rows(filter=self.condition))

    def _needed(self) -> list[str]:
        versions = self.newest or self.withdrawn is not None
        wanted = ["url_surtkey", "fetch_time", *(["article_id", "version"] if versions else [])]
        return [name for name in wanted if name in TABLES[self.table].names]


def _files_of(dataset: ds.Dataset) -> list[Path]:
    """The files that *dataset* reads; none where it is in memory."""
    return [Path(name) for name in getattr(dataset, "files", ())]


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
    from archive.tables.damage import table_files  # it locks files, which no reader does

    folder, schema = generation / table / "data", TABLES[table]
    table_files.check_there(generation, table)
    if folder.is_dir():
        return ds.dataset(folder, schema=schema, format="parquet")
    if table in tables_in(generation):
        raise TablesMissing(generation.parent.parent, f"{generation.name}/{table}/data")
    return ds.InMemoryDataset(schema.empty_table())


def articles(
    generation: Path,
    versions: str = "latest",
    *,
    selection: Selection | None = None,
    columns: list[str] | None = None,
) -> Rows:
    """Articles of *selection*: the newest of the versions that it admits, or `all` of them.

    What the table `withdrawn` names is left out.
    """
    if versions not in ("latest", "all"):
        raise UsageError(f"versions is {versions!r}: expected 'latest' or 'all'")
    condition = selection.condition if selection else None
    newest = versions == "latest"
    found = rows(generation, "articles", columns=columns, condition=condition, newest=newest)
    withdrawn = _dataset(generation, "withdrawn")
    gone = withdrawn if withdrawn.count_rows() else None
    return replace(found, withdrawn=gone, selection=selection, generation=generation)


def of_batches(found: Rows, generation: Path, entries: Sequence[JournalEntry]) -> Rows:
    """The articles of *found* that complete batches brought; a publish may be under way.

    *entries* are the lines of the journal, read before *found* was made.
    """
    withdrawn = _of_entries(generation, "withdrawn", entries)
    return replace(
        found,
        dataset=_of_entries(generation, "articles", entries),
        withdrawn=withdrawn if withdrawn.count_rows() else None,
        generation=None,
    )


def _of_entries(generation: Path, table: str, entries: Sequence[JournalEntry]) -> ds.Dataset:
    """The files of *table* that the journal names."""
    names = [file.path for entry in entries for file in entry.files if file.rows]
    own = [name for name in names if name.split("/")[0] == table]
    for name in own:
        if not (generation / name).exists():
            raise TablesMissing(generation.parent.parent, f"{generation.name}/{name}")
    if not own:
        return ds.InMemoryDataset(TABLES[table].empty_table())
    paths = [str(generation / name) for name in own]
    return ds.dataset(paths, schema=TABLES[table], format="parquet")
