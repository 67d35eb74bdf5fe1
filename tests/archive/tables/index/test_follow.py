"""The look-up index is that of the tables as they are, or is not asked."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.disk.locks import lock_in_turn
from archive.layout import point_to
from archive.library import Library
from archive.tables import names
from archive.tables.index.answers import count_articles, files_with, ids_with, pointers_of
from archive.tables.index.follow import index_path
from archive.tables.parquet import file_path
from archive.types import Pointer

Publish = Callable[..., None]
Make = Callable[..., dict[str, Any]]
POINTER = Pointer("warc/a.warc.gz", 7, 9)


@pytest.fixture
def placed(article: Make) -> Make:
    """Makes a row of `articles` that has a pointer."""

    def make(name: str, version: int = 1, **values: Any) -> dict[str, Any]:
        place = {
            "warc_record_id": f"urn:uuid:{name}-{version}",
            "warc_filename": POINTER.filename,
            "warc_record_offset": POINTER.offset,
            "warc_record_length": POINTER.length,
        }
        return article(name, f"text {version}", version, **place | values)

    return make


@pytest.fixture
def filled(library: Library, placed: Make, publish: Publish) -> Library:
    """A library of two articles in one batch, whose index is made."""
    publish(1, placed("ferry"), placed("light"))
    assert count_articles(library.generation) == 2
    return library


def times(library: Library) -> tuple[int, int]:
    seen = index_path(library.generation).stat()
    return seen.st_ino, seen.st_mtime_ns


def test_it_knows_pointers_ids_and_files(filled: Library) -> None:
    generation = filled.generation
    assert pointers_of(generation, "ferry") == [("urn:uuid:ferry-1", POINTER)]
    assert pointers_of(generation, "none") == []
    assert ids_with(generation, "fe") == ["ferry"]
    assert ids_with(generation, "x") == []
    (path,) = files_with(generation, "articles", "article_id", ["light"]) or ()
    assert path == generation / file_path("articles", "2026-11", "batch-1")
    assert files_with(generation, "captures", "url_surtkey", ["example,review)/light"]) == []


def test_it_grows_by_the_batches_that_come(filled: Library, placed: Make, publish: Publish) -> None:
    inode, _ = times(filled)
    publish(2, placed("ferry", 2), placed("storm"))
    assert ids_with(filled.generation, "") == ["ferry", "light", "storm"]
    assert pointers_of(filled.generation, "ferry") == [("urn:uuid:ferry-2", POINTER)]
    assert times(filled)[0] == inode


def test_it_is_not_written_where_nothing_came(filled: Library) -> None:
    before = times(filled)
    assert ids_with(filled.generation, "fe") == ["ferry"]
    assert times(filled) == before


def test_withdrawn_versions_do_not_count(filled: Library, placed: Make, publish: Publish) -> None:
    publish(2, placed("ferry", 2), withdrawn=(("ferry", 1), ("light", 1)))
    assert count_articles(filled.generation) == 1 == len(filled.articles().to_arrow())
    publish(3, placed("light", 2), withdrawn=(("ferry", 2),))
    assert count_articles(filled.generation) == 1 == len(filled.articles().to_arrow())
    assert len(filled.articles()) == 1


@pytest.mark.parametrize("spoiled", [b"", b"no database", "newer", "cut", "absent"])
def test_a_damaged_index_is_made_again(filled: Library, spoiled: bytes | str) -> None:
    path = index_path(filled.generation)
    if isinstance(spoiled, bytes):
        path.write_bytes(spoiled)
    elif spoiled == "newer":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE state SET format = 1000")
    elif spoiled == "cut":
        path.write_bytes(path.read_bytes()[:8192] + bytes(path.stat().st_size - 8192))
    else:
        shutil.rmtree(path.parent)
    assert ids_with(filled.generation, "") == ["ferry", "light"]
    assert pointers_of(filled.generation, "ferry") == [("urn:uuid:ferry-1", POINTER)]


def test_a_journal_that_says_otherwise_makes_it_anew(
    filled: Library, placed: Make, publish: Publish
) -> None:
    (filled.generation / "batches.jsonl").write_bytes(b"")
    shutil.rmtree(filled.generation / "articles/data/fetch_month=2026-11")
    publish(1, placed("storm"))
    assert ids_with(filled.generation, "") == ["storm"]


def test_a_copy_is_taken_as_it_is(filled: Library, tmp_path: Path) -> None:
    shutil.copytree(filled.path, tmp_path / "copy", symlinks=True)
    with Library.open(tmp_path / "copy") as copy:
        inode, _ = times(copy)
        assert ids_with(copy.generation, "") == ["ferry", "light"]
        assert times(copy)[0] == inode


def test_another_generation_has_an_index_when_readers_see_it(filled: Library) -> None:
    shutil.copytree(filled.generation, filled.path / "generations/0002")
    other = filled.path / "generations/0002"
    assert ids_with(other, "") is None
    assert names.article_named(other, "ferry") == "ferry"
    point_to(filled.path, "0002")
    assert ids_with(other, "") == ["ferry", "light"]


def test_rows_of_a_batch_under_way_are_found(
    filled: Library, placed: Make, add_rows: Callable[..., None]
) -> None:
    add_rows("articles", [placed("storm")], "batch-2")
    assert ids_with(filled.generation, "storm") is None
    assert count_articles(filled.generation) is None
    assert names.article_named(filled.generation, "storm") == "storm"
    assert [row["version"] for row in names.versions_named(filled.generation, "storm")] == [1]
    assert names.pointer_named(filled.generation, "storm") == ("urn:uuid:storm-1", POINTER)
    assert len(filled.articles()) == 3


def test_who_finds_the_index_locked_searches_the_files(
    filled: Library, placed: Make, publish: Publish
) -> None:
    publish(2, placed("storm"))
    with lock_in_turn(index_path(filled.generation).parent):
        assert ids_with(filled.generation, "storm") is None
        assert names.article_named(filled.generation, "storm") == "storm"
    assert ids_with(filled.generation, "storm") == ["storm"]


def test_a_damaged_table_file_leaves_all_to_the_search(
    filled: Library, placed: Make, publish: Publish
) -> None:
    publish(2, placed("storm"))
    path = filled.generation / file_path("articles", "2026-11", "batch-2")
    path.write_bytes(b"PAR1" + path.read_bytes()[4:-200])
    assert ids_with(filled.generation, "ferry") is None
    before = times(filled)
    assert ids_with(filled.generation, "ferry") is None
    assert times(filled) == before
