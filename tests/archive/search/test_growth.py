"""The index grows with the batches: what each one adds, replaces and takes out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pyarrow as pa
import pytest

from archive.errors import TablesMissing
from archive.layout import point_to
from archive.library import Library
from archive.search.batches import Batches
from archive.search.database import connect, read_state
from archive.search.hits import count, refresh, search
from archive.search.index import index_path
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span
from archive.tables.parquet import file_path, write_groups
from archive.tables.schema import TABLES

Make = Callable[..., dict[str, Any]]
Publish = Callable[..., None]
Ids = Callable[..., list[str]]


def numbers(library: Library) -> dict[str, int]:
    """The number of each article's row in the index: a row that was replaced has another."""
    with closing(connect(index_path(library), "ro")) as connection:
        return dict(connection.execute("SELECT article_id, id FROM articles"))


def next_generation(library: Library) -> None:
    """Give the library another generation with the same files, as a rebuild does."""
    old = library.generation
    shutil.copytree(old, old.with_name("0002"), symlinks=True)
    point_to(library.path, "0002")


def test_a_batch_is_read_from_its_own_files_alone(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("ferry", "It carries mail."))
    assert ids("mail") == ["ferry"]
    (library.generation / file_path("articles", "2026-11", "batch-1")).unlink()
    publish(2, article("barge", "More mail."))
    assert ids("mail") == ["barge", "ferry"]


def test_a_version_replaces_the_earlier_one(article: Make, publish: Publish, ids: Ids):
    publish(1, article("ferry", "one"), article("barge", "one"))
    assert ids("one") == ["barge", "ferry"]
    publish(2, article("ferry", "three", 3), article("ferry", "two", 2))
    assert (ids("one"), ids("two"), ids("three")) == (["barge"], [], ["ferry"])


def test_what_is_withdrawn_goes(article: Make, publish: Publish, ids: Ids):
    publish(1, article("ferry", "mail"), article("list", "mail"))
    assert ids("mail") == ["ferry", "list"]
    publish(2, withdrawn=(("list", 1),))
    assert ids("mail") == ["ferry"]
    publish(3, article("list", "mail again", 2))
    assert ids("mail") == ["ferry", "list"]
    publish(4, article("both", "mail"), withdrawn=(("both", 1),))
    assert ids("mail") == ["ferry", "list"]


def test_an_earlier_version_stands_again_where_only_a_later_one_is_withdrawn(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("ferry", "first mail"), article("other", "other"))
    publish(2, article("ferry", "second mail", 2))
    assert ids("second") == ["ferry"]
    publish(3, article("new", "mail"), withdrawn=(("ferry", 2),))
    assert ids("mail") == ["ferry", "new"]
    assert ids("first") == ["ferry"]
    index_path(library).unlink()
    assert ids("first") == ["ferry"]
    assert ids("second") == []


def test_after_a_rebuild_only_rows_that_differ_are_replaced(
    library: Library, article: Make, publish: Publish, ids: Ids, add_rows: Callable[..., None]
):
    same = [article(f"same{number}", "the same mail") for number in range(6)]
    publish(1, *same, article("ferry", "old mail"), article("gone", "mail"))
    ids("mail")
    before = numbers(library)
    next_generation(library)
    rows = [*same, article("ferry", "new mail"), article("new", "mail")]
    add_rows("articles", rows, "batch-1")
    assert ids("new") == ["ferry"]
    assert ids("old") == []
    assert ids("mail") == sorted(row["article_id"] for row in rows)
    after = numbers(library)
    kept = {name for name, number in after.items() if before.get(name) == number}
    assert kept == {row["article_id"] for row in same}


def test_an_index_most_of_which_differs_is_made_anew(
    library: Library, article: Make, publish: Publish, ids: Ids, add_rows: Callable[..., None]
):
    publish(1, *(article(f"piece{number}", "old mail") for number in range(5)))
    ids("mail")
    inode = index_path(library).stat().st_ino
    next_generation(library)
    add_rows("articles", [article(f"piece{n}", "new mail") for n in range(5)], "batch-1")
    assert len(ids("new")) == 5
    assert index_path(library).stat().st_ino != inode
    assert max(numbers(library).values()) == 5


def test_a_journal_that_lost_batches_takes_their_articles_out(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("ferry", "mail"), article("barge", "mail"))
    publish(2, article("late", "mail"))
    assert ids("mail") == ["barge", "ferry", "late"]
    lines = library.generation / "batches.jsonl"
    lines.write_bytes(lines.read_bytes().splitlines(keepends=True)[0])
    assert ids("mail") == ["barge", "ferry"]


def test_an_index_full_of_dead_rows_is_made_anew(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("ferry", "mail"))
    ids("mail")
    for version in range(2, 5):
        publish(version, *(article("ferry", f"mail {n}", n) for n in (version,)))
    with closing(connect(index_path(library))) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 2000")
    publish(5, article("ferry", "mail", 5))
    assert ids("mail") == ["ferry"]
    assert numbers(library) == {"ferry": 1}


def test_a_file_that_the_journal_names_and_is_not_there(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("ferry", "mail"))
    (library.generation / file_path("articles", "2026-11", "batch-1")).unlink()
    with pytest.raises(TablesMissing, match="0001/articles/data/fetch_month=2026-11/batch-1"):
        ids("mail")


def test_rows_of_several_row_groups_and_versions(library: Library, article: Make, ids: Ids):
    groups = [
        pa.Table.from_pylist(
            [article(f"piece{n}", f"mail {version}", version) for n in range(700)],
            schema=TABLES["articles"],
        )
        for version in (2, 3, 1)
    ]
    path = file_path("articles", "2026-11", "wide")
    file = write_groups(library.generation, path, "articles", iter(groups))
    entry = JournalEntry(Batch(1, "x", ()), Span("warc/b", 0, 1), "x 1", "sha256:0", (file,))
    journal.append(library.generation, entry)
    assert count(library, "3") == 700
    assert ids("1 OR 2") == []
    assert count(library, "mail") == 700


def test_refresh_brings_an_index_up_only_where_there_is_one(
    library: Library, article: Make, publish: Publish
):
    publish(1, article("ferry", "mail"))
    refresh(library)
    assert not index_path(library).exists()
    list(search(library, "mail"))
    publish(2, article("barge", "mail"))
    refresh(library)
    with closing(connect(index_path(library), "ro")) as connection:
        assert read_state(connection) == Batches.of(library.generation).state()
