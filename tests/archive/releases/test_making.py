"""A release is whole or not there, holds what was asked for, and is the same bytes when made again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.errors import UsageError
from archive.library import Library
from archive.releases import data_files
from archive.releases.making import make_release
from archive.repair.leftovers import remove_leftovers
from archive.tables.parquet import write_rows
from archive.tables.schema import TABLES
from mails import CLOSED, fill, row


def rows_of(folder: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in sorted(folder.glob("data/*.parquet")))


def sums(folder: Path) -> str:
    return (folder / "SHA256SUMS").read_text()


def about(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text())["backissue"]
    return found


def test_it_has_the_newest_version_of_each_article_in_order(filled: Library, released: Path):
    found = rows_of(released)
    assert found.equals(filled.articles().to_arrow())
    assert found.schema.equals(TABLES["articles"])
    assert found.num_rows == 20
    changed = [(row["version"], row["article_body"][:24]) for row in found.to_pylist()][2]
    assert changed == (2, "Letter 2, in version 2.\n")


def test_sha256sum_finds_all_files_whole(released: Path):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=released,
        capture_output=True,
        text=True,
        check=True,
    )
    there = {str(p.relative_to(released)) for p in released.rglob("*") if p.is_file()}
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == there - {"SHA256SUMS"}
    assert there == {
        *("CITATION.cff", "LICENSE.md", "README.md", "SHA256SUMS", "croissant.json"),
        *("datapackage.json", "data/train-00000-of-00001.parquet"),
    }


def test_a_copy_of_the_library_gives_the_same_bytes_elsewhere(
    filled: Library, released: Path, tmp_path: Path
):
    shutil.copytree(filled.path, tmp_path / "other name", symlinks=True)
    with Library.open(tmp_path / "other name") as copy:
        again, _ = make_release(copy, released.name, tmp_path / "out")
    assert sums(again) == sums(released)
    assert (again / "README.md").read_bytes() == (released / "README.md").read_bytes()


def test_filters_that_choose_alike_give_the_same_bytes(filled: Library, tmp_path: Path):
    one, _ = make_release(filled, "x", tmp_path / "one", since="2026-10-03T02:00+02:00")
    other, _ = make_release(
        filled, "x", tmp_path / "other", since=datetime(2026, 10, 3, tzinfo=UTC)
    )
    assert sums(one) == sums(other)
    assert about(one)["filters"] == {"since": "2026-10-03T00:00:00+00:00"}


def test_its_date_is_that_of_the_newest_batch(released: Path):
    assert about(released)["closed"] == "2026-11-05T10:00:00+00:00"
    assert CLOSED[-1] == "2026-11-05T10:00:00Z"
    assert about(released)["batch"] == 2


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"source": "mail", "completeness": "teaser"}, [4]),  # by hand, at an address of mail's
        ({"source": "other", "completeness": "teaser"}, []),
        ({"source": "adhoc", "completeness": "teaser"}, [4]),
        ({"language": "en", "author": "ann"}, [5, 10]),
        ({"published_since": "2022-01-01", "query": "mail NOT rain"}, []),
        ({"published_until": "2019-12-31", "query": '"letter 8"'}, [8]),
        ({"until": "2026-10-02T12:00"}, [0, 1]),
    ],
)
def test_filters_choose_the_rows(
    filled: Library, tmp_path: Path, filters: dict[str, Any], found: list[int]
):
    if not found:
        with pytest.raises(UsageError, match="no article is like that"):
            make_release(filled, "some", tmp_path / "some", **filters)
        assert list(tmp_path.iterdir()) == []
        return
    folder, facts = make_release(filled, "some", tmp_path / "some", **filters)
    assert rows_of(folder)["warc_record_offset"].to_pylist() == [10 * number for number in found]
    assert facts.counts.rows == len(found)


def test_rows_of_a_batch_that_is_not_complete_are_left_out(tmp_path: Path):
    library = fill(tmp_path / "library")
    before, _ = make_release(library, "x", tmp_path / "before")
    stray = pa.Table.from_pylist([row(30)], schema=TABLES["articles"])
    write_rows(library.generation, "articles/data/fetch_month=2026-10/s.parquet", "articles", stray)
    assert len(library.articles()) == 21
    after, _ = make_release(library, "x", tmp_path / "after")
    assert sums(after) == sums(before)


def test_many_rows_go_into_several_files(
    filled: Library, released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(data_files, "ROW_GROUP", 3)
    monkeypatch.setattr(data_files, "_FILE", 5_000)
    folder, facts = make_release(filled, "x", tmp_path / "x")
    count = len(facts.files)
    assert count > 2
    names = [f"train-{number:05}-of-{count:05}.parquet" for number in range(count)]
    assert sorted(path.name for path in folder.glob("data/*")) == names
    assert rows_of(folder).equals(rows_of(released))
    groups = pq.ParquetFile(folder / "data" / names[0]).metadata
    assert {groups.row_group(n).num_rows for n in range(groups.num_row_groups)} == {3}
    assert [file.rows for file in facts.files][-1] < facts.files[0].rows


def test_no_column_has_a_dictionary(released: Path):
    (path,) = released.glob("data/*.parquet")
    group = pq.ParquetFile(path).metadata.row_group(0)
    assert not any(group.column(n).has_dictionary_page for n in range(group.num_columns))


def test_a_row_more_leaves_most_bytes_as_they_were(tmp_path: Path):
    """What content-defined chunking is for: the pages of a long column come again."""
    chance = hashlib.shake_256(b"texts").hexdigest(2_000_000)
    long = [row(n, article_body=chance[n * 20_000 : (n + 1) * 20_000]) for n in range(200)]
    shared = []
    for name, rows in (("all", long), ("fewer", long[1:])):
        table = pa.Table.from_pylist(rows, schema=TABLES["articles"])
        data_files._write_file(tmp_path / name, table, iter(()))
        data = (tmp_path / name).read_bytes()
        shared.append(set(data.split(b"\x28\xb5\x2f\xfd")))  # what zstd's frames begin with
    same = sum(map(len, shared[0] & shared[1]))
    assert same > 0.7 * (tmp_path / "all").stat().st_size


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "../up",
        "a/b",
        ".hidden",
        "a.",
        "-x",
        "a..b",
        "a--b",
        "con",
        "LPT1.x",
        "é",
        "a" * 66,
    ],
)
def test_a_name_that_is_not_plain_everywhere_is_refused(filled: Library, tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="release name"):
        make_release(filled, name, tmp_path / "x")


@pytest.mark.parametrize("name", ["a", "1", "a.b-c_d", "2026.11", "a__b", "A" * 64])
def test_a_plain_name_is_taken(filled: Library, tmp_path: Path, name: str):
    assert make_release(filled, name, tmp_path / "x", completeness="teaser")[1].name == name


def test_what_is_there_is_never_changed(filled: Library, released: Path, tmp_path: Path):
    before = sums(released)
    with pytest.raises(UsageError, match="is there already, and a release is never changed"):
        make_release(filled, released.name)
    assert sums(released) == before
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is there already"):
        make_release(filled, "x", tmp_path / "link")
    with pytest.raises(UsageError, match="is no folder"):
        make_release(filled, "x", tmp_path / "no/x")


def test_a_library_without_rows_says_so(library: Library, tmp_path: Path):
    with pytest.raises(UsageError, match="no article is like that"):
        make_release(library, "x", tmp_path / "x")


_KILLED = """
import os, signal, sys
from pathlib import Path
from archive.library import Library
from archive.releases.making import make_release

die = lambda done, total: os.kill(os.getpid(), signal.SIGKILL)
make_release(Library.open(Path(sys.argv[1])), "x", on_progress=die)
"""


def test_what_a_kill_left_goes_with_the_next_release_or_repair(tmp_path: Path):
    library = fill(tmp_path / "library")
    releases = library.path / "releases"
    for last in (False, True):
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, library.path],
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert done.returncode == -9
        (left,) = releases.iterdir()
        assert left.name.startswith(".x.")
        if last:
            folder, _ = make_release(library, "x")
            assert list(releases.iterdir()) == [folder]
        else:
            assert remove_leftovers(library) == [str(left.relative_to(library.path))]
            assert list(releases.iterdir()) == []


def test_an_interrupt_leaves_nothing(filled: Library, tmp_path: Path):
    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_release(filled, "x", tmp_path / "x", on_progress=interrupted)
    assert list(tmp_path.iterdir()) == []
