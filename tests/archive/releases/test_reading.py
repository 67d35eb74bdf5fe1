"""A release is read by everybody, and by us on systems that have no `fcntl`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import backissue
from archive.errors import ArchiveError, UsageError
from archive.library import Library
from archive.tables.schema import TABLES

ROOT = Path(__file__).parents[3]


def test_pandas_reads_every_row_with_its_types(released: Path):
    found = pd.read_parquet(released / "data")
    assert len(found) == 20
    assert list(found.columns) == TABLES["articles"].names
    third = found[found.headline == "Letter 5"].iloc[0]
    assert list(third.author) == ["Ann O’Neill", "B"]
    assert third.date_published == pd.Timestamp("2020-05-01", tz="UTC")
    assert third.date_published_local == date(2026, 5, 1)
    assert found.word_count.sum() == sum(range(6, 26))
    assert found.dtypes["word_count"] == "int32"


def test_polars_reads_every_row_with_its_types(released: Path):
    found = pl.read_parquet(released / "data/*.parquet")
    assert found.height == 20
    schema = found.schema
    assert schema["author"] == pl.List(pl.String)
    assert schema["fetch_time"] == pl.Datetime("us", "UTC")
    assert schema["date_published_local"] == pl.Date
    assert schema["tdm_reservation"] == pl.Boolean
    assert schema["fetch_status"] == pl.Int16
    assert found["tdm_reservation"].sum() == 10


def test_duckdb_reads_every_row_with_its_types(released: Path):
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{released}/data/*.parquet'").fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert types["author"] == "VARCHAR[]"
    assert types["fetch_time"] == "TIMESTAMP WITH TIME ZONE"
    assert types["date_published_local"] == "DATE"
    counted = duckdb.sql(f"SELECT count(*), sum(word_count) FROM '{released}/data/*.parquet'")
    assert counted.fetchall() == [(20, sum(range(6, 26)))]


def test_datasets_reads_every_row_as_the_card_says(released: Path, tmp_path: Path):
    cache = str(tmp_path / "cache")
    said = datasets.load_dataset_builder(str(released), cache_dir=cache).info
    found = datasets.load_dataset(str(released), cache_dir=cache)
    assert list(found) == ["train"]
    rows = found["train"]
    assert rows.num_rows == 20
    assert rows.features == said.features == datasets.Features.from_arrow_schema(TABLES["articles"])
    assert rows[5]["author"] == ["Ann O’Neill", "B"]
    assert rows[5]["fetch_time"].tzinfo is not None


def test_our_rows_are_those_of_the_library(filled: Library, released: Path):
    release = backissue.open_release(released)
    assert release.articles().to_arrow().equals(filled.articles().to_arrow())
    assert release.articles(columns=["url"]).to_pylist()[1] == {"url": "https://mail.example/1"}
    assert len(release.articles()) == 20
    assert release.name == "Mails_2026.1"
    assert release.date == datetime(2026, 11, 5, 10, tzinfo=UTC)
    assert release.filters == {}


@pytest.mark.parametrize(
    "filters",
    [
        {"since": "2026-10-03T12:00"},
        {"until": datetime(2026, 10, 2, 12, tzinfo=UTC)},
        {"published_since": "2021-01-01", "published_until": "2022-01-01"},
        {"language": "en"},
        {"author": "ann o", "completeness": "teaser"},
        {"query": '"letter 7" OR "letter 8"'},
        {"query": "version AND 2", "language": "pt"},
        {"query": "rain*", "source": "mail"},
        {"section": "none"},
    ],
)
def test_filters_find_what_they_find_in_the_library(
    filled: Library, released: Path, filters: dict[str, Any]
):
    (filled.path / "sources/mail.toml").rename(filled.path / "sources/mail.tom")
    try:
        wanted = filled.articles(**filters).to_arrow()
    finally:
        (filled.path / "sources/mail.tom").rename(filled.path / "sources/mail.toml")
    found = backissue.open_release(released).articles(**filters)
    assert found.to_arrow().equals(wanted)
    assert len(found) == wanted.num_rows


_ELSEWHERE = """
import sys

sys.modules["fcntl"] = None  # as on Windows: to import it is an error
import backissue

release = backissue.open_release(sys.argv[1])
rows = release.articles(query="letter", language="en", since="2026-10-01", author="ann")
print(rows.to_pandas().shape[0], rows.to_polars().height, len(rows), len(release.articles()))
try:
    backissue.open(sys.argv[1])
except Exception as error:
    print(error)
"""


def test_a_system_without_fcntl_and_without_links_reads_it(released: Path, tmp_path: Path):
    shutil.copytree(released, tmp_path / "copy")
    assert not any(path.is_symlink() for path in released.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, "copy"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "2 2 2 20",
        "copy is no library: open a release with backissue.open_release",
    ], done.stderr


def test_what_is_no_release_is_refused(released: Path, filled: Library, tmp_path: Path):
    for folder in (tmp_path, tmp_path / "nothing", filled.path, released / "README.md"):
        with pytest.raises(UsageError, match="is no release"):
            backissue.open_release(folder)
    (tmp_path / "datapackage.json").write_text("[]")
    with pytest.raises(UsageError, match="is no release"):
        backissue.open_release(tmp_path)


def test_a_release_that_is_not_whole_says_so(released: Path, tmp_path: Path):
    shutil.copytree(released, tmp_path / "copy")
    (tmp_path / "copy/data/train-00000-of-00001.parquet").unlink()
    with pytest.raises(ArchiveError, match=r"train-00000-of-00001\.parquet is gone"):
        backissue.open_release(tmp_path / "copy")


def test_a_release_of_a_later_backissue_is_refused(released: Path, tmp_path: Path):
    shutil.copytree(released, tmp_path / "copy")
    about = json.loads((tmp_path / "copy/datapackage.json").read_text())
    about["backissue"]["release_format"] += 1
    (tmp_path / "copy/datapackage.json").write_text(json.dumps(about))
    with pytest.raises(UsageError, match="release format 2, this Backissue knows up to 1"):
        backissue.open_release(tmp_path / "copy")


def test_a_column_or_a_filter_that_does_not_exist_is_named(released: Path):
    release = backissue.open_release(released)
    with pytest.raises(UsageError, match="no column 'body': there are article_id"):
        release.articles(columns=["body"])
    with pytest.raises(TypeError, match="colour"):
        release.articles(colour="red")
    with pytest.raises(UsageError, match="since is 'soon'"):
        release.articles(since="soon")
    with pytest.raises(UsageError, match="is not understood"):
        release.articles(query='"')


def test_a_column_of_a_later_version_is_shown(released: Path, tmp_path: Path):
    shutil.copytree(released, tmp_path / "copy")
    (path,) = (tmp_path / "copy").glob("data/*.parquet")
    table = pq.read_table(path).append_column("mood", pa.array(["fine"] * 20))
    pq.write_table(table, path)
    assert (
        backissue.open_release(path.parents[1]).articles().to_arrow()["mood"][0].as_py() == "fine"
    )
