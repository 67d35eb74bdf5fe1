"""Few rows of a table, whatever file and row group they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from archive.library import Library
from archive.tables.lookup import rows_with
from archive.tables.parquet import file_path, write_groups, write_rows
from archive.tables.schema import TABLES, of_format_1

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(library: Library, make_row: Make) -> Library:
    """A library with 2,000 articles in three row groups of two files."""
    rows = [
        make_row(
            "articles",
            article_id=f"id{n:04}",
            version=1,
            url_surtkey=f"example,review)/{n:04}",
            article_body=f"text {n}",
            author=["Ann", "Bob"],
        )
        for n in range(2000)
    ]
    tables = [
        pa.Table.from_pylist(rows[at:end], schema=TABLES["articles"])
        for at, end in ((0, 600), (600, 1300), (1300, 2000))
    ]
    one, two = (file_path("articles", "2026-11", stem) for stem in ("one", "two"))
    write_groups(library.generation, one, "articles", iter(tables[:2]))
    write_rows(library.generation, two, "articles", tables[2])
    return library


@pytest.mark.parametrize("number", [0, 599, 600, 1299, 1300, 1999])
@pytest.mark.parametrize("column", ["article_id", "url_surtkey"])
def test_a_row_is_found_whole(filled: Library, number: int, column: str) -> None:
    value = {"article_id": f"id{number:04}", "url_surtkey": f"example,review)/{number:04}"}[column]
    (row,) = rows_with(filled.generation, "articles", column, [value])
    (usual,) = (row for row in filled.articles() if row["article_id"] == f"id{number:04}")
    assert row == usual
    assert list(row) == TABLES["articles"].names


def test_rows_with_several_values_or_a_prefix(filled: Library) -> None:
    place = (filled.generation, "articles", "article_id")
    found = rows_with(*place, ["id0001", "id1999", "id9"])
    assert [row["article_id"] for row in found] == ["id0001", "id1999"]
    found = rows_with(*place, ["id060"], prefix=True)
    assert [row["article_id"] for row in found] == [f"id060{n}" for n in range(10)]
    found = rows_with(*place, ["id059"], prefix=True)
    assert len(list(found)) == 10
    assert list(rows_with(*place, [])) == []
    assert list(rows_with(filled.generation, "articles", "canonical_url", ["x"])) == []


def test_columns_that_an_older_generation_lacks_are_none(library: Library, make_row: Make) -> None:
    schema = of_format_1("articles")
    row = {name: make_row("articles", article_id="old")[name] for name in schema.names}
    table = pa.Table.from_pylist([row], schema=schema)
    write_rows(library.generation, file_path("articles", "2026-11", "old"), "articles", table)
    (found,) = rows_with(library.generation, "articles", "article_id", ["old"])
    assert list(found) == TABLES["articles"].names
    assert found["agency"] is None
    assert list(rows_with(library.generation, "articles", "content_usage", ["x"])) == []
