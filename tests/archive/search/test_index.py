"""Whatever happens to the index, a search finds what the tables hold."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.library import Library
from archive.search.database import connect, read_state
from archive.search.hits import search
from archive.search.index import index_path
from mounts import read_only

Make = Callable[..., dict[str, Any]]
Publish = Callable[..., None]
Ids = Callable[..., list[str]]


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _cut_within_a_page(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 100)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _a_folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def _a_file_for_a_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"no folder")


def _garbage_within(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(path.stat().st_size - 4096))


def _changed(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def _another_database(path: Path) -> None:
    path.unlink()
    _changed(path, "CREATE TABLE articles (id); CREATE TABLE state (batch);")


def _texts_gone(path: Path) -> None:
    _changed(path, "DELETE FROM texts;")


def _texts_damaged(path: Path) -> None:
    _changed(path, "UPDATE texts SET text = substr(text, 1, 12);")


def _a_table_gone(path: Path) -> None:
    _changed(path, "DROP TABLE texts;")


def _words_gone(path: Path) -> None:
    _changed(path, "DROP TABLE words;")


def _later_format(path: Path) -> None:
    _changed(path, "UPDATE state SET format = 99;")


def _wrong_batch(path: Path) -> None:
    _changed(path, "UPDATE state SET batch = 'one';")


def _no_state(path: Path) -> None:
    _changed(path, "DELETE FROM state;")


def _of_another_library(path: Path) -> None:
    _changed(path, "UPDATE state SET journal = 'x'; UPDATE articles SET mark = 'x', url = 'y';")


DAMAGES = (
    *(_garbage, _cut, _cut_within_a_page, _emptied, _a_folder, _a_file_for_a_folder),
    *(_garbage_within, _another_database, _texts_gone, _texts_damaged, _a_table_gone, _words_gone),
    *(_later_format, _wrong_batch, _no_state, _of_another_library),
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_index_is_made_again(
    damage: Callable[[Path], None], library: Library, article: Make, publish: Publish
):
    publish(1, *(article(f"piece{n}", f"mail {n} " + "and words " * 200) for n in range(40)))
    before, notices = list(search(library, "mail", 50)), list[str]()
    damage(index_path(library))
    assert list(search(library, "mail", 50, notices.append)) == before
    assert [path.name for path in index_path(library).parent.iterdir()] == ["index.db"]
    assert notices == []
    publish(2, article("barge", "mail"))
    assert len(list(search(library, "mail", 50))) == 41


KILLED = """
import os, signal, sys
from archive.library import Library
from archive.search import growth, index
real = growth.write_state
def write_state(connection, state):
    real(connection, state)
    if state.batch == int(sys.argv[2]):
        connection.execute("PRAGMA cache_spill = 1")
        print(flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
growth.write_state = write_state
growth_cache = index.connect
def connect(*words):
    connection = growth_cache(*words)
    connection.execute("PRAGMA cache_size = 5")  # changed pages reach the file before the end
    return connection
index.connect = connect
index.update(Library.open(sys.argv[1]))
"""


@pytest.mark.long
@pytest.mark.parametrize("batch", [2, 3])
def test_a_killed_process_leaves_the_index_of_an_earlier_batch(
    batch: int, library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("one", "mail " + "many words " * 2000))
    assert ids("mail") == ["one"]
    for number in (2, 3):
        text = " ".join(f"mail{number} word{n}" for n in range(4000))
        publish(number, *(article(f"b{number}n{n}", text) for n in range(20)))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, library.path, str(batch)], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    journal = index_path(library).with_name("index.db-journal")
    assert journal.stat().st_size > 512
    copy = library.path.with_name("copy")
    shutil.copytree(library.path, copy, symlinks=True)
    with closing(connect(index_path(Library.open(copy)))) as connection:
        state = read_state(connection)
        (rows,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    assert state is not None
    assert (state.batch, rows) == (batch - 1, 1 + 20 * (batch - 2))
    assert len(ids("mail2", limit=50)) == 20
    assert len(ids("mail3", limit=50)) == 20
    assert not journal.exists()


def test_a_process_killed_while_it_makes_the_index_leaves_nothing_that_stays(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("one", "mail"))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, library.path, "1"], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    folder = index_path(library).parent
    assert [path.suffix for path in folder.glob("index.*")] != []
    assert not index_path(library).exists()
    assert ids("mail") == ["one"]
    assert [path.name for path in folder.iterdir()] == ["index.db"]


def test_an_index_of_an_earlier_program_goes(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("one", "mail"))
    older = library.path / "state/search/0001-000001.db"
    older.parent.mkdir()
    older.write_bytes(b"as it was")
    assert ids("mail") == ["one"]
    assert not older.exists()


def test_a_copy_that_cannot_be_written_is_searched_from_its_older_index(
    library: Library, article: Make, publish: Publish, ids: Ids, tmp_path: Path
):
    publish(1, article("one", "mail"))
    ids("mail")
    first = library.generation / "articles/data/fetch_month=2026-11/batch-1.parquet"
    publish(2, article("two", "mail"))
    first.unlink()  # what the older index holds is not read again
    notices: list[str] = []
    with read_only(library.path, tmp_path / "read-only") as folder, Library.open(folder) as other:
        hits = list(search(other, "mail", on_notice=notices.append))
    assert sorted(hit.article_id for hit in hits) == ["one", "two"]
    assert len(notices) == 1


def test_several_processes_bring_the_index_up_at_once(
    library: Library, article: Make, publish: Publish, ids: Ids
):
    publish(1, article("one", "mail"))
    ids("mail")
    for number in range(2, 12):
        publish(number, article(f"n{number}", "mail"))
    code = (
        "import sys; from archive.library import Library\n"
        "print(len(Library.open(sys.argv[1]).search('mail', 50)))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, library.path], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in running] == ["11"] * 4
