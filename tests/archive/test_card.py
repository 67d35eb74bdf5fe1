"""The card that stands in each library as README.md, and what `datasets` makes of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.library import Library
from archive.tables.schema import TABLES
from printed import CARD
from small import make_small

LOAD = """
import json, sys, datasets
datasets.disable_progress_bars()
rows = {}
for table in sys.argv[2:]:
    files = f"{table}/data/**/*.parquet"
    if sys.argv[1] == "streamed":
        found = datasets.load_dataset("parquet", data_files=files, split="train", streaming=True)
        rows[table] = [len(list(found)), sorted(found.features)]
    elif sys.argv[1] == "kept":
        found = datasets.load_dataset("parquet", data_files=files, split="train")
        rows[table] = [found.num_rows, sorted(found.features)]
    else:
        found = datasets.load_dataset(sys.argv[1], table, split="train")
        rows[table] = [found.num_rows, sorted(found.features)]
print(json.dumps(rows))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_small(tmp_path_factory.mktemp("card") / "library").library


def load(library: Path, cache: Path, way: str, *tables: str) -> Any:
    """What `datasets` says of *tables* in a process that works in the library's folder."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, way, *tables],
        cwd=library,
        env=os.environ | {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_card_names_each_table_for_people_and_for_programs() -> None:
    text = CARD.read_text(encoding="utf-8")
    assert set(re.findall(r"^- config_name: (\w+)", text, re.MULTILINE)) == set(TABLES)
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(TABLES)
    files = dict(re.findall(r"config_name: (\w+)\n  data_files: (\S+)", text))
    assert files == {table: f"{table}/data/**/*.parquet" for table in TABLES}


def test_each_table_can_be_streamed_with_rows_or_without(small: Library, tmp_path: Path) -> None:
    wanted = {table: [len(small.table(table)), sorted(TABLES[table].names)] for table in TABLES}
    assert wanted["comments"][0] == 0
    assert load(small.path, tmp_path, "streamed", *TABLES) == wanted


def test_each_table_that_has_rows_can_be_loaded_by_its_name(small: Library, tmp_path: Path) -> None:
    filled = {table: len(small.table(table)) for table in TABLES if len(small.table(table))}
    assert len(filled) == len(TABLES) - 2
    found = load(small.path, tmp_path, str(small.path), *filled)
    assert {table: rows for table, (rows, _) in found.items()} == filled


@pytest.mark.long
def test_what_is_loaded_by_its_files_grows_with_them(small: Library, tmp_path: Path) -> None:
    before = tmp_path / "library"
    shutil.copytree(small.path, before, symlinks=True)
    for path in before.glob("generations/*/articles/data/*/g0001-000002-*.parquet"):
        path.unlink()
    assert load(before, tmp_path / "hf", "kept", "articles")["articles"][0] == 12
    assert load(small.path, tmp_path / "hf", "kept", "articles")["articles"][0] == 14
