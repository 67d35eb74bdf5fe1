"""Parquet tables: bytes depend on the rows alone, and every reader sees the same rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.tables import parquet
from archive.tables.parquet import LAYOUTS
from archive.tables.schema import TABLES

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
MakeRow = Callable[..., dict[str, Any]]


def sample(make_row: MakeRow, count: int, table: str = "captures") -> pa.Table:
    """Rows in an order that is not the table's."""
    rows = [
        make_row(
            table,
            url_surtkey=f"example,review)/{number % 17}",
            fetch_time=MOMENT + timedelta(seconds=number * 7919 % 1000),
            warc_record_id=f"urn:uuid:{number:04}",
        )
        for number in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES[table])


def written(folder: Path, table: str, rows: pa.Table) -> Path:
    path = parquet.file_path(table, "2026-11", "g0001-000001-00000000")
    parquet.write_rows(folder, path, table, rows)
    return folder / path


# Bytes


@pytest.mark.parametrize("table", TABLES)
def test_rows_in_other_chunks_give_the_same_bytes(tmp_path: Path, table: str):
    rows = 23_000 if table == "articles" else 300
    names = TABLES[table].names
    text = pa.array([f"text {number % 40}" for number in range(rows)])
    columns = [
        text.cast(field.type)
        if field.type in (pa.string(), pa.binary())
        else pa.nulls(rows, field.type)
        for field in TABLES[table]
    ]
    whole = pa.Table.from_arrays(columns, schema=TABLES[table])
    pieces = pa.concat_tables([whole.slice(at, 997) for at in range(0, rows, 997)])
    assert pieces[names[0]].num_chunks > 1 or rows < 997
    pieces = pa.concat_tables([whole.slice(0, 11), whole.slice(11, 1), pieces.slice(12)])
    first = parquet.write_rows(tmp_path / "a", "x.parquet", table, whole)
    second = parquet.write_rows(tmp_path / "b", "x.parquet", table, pieces)
    third = parquet.write_rows(tmp_path / "c", "x.parquet", table, pieces.combine_chunks())
    assert first == second == third
    assert first.sha256 == parquet.sha256(tmp_path / "b" / "x.parquet")
    assert first.rows == rows


def test_sorted_rows_give_the_same_bytes_whatever_their_order(make_row: MakeRow, tmp_path: Path):
    rows = sample(make_row, 200)
    backwards = rows.take(pa.array(range(199, -1, -1)))
    found = [
        parquet.write_rows(
            tmp_path, f"{i}.parquet", "captures", parquet.sort_rows("captures", given)
        )
        for i, given in enumerate((rows, backwards))
    ]
    assert found[0].sha256 == found[1].sha256


# Order and layout


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 3), st.integers(0, 9)), max_size=30))
def test_rows_are_sorted_by_address_time_and_record(keys: list[tuple[str, int, int]]):
    blank = dict.fromkeys(TABLES["captures"].names)
    given = [
        blank
        | {
            "url_surtkey": key,
            "fetch_time": MOMENT + timedelta(seconds=seconds),
            "warc_record_id": str(number),
        }
        for key, seconds, number in keys
    ]
    found = parquet.sort_rows("captures", pa.Table.from_pylist(given, schema=TABLES["captures"]))
    assert found.schema.equals(TABLES["captures"], check_metadata=True)

    def order(row: dict[str, Any]) -> tuple[bytes, datetime, bytes]:
        return row["url_surtkey"].encode(), row["fetch_time"], row["warc_record_id"].encode()

    assert found.to_pylist() == sorted(given, key=order)


def test_equal_keys_keep_their_order():
    rows = [{"article_id": "a", "version": 1, "reason": str(n), "block": ""} for n in range(50)]
    table = pa.Table.from_pylist(rows, schema=TABLES["removed"])
    assert parquet.sort_rows("removed", table).to_pylist() == rows


@pytest.mark.long
def test_texts_of_more_than_two_gib_are_sorted(tmp_path: Path):
    chunk = pa.array(["x" * 10_000] * 20_000)
    count = 11 * len(chunk)
    columns = {
        "article_id": pa.chunked_array([[f"{count - i:06}" for i in range(count)]]),
        "version": pa.chunked_array([pa.array([1] * count, pa.int32())]),
        "reason": pa.chunked_array([[str(i) for i in range(count)]]),
        "block": pa.chunked_array([chunk] * 11),
    }
    rows = pa.table(columns, schema=TABLES["removed"])
    assert rows.nbytes > 2**31
    found = parquet.sort_rows("removed", rows)
    assert found["reason"][0].as_py() == str(count - 1)
    file = parquet.write_rows(tmp_path, "x.parquet", "removed", found)
    assert file.rows == count


@pytest.mark.parametrize(
    ("table", "rows", "groups"),
    [
        ("articles", 10_000, [10_000]),
        ("articles", 20_001, [10_000, 10_000, 1]),
        ("payloads", 60, [25, 25, 10]),
        ("captures", 20_001, [20_001]),
    ],
)
def test_row_groups_have_the_size_of_the_layout(
    tmp_path: Path, table: str, rows: int, groups: list[int]
):
    columns = [pa.nulls(rows, field.type) for field in TABLES[table]]
    path = written(tmp_path, table, pa.Table.from_arrays(columns, schema=TABLES[table]))
    meta = pq.read_metadata(path)
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == groups


def test_columns_are_zstd_with_a_page_index_and_statistics(make_row: MakeRow, tmp_path: Path):
    path = written(tmp_path, "captures", parquet.sort_rows("captures", sample(make_row, 50)))
    group = pq.read_metadata(path).row_group(0)
    column = group.column(TABLES["captures"].names.index("url_surtkey"))
    assert column.compression == "ZSTD"
    assert column.has_offset_index
    assert column.has_column_index
    assert column.statistics.min == "example,review)/0"


def test_long_texts_have_no_dictionary(make_row: MakeRow, tmp_path: Path):
    rows = [make_row("articles", headline="h", article_body="b")] * 10
    path = written(tmp_path, "articles", pa.Table.from_pylist(rows, schema=TABLES["articles"]))
    group = pq.read_metadata(path).row_group(0)
    names = TABLES["articles"].names
    assert "RLE_DICTIONARY" in group.column(names.index("headline")).encodings
    assert "RLE_DICTIONARY" not in group.column(names.index("article_body")).encodings


def test_every_layout_sorts_by_columns_of_its_table():
    assert LAYOUTS.keys() == TABLES.keys()
    for table, layout in LAYOUTS.items():
        assert {*layout.sort, *layout.plain} <= set(TABLES[table].names)


# Months


def test_rows_are_split_by_the_month_in_utc(make_row: MakeRow):
    times = [
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2025, 11, 1, tzinfo=UTC),
        datetime(2026, 12, 31, tzinfo=UTC),
    ]
    rows = pa.Table.from_pylist(
        [make_row("captures", fetch_time=time) for time in times], schema=TABLES["captures"]
    )
    found = {
        month: part["fetch_time"].to_pylist()
        for month, part in parquet.by_month(rows, rows["fetch_time"])
    }
    assert list(found) == ["2025-11", "2026-11", "2026-12"]
    assert found["2026-12"] == [times[0], times[3]]


# Readers


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_file_has_all_columns(tmp_path: Path, table: str):
    generation = tmp_path / "0001"
    parquet.write_empty(generation, table, "2026-11", TABLES[table])
    (path,) = generation.glob("**/*.parquet")
    assert path == generation / table / "data/fetch_month=2026-11/g0001-000000-00000000.parquet"
    found = pq.read_table(path, partitioning=None)
    assert found.num_rows == 0
    assert found.schema.remove_metadata().equals(TABLES[table])
    for field in pq.read_schema(path):
        assert field.metadata[b"description"]


@pytest.fixture
def folder(make_row: MakeRow, tmp_path: Path) -> Path:
    """A table of three files in two months, with a README above the data."""
    for month, stem, count in (("2026-10", "a", 0), ("2026-11", "b", 40), ("2026-11", "c", 2)):
        rows = parquet.sort_rows("captures", sample(make_row, count))
        path = parquet.file_path("captures", month, stem)
        parquet.write_rows(tmp_path, path, "captures", rows)
    (tmp_path / "captures" / "README.md").write_text("---\nconfigs: []\n---\n")
    return tmp_path / "captures" / "data"


def test_pandas_reads_the_folder(folder: Path):
    import pandas

    found = pandas.read_parquet(folder)
    assert list(found.columns) == [*TABLES["captures"].names, "fetch_month"]
    assert len(found) == 42
    assert str(found["fetch_time"].dtype) == "datetime64[us, UTC]"


def test_polars_reads_the_glob(folder: Path):
    import polars

    found = polars.read_parquet(f"{folder}/**/*.parquet")
    assert [name for name in found.columns if name != "fetch_month"] == TABLES["captures"].names
    assert found.height == 42
    assert found.schema["fetch_time"] == polars.Datetime("us", "UTC")


def test_duckdb_reads_the_glob(folder: Path):
    import duckdb

    connection = duckdb.connect()
    query = f"SELECT * FROM read_parquet('{folder}/**/*.parquet')"
    names = [row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()]
    assert [name for name in names if name != "fetch_month"] == TABLES["captures"].names
    assert connection.execute(f"SELECT count(*) FROM ({query})").fetchone() == (42,)
    connection.close()


def test_pyarrow_reads_the_folder(folder: Path):
    found = ds.dataset(folder, format="parquet").to_table()
    assert found.schema.remove_metadata().equals(TABLES["captures"])
    assert found.num_rows == 42
    assert pc.count_distinct(found["warc_record_id"]).as_py() == 40
