"""What in a library is damaged, as one line that says what mends it; links that lead out are refused."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.disk.damage import damaged, reading_database, refuse_links_out, told_as_damage
from archive.errors import Damaged, LeadsOutside
from archive.library import Library


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("state/backissue.db", "`backissue repair` makes it again"),
        ("locks/publish", "`backissue repair` makes it again"),
        ("generations/0002/fold.db", "`backissue rebuild` makes it again"),
        ("generations/0002/captures/data/fetch_month=2026-03/x.parquet", "`backissue rebuild`"),
        ("current", "`backissue rebuild` makes it again"),
        ("warc/2026/11/x.cdxj", "`backissue repair` makes it again"),
        ("warc/2026/11/x.warc.gz", "put it back from a copy, or let `backissue repair`"),
        ("warc/imported/x.warc.gz.captures.jsonl", "`backissue repair` makes it again"),
        ("sources/north.toml", "put it back from a copy, or correct it"),
        ("releases/spring/README.md", "make it again with `backissue release`"),
    ],
)
def test_the_message_names_the_cure_of_the_place(name: str, cure: str, tmp_path: Path) -> None:
    said = str(damaged(tmp_path / "library" / name, "damaged"))
    assert said.startswith(f"{tmp_path / 'library' / name}: damaged: ")
    assert cure in said


@pytest.mark.parametrize(
    "name",
    [
        *(
            "templates/north.example",
            "warc/2026",
            "sources/x.toml",
            "state/backissue.db",
            "README.md",
        ),
        *("generations/0001/articles/data/x.parquet", "locks/serve", "current", "releases/deep/x"),
    ],
)
def test_a_library_with_a_link_that_leads_out_is_not_opened(
    library: Library, name: str, tmp_path: Path
) -> None:
    place, elsewhere = library.path / name, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x").write_text("x")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(os.path.relpath(elsewhere, place.parent))
    with pytest.raises(LeadsOutside, match="leads out of the library"):
        Library.open(library.path)
    with pytest.raises(LeadsOutside):
        Library.open(library.path, writing=True)
    assert [path.name for path in elsewhere.iterdir()] == ["x"]


def test_links_within_a_library_and_those_of_a_person_beside_it_are_left_alone(
    library: Library, tmp_path: Path
) -> None:
    (library.path / "notes").symlink_to(tmp_path)
    (library.path / "sources/one.toml").write_text('url = "http://one.example/"\n')
    (library.path / "sources/two.toml").symlink_to("one.toml")
    (tmp_path / "by-another-name").symlink_to(library.path)
    refuse_links_out(tmp_path / "by-another-name")
    with Library.open(tmp_path / "by-another-name") as opened:
        assert opened.generation.name == "0001"


def test_a_link_is_refused_before_library_toml_is_read_through_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text("password = not TOML")
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "library.toml").symlink_to(secret)
    with pytest.raises(LeadsOutside):
        Library.open(folder)


def test_only_errors_of_files_in_the_library_are_damage(tmp_path: Path) -> None:
    inside = tmp_path / "library" / "state"
    inside.mkdir(parents=True)
    said = "state: a folder stands where a file is to be: `backissue"
    with pytest.raises(Damaged, match=said), told_as_damage(tmp_path / "library"):
        inside.read_bytes()
    with pytest.raises(IsADirectoryError), told_as_damage(tmp_path / "library"):
        tmp_path.read_bytes()
    with pytest.raises(IsADirectoryError), told_as_damage(None):
        inside.read_bytes()
    with pytest.raises(OSError, match="full"), told_as_damage(tmp_path / "library"):
        raise OSError(errno.ENOSPC, "full", str(inside))


@pytest.mark.parametrize("content", [b"no database" * 99, b"SQLite format 3\0", bytes(200)])
def test_a_file_that_is_no_database_is_told_of(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state" / "x.db"
    path.parent.mkdir()
    path.write_bytes(content)
    said = "file is not a database: `backissue repair`"
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(Damaged, match=said),
        reading_database(path),
    ):
        connection.execute("CREATE TABLE one (two)")


def test_a_locked_database_is_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as writer, closing(sqlite3.connect(path, timeout=0)) as one:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"), reading_database(path):
            one.execute("CREATE TABLE one (two)")
