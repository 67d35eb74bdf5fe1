"""A library of format 1, as 0.5.0 left it: read as it is, published into, brought up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from archive.config import read_settings
from archive.disk import files
from archive.library import Library
from archive.tables.columns import columns_in, is_of_format_1, tables_in
from archive.tables.journal import read_journal
from archive.tables.parquet import sha256
from archive.tables.schema import SINCE_FORMAT_2, TABLES, of_format_1
from archive.types import Finding
from archive.verify.library import verify
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild
from small import keep, make_small

ENGINE = Engine("local", 1)


def made_older(library: Library) -> None:
    """Take what format 2 brought out of the files, the links, the journal and the settings."""
    generation = library.generation
    journal = (generation / "batches.jsonl").read_text()
    for path in sorted(generation.glob("*/data/*/*.parquet")):
        columns = of_format_1(path.relative_to(generation).parts[0])
        if not columns.names:
            path.unlink()
            continue
        before = sha256(path)
        rows = pq.read_table(path, partitioning=None).select(columns.names)
        pq.write_table(rows.cast(columns), path, compression="zstd")
        journal = journal.replace(before, sha256(path))
    (generation / "batches.jsonl").write_text(journal)
    for table in set(TABLES) - set(tables_in(generation)):
        (library.path / table).unlink()
        files.remove_tree(generation / table)
    settings = library.path / "library.toml"
    settings.write_text(re.sub("(?m)^format = 2", "format = 1", settings.read_text()))


def wrong(library: Library) -> list[Finding]:
    return [one for one in verify(library.path).findings if one.severity == "error"]


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Library]:
    small = make_small(tmp_path / "library")
    made_older(small.library)
    small.library.close()
    with Library.open(tmp_path / "library") as library:
        yield library


def everything(folder: Path) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(folder)): (
            str(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and "backissue.db" not in path.name
    }


def test_it_is_read_as_it_is_and_reading_changes_nothing(older: Library) -> None:
    before = everything(older.path)
    assert is_of_format_1(older.generation)
    rows = older.articles().to_pylist()
    assert rows
    assert {row["agency"] for row in rows} == {None}
    assert len(older.table("withdrawn")) == 0
    assert older.lacking() == []
    assert wrong(older) == []
    assert everything(older.path) == before


def test_a_batch_that_comes_has_the_columns_of_its_generation(older: Library) -> None:
    count = len(older.captures())
    small = make_small(older.path.parent / "other")
    keep(older, [c for c in small.captures if c.role == "page" and not c.original][:1])
    assert publish(older, ENGINE)
    assert read_settings(older.path).format == 1
    assert len(older.captures()) > count
    for table in tables_in(older.generation):
        for path in (older.generation / table / "data").glob("*/*.parquet"):
            assert pq.read_schema(path).names == columns_in(older.generation, table).names
    assert "agency" not in ds.dataset(older.path / "articles/data").schema.names


def test_a_rebuild_brings_the_columns_and_raises_the_format(older: Library) -> None:
    ids = sorted(row["article_id"] for row in older.articles())
    rebuild(older, ENGINE)
    assert read_settings(older.path).format == 2
    assert not is_of_format_1(older.generation)
    assert (older.path / "withdrawn").is_symlink()
    assert wrong(older) == []
    assert sorted(row["article_id"] for row in older.articles()) == ids
    assert len(read_journal(older.generation)) == 2


def test_what_format_1_lacks_are_columns_of_today() -> None:
    for table, names in SINCE_FORMAT_2.items():
        assert names <= set(TABLES[table].names)


def test_publish_says_once_what_brings_the_columns(older: Library) -> None:
    words = [
        subprocess.run(
            [sys.executable, "-m", "backissue", "publish", "--library", str(older.path)],
            capture_output=True,
            text=True,
        ).stderr
        for _ in range(2)
    ]
    line = "backissue: the tables lack columns that are new: `backissue rebuild` brings them\n"
    assert words == [line, ""]
