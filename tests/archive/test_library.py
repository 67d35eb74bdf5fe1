"""A library on disk: made, opened, moved, refused, and read by others from its first moment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from archive.errors import (
    BackissueError,
    CaptureNotFound,
    CorruptRecord,
    NewerFormat,
    NoPermission,
    NotALibrary,
    TablesMissing,
    UsageError,
)
from archive.library import Library
from archive.tables.schema import TABLES
from archive.types import Capture, Pointer
from archive.warc.captures import read_groups
from archive.writer import WarcWriter

MakeCapture = Callable[..., Capture]
MakeRow = Callable[..., dict[str, Any]]
LINKS = (*TABLES, "batches.jsonl")


# Making


def test_a_new_library_has_its_folders_and_links(library: Library):
    assert (library.path / "current").readlink() == Path("generations/0001")
    for name in LINKS:
        assert (library.path / name).readlink() == Path("current", name)
    for name in ("sources", "warc", "locks", "quarantine", "releases", "templates"):
        assert (library.path / name).is_dir()
    assert library.generation.name == "0001"
    assert "library" in (library.path / "README.md").read_text()


def test_making_it_again_opens_it(tmp_path: Path):
    with Library.create(tmp_path / "a", "review") as first:
        before = sorted(first.path.rglob("*"))
        inodes = [path.lstat().st_ino for path in before]
    with Library.create(tmp_path / "a", "other") as second:
        assert second.settings.name == "review"
    assert sorted(second.path.rglob("*")) == before
    assert [path.lstat().st_ino for path in before] == inodes


def test_making_it_goes_on_where_it_was_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real, steps = Path.symlink_to, 0
    for limit in range(100):
        calls = iter(range(limit))

        def interrupted(link: Path, target: str, calls: Iterator[int] = calls, **_: object) -> None:
            if next(calls, None) is None:
                raise KeyboardInterrupt
            real(link, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "symlink_to", interrupted)
            try:
                Library.create(tmp_path / "a").close()
            except KeyboardInterrupt:
                steps += 1
                continue
        break
    assert steps >= 2
    with Library.open(tmp_path / "a") as library:
        assert len(library.articles()) == 0
        assert all((library.path / name).exists() for name in LINKS)


def test_lost_settings_are_written_again_and_the_data_stays(
    library: Library, make_row: MakeRow, add_rows: Callable[..., None]
):
    add_rows("articles", [make_row("articles", article_id="a" * 26, version=1)])
    (library.path / "current" / "batches.jsonl").write_text('{"batch": {"kept": 1')
    (library.path / "library.toml").unlink()
    with Library.create(library.path) as again:
        assert len(again.articles()) == 1
        assert (again.generation / "batches.jsonl").read_text() == '{"batch": {"kept": 1'


def test_files_that_stood_in_the_folder_are_left_alone(tmp_path: Path):
    (tmp_path / "README.md").write_text("my project")
    Library.create(tmp_path).close()
    assert (tmp_path / "README.md").read_text() == "my project"


@pytest.mark.parametrize("name", ["My Library", "../x", '"', "a\n"])
def test_a_name_that_no_library_may_have_leaves_nothing(tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="library name"):
        Library.create(tmp_path / "a", name)
    assert not (tmp_path / "a").exists()


def test_a_file_is_no_place_for_a_library(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UsageError) as caught:
            Library.create(path)
        assert "\n" not in str(caught.value)


# Opening


def test_what_is_no_library_is_refused(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(NotALibrary, match="is not a library"):
            Library.open(path)


@pytest.mark.parametrize("gone", ["current", "generations"])
def test_a_library_whose_tables_are_gone_says_so_until_it_is_opened_for_writing(
    library: Library, gone: str
):
    path = library.path / gone
    path.unlink() if path.is_symlink() else shutil.rmtree(path)
    with Library.open(library.path) as opened, pytest.raises(TablesMissing, match="rebuild"):
        opened.articles()
    assert not path.exists()
    with Library.open(library.path, writing=True) as opened:
        assert opened.articles().to_arrow().num_rows == 0


def test_a_generation_without_its_journal_is_not_written_over(library: Library):
    data = library.generation / "articles/data/fetch_month=2026-01"
    data.mkdir(exist_ok=True)
    (data / "g0001-000001-3f9a1c20.parquet").write_bytes(b"rows")
    (library.generation / "batches.jsonl").unlink()
    library.current.unlink()
    with Library.open(library.path, writing=True) as opened:
        assert opened.generation.name == "0002"
    assert (data / "g0001-000001-3f9a1c20.parquet").read_bytes() == b"rows"


def test_opening_for_reading_makes_nothing(library: Library):
    for name in ("locks", "quarantine", "releases", "templates"):
        shutil.rmtree(library.path / name)
    before = sorted(library.path.rglob("*"))
    with Library.open(library.path) as opened:
        assert opened.articles().to_arrow().num_rows == 0
    assert sorted(library.path.rglob("*")) == before


def test_a_newer_format_is_refused(library: Library):
    path = library.path / "library.toml"
    path.write_text(path.read_text().replace("format = 2", "format = 3"))
    for opening in (Library.open, Library.create):
        with pytest.raises(NewerFormat, match="upgrade"):
            opening(library.path)


def test_broken_settings_are_told_in_one_line(library: Library):
    (library.path / "library.toml").write_text("[disk\nfloor")
    with pytest.raises(UsageError) as caught:
        Library.open(library.path)
    assert str(caught.value).startswith(f"{library.path / 'library.toml'}: not valid TOML")
    assert "\n" not in str(caught.value)


def test_a_relative_path_is_resolved_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Library.create("a").close()
    with Library.open("a") as library:
        monkeypatch.chdir("/")
        assert len(library.articles()) == 0


def test_the_user_agent_tells_whom_to_ask(library: Library):
    def agent(**changes: str) -> str:
        return Library(library.path, library.settings.model_copy(update=changes)).user_agent

    assert agent().startswith("Backissue/")
    assert "+mailto:a@b.example)" in agent(contact="mailto:a@b.example")
    assert agent(user_agent="Mine/1") == "Mine/1"


# Folders that may not be written


@pytest.fixture
def read_only(library: Library) -> Iterator[Path]:
    """The library, mounted a second time without the right to write."""
    folder = library.path.parent / "read-only"
    folder.mkdir()
    command = ["mount", "-o", "bind,ro", str(library.path), str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_library_that_may_not_be_written_can_be_read(read_only: Path):
    with Library.open(read_only) as library:
        assert len(library.articles()) == 0
        with pytest.raises(NoPermission) as caught:
            assert library.state
        assert "\n" not in str(caught.value)


def test_no_library_is_made_where_nothing_may_be_written(read_only: Path):
    with pytest.raises(NoPermission, match="read-only"):
        Library.create(read_only / "new")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_library_is_made_in_a_locked_folder(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(NoPermission):
        Library.create(tmp_path / "new")
    tmp_path.chmod(0o700)


# Readers


@pytest.mark.parametrize("name", TABLES)
def test_glob_readers_see_typed_empty_tables_at_once(library: Library, name: str):
    folder = library.path / name / "data"
    found = ds.dataset(folder, format="parquet").to_table()
    assert found.num_rows == 0
    assert found.schema.remove_metadata() == TABLES[name].remove_metadata()
    assert [path.suffix for path in folder.glob("**/*") if path.is_file()] == [".parquet"]


def test_a_library_may_be_moved(library: Library, make_capture: MakeCapture, tmp_path: Path):
    capture = make_capture()
    with closing(WarcWriter(library)) as writer:
        pointer = writer.write(capture).result(20)
    library.close()
    moved = tmp_path / "elsewhere" / "deep"
    moved.parent.mkdir()
    shutil.move(library.path, moved)
    with Library.open(moved) as again:
        assert again.read(pointer) == capture
        assert len(again.articles()) == 0
        assert [file.name for file in again.state.warc_files()] == [pointer.filename]
    for name in LINKS:
        assert (moved / name).resolve() == moved / "generations" / "0001" / name


# Captures


@pytest.fixture
def kept(
    library: Library,
    make_capture: MakeCapture,
    make_row: MakeRow,
    add_rows: Callable[..., None],
) -> tuple[Capture, Pointer]:
    """A capture in a sealed WARC file, with its rows in the tables."""
    capture = make_capture()
    with closing(WarcWriter(library)) as writer:
        writer.write(make_capture(8)).result(20)
        pointer = writer.write(capture).result(20)
        writer.write(make_capture(9)).result(20)
    at = {
        "warc_filename": pointer.filename,
        "warc_record_offset": pointer.offset,
        "warc_record_length": pointer.length,
        "warc_record_id": capture.warc_record_id,
    }
    add_rows("captures", [make_row("captures", **at)])
    add_rows("articles", [make_row("articles", article_id="a" * 26, version=1, **at)])
    return capture, pointer


def test_a_capture_is_found_by_article_and_by_record(
    library: Library, kept: tuple[Capture, Pointer]
):
    capture, _ = kept
    for wanted in ("a" * 26, capture.warc_record_id, f"<{capture.warc_record_id}>"):
        assert library.capture(wanted) == capture


@pytest.mark.parametrize("wanted", ["b" * 26, "urn:uuid:none", ""])
def test_an_unknown_id_is_no_capture(library: Library, wanted: str):
    with pytest.raises(CaptureNotFound):
        library.capture(wanted)


def test_a_row_that_points_elsewhere_never_serves_another_capture(
    library: Library,
    kept: tuple[Capture, Pointer],
    make_row: MakeRow,
    add_rows: Callable[..., None],
):
    capture, pointer = kept
    with (library.path / pointer.filename).open("rb") as stream:
        places = [located.offset for group in read_groups(stream) for located in group]
    wrong = [place for place in places if place != pointer.offset]
    wrong += [pointer.offset + 1, pointer.offset - 1, 10**9]
    for number, offset in enumerate(wrong):
        row = make_row(
            "captures",
            warc_filename=pointer.filename,
            warc_record_offset=offset,
            warc_record_length=pointer.length,
            warc_record_id=f"urn:uuid:{number}",
        )
        add_rows("captures", [row], f"wrong-{number}")
        with pytest.raises(CorruptRecord):
            library.capture(f"urn:uuid:{number}")
    assert library.capture(capture.warc_record_id) == capture


def test_a_file_that_is_gone_is_told(library: Library, kept: tuple[Capture, Pointer]):
    capture, pointer = kept
    (library.path / pointer.filename).unlink()
    with pytest.raises(CorruptRecord, match="the file is gone") as caught:
        library.capture(capture.warc_record_id)
    assert isinstance(caught.value, BackissueError)


def test_an_open_file_is_read_too(library: Library, make_capture: MakeCapture):
    capture = make_capture()
    with closing(WarcWriter(library)) as writer:
        pointer = writer.write(capture).result(20)
        assert library.read(pointer) == capture
        assert library.warc(pointer.filename).name.endswith(".open")
    assert library.read(replace(pointer)) == capture
