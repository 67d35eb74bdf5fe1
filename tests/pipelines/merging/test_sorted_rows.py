from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.tables import parquet
from archive.tables.schema import TABLES
from pipelines.merging.sorted_rows import regrouped, row_groups


def removed(chosen: random.Random, count: int, begin: int) -> pa.Table:
    """Rows of `removed`, of few articles, each with a text of its own."""
    rows = [
        {
            "article_id": chosen.choice("abc"),
            "version": chosen.choice([1, 2, None]),
            "block": f"{n}",
        }
        for n in range(begin, begin + count)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["removed"])


def test_rows_are_grouped_again() -> None:
    rows = removed(random.Random(1), 50, 0)
    cut = [rows.slice(at, size) for at, size in ((0, 3), (3, 0), (3, 30), (33, 17))]
    groups = list(regrouped(cut, 20))
    assert [len(group) for group in groups] == [20, 20, 10]
    assert pa.concat_tables(groups).equals(rows)
    assert [len(group) for group in regrouped([rows], 50)] == [50]
    assert list(regrouped([rows.slice(0, 0)], 20)) == []


@pytest.mark.parametrize(("files", "rows"), [(1, 3), (3, 9_000), (150, 30)])
def test_merged_files_are_the_file_that_all_rows_together_give(
    tmp_path: Path, files: int, rows: int
) -> None:
    chosen, parts, paths = random.Random(files), [], []
    for number in range(files):
        part = removed(chosen, rows, number * rows)
        file = parquet.write_rows(
            tmp_path, f"{number}.parquet", "removed", parquet.sort_rows("removed", part)
        )
        parts.append(part)
        paths.append(tmp_path / file.path)
    whole = parquet.sort_rows("removed", pa.concat_tables(parts))
    wanted = parquet.write_rows(tmp_path, "whole.parquet", "removed", whole)
    groups = row_groups("removed", paths, tmp_path / "scratch")
    found = parquet.write_groups(tmp_path, "merged.parquet", "removed", groups)
    assert (found.rows, found.sha256) == (files * rows, wanted.sha256)
    assert pq.ParquetFile(tmp_path / "merged.parquet").num_row_groups == -(-files * rows // 10_000)
