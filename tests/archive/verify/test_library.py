"""Places that lead elsewhere, files that are gone, writers beside us, and nothing ever written."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.disk.locks import lock, try_lock
from archive.errors import NewerFormat, NotALibrary
from archive.library import Library
from archive.types import Finding
from archive.verify import library as verifying
from archive.verify.library import verify
from archive.warc_file import index_path
from archive.writer import WarcWriter
from drafts import EXTRA, NAME, RECORD, Draft, Rows, page


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in verify(folder).findings}


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file and link below *folder*: its content and the time of its last change."""
    return {
        str(path.relative_to(folder)): (
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes(),
            path.lstat().st_mtime_ns,
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("name", ["offset", "length"])
@pytest.mark.parametrize("line", [0, 1, 2])
def test_an_index_that_is_off_by_one_is_found(
    tmp_path: Path, by: int, name: str, line: int
) -> None:
    def edit(found: list[Any]) -> list[Any]:
        wrong = replace(found[line], **{name: getattr(found[line], name) + by})
        return [*found[:line], wrong, *found[line + 1 :]]

    found = verify(Draft(entries=edit).write(tmp_path / "library"))
    assert found.errors
    assert {one.code for one in found.findings} <= {"cdxj.offset", "cdxj.incomplete", "cdxj.length"}


@pytest.mark.parametrize("table", ["captures", "articles"])
@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("warc_record_offset", lambda value: value - 1),
        ("warc_record_offset", lambda value: value + 1),
        ("warc_record_length", lambda value: value - 1),
        ("warc_record_length", lambda value: value + 1),
        ("warc_filename", lambda value: RECORD),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_a_row_that_points_beside_its_record_is_found(
    tmp_path: Path, table: str, column: str, change: Callable[[Any], Any], number: int
) -> None:
    def edit(rows: Rows) -> Rows:
        rows[table][number][column] = change(rows[table][number][column])
        return rows

    found = verify(Draft(rows=edit).write(tmp_path / "library"))
    (finding,) = found.findings
    assert finding.code == "parquet.pointer"
    assert finding.path.startswith(f"{table}/data/")
    assert finding.url is not None


def test_rows_that_have_changed_places_are_found(tmp_path: Path) -> None:
    def edit(rows: Rows) -> Rows:
        first, second, *_ = rows["captures"]
        for name in ("warc_record_offset", "warc_record_length"):
            first[name], second[name] = second[name], first[name]
        return rows

    found = verify(Draft(rows=edit).write(tmp_path / "library"))
    assert [finding.code for finding in found.findings] == ["parquet.pointer"] * 2


def test_an_index_that_was_sorted_by_a_locale_is_found(tmp_path: Path) -> None:
    def edit(data: bytes) -> bytes:  # as `sort` does where LC_ALL is not C
        lines = data.decode().splitlines(keepends=True)
        return "".join(sorted(lines, key=lambda line: [*filter(str.isalnum, line)])).encode()

    paths = enumerate(("a", "bb", "b-c"), 1)
    pages = [page(number, url=f"https://review.example/{path}") for number, path in paths]
    assert codes(Draft(captures=pages, index=edit).write(tmp_path / "library")) == {"cdxj.order"}


def test_a_warc_file_that_is_gone_takes_all_that_names_it_along(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    (folder / NAME).unlink()
    found = verify(folder)
    assert {"warc.gone", "parquet.surplus", "parquet.orphan"} <= codes(folder)
    assert sum(finding.code == "parquet.surplus" for finding in found.findings) == 3


def test_a_warc_file_that_is_shorter_than_its_batch_is_found(tmp_path: Path) -> None:
    folder = Draft(span=lambda span: replace(span, end=span.end + 1)).write(tmp_path / "library")
    assert codes(folder) == {"journal.span"}


def test_a_lost_state_is_no_error(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    shutil.rmtree(folder / "state")
    assert codes(folder) == {"state.unknown"}
    assert verify(folder).errors == 0


@pytest.mark.parametrize("name", ["current", "articles", "batches.jsonl"])
def test_a_lost_link_is_an_error_and_is_not_made_again(tmp_path: Path, name: str) -> None:
    folder = Draft().write(tmp_path / "library")
    (folder / name).unlink()
    assert "library.link" in codes(folder)
    assert not (folder / name).is_symlink()


def test_a_link_to_a_generation_that_is_gone_is_an_error(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    shutil.rmtree(folder / "generations")
    assert "library.link" in codes(folder)


def test_the_files_of_an_empty_library_are_in_order(library: Library) -> None:
    assert verify(library.path).findings == ()


def test_a_folder_that_is_no_library_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NotALibrary):
        verify(tmp_path)
    folder = Draft().write(tmp_path / "library")
    settings = folder / "library.toml"
    settings.write_text(settings.read_text().replace("format = 2", "format = 99"))
    with pytest.raises(NewerFormat):
        verify(folder)


def test_nothing_is_written(tmp_path: Path) -> None:
    folder = Draft(journal=lambda data: data + b"torn").write(tmp_path / "library")
    before = tree(folder)
    verify(folder)
    assert tree(folder) == before


def test_nothing_is_written_where_a_crash_left_the_state_open(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    with Library.open(folder) as library:
        library.state.set_synced(EXTRA, 7)
        for parts in (("db", "db-wal", "db-shm"), ("db", "db-wal")):
            copy = tmp_path / str(len(parts))
            shutil.copytree(folder, copy, symlinks=True)
            for path in (copy / "state").glob("backissue.db*"):
                if path.name.removeprefix("backissue.") not in parts:
                    path.unlink()
            before = set(tree(copy))
            assert codes(copy) == {"warc.gone"}
            assert set(tree(copy)) == before


def test_a_file_that_is_being_written_is_checked_as_far_as_it_is_on_the_disk(
    library: Library, make_page: Callable[[int], Any]
) -> None:
    writer = WarcWriter(library)
    for number in range(20):
        writer.write(make_page(number)).result()
        found = verify(library.path)
        assert found.findings == ()
        assert found.records == 1 + 3 * (number + 1)
    (path,) = library.path.glob("warc/**/*.open")
    with path.open("ab") as stream:
        stream.write(b"half of the next record")
    assert verify(library.path).findings == ()
    writer.close()


@pytest.fixture
def make_page() -> Callable[[int], Any]:
    return lambda number: replace(page(number), warc_record_id=f"urn:uuid:live-{number}")


def test_what_a_publish_writes_just_now_is_no_finding(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    (path,) = (folder / "current").glob("crawl_log/data/*/g0001-000001*")
    path.with_name("g0001-000002-abababab.parquet").write_bytes(path.read_bytes())
    with Library.open(folder) as library, lock(library.lock_file("publish")):
        assert codes(folder) == set()
    assert codes(folder) == {"journal.unlisted"}


def test_an_open_file_with_a_writer_is_no_finding(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    with (folder / f"{EXTRA}.open").open("xb") as stream:
        assert try_lock(stream)
        assert codes(folder) == set()
    assert codes(folder) == {"warc.left_open"}


def test_large_files_are_read_in_pieces_that_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Draft(captures=[page(number) for number in range(1, 30)]).write(tmp_path / "library")
    whole = verify(folder)
    monkeypatch.setattr(verifying, "_PIECE", 2000)
    told: list[tuple[int, int]] = []
    pieces = verify(folder, on_progress=lambda done, total: told.append((done, total)))
    assert pieces == whole
    assert len(told) > 5
    assert told[-1][0] == told[-1][1]


def test_an_index_that_lies_on_where_records_begin_costs_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "_PIECE", 2000)

    def edit(found: list[Any]) -> list[Any]:
        return [replace(one, offset=one.offset + 3) for one in found]

    pages = [page(number) for number in range(1, 30)]
    found = verify(Draft(captures=pages, entries=edit).write(tmp_path / "library"))
    assert {one.code for one in found.findings} == {"cdxj.offset", "cdxj.incomplete"}
    assert found.records == 1 + 3 * 29 + 1 + 2


def test_findings_can_be_told_in_one_line() -> None:
    from archive.verify.checks import FindingPlace

    finding = FindingPlace(path="warc/x").finding("warc.garbage", "a\nb\x1b[31m" + "c" * 1000)
    assert isinstance(finding, Finding)
    assert finding.detail.isprintable()
    assert len(finding.detail) <= 300


def test_a_state_that_is_locked_by_a_writer_can_be_read(tmp_path: Path) -> None:
    folder = Draft().write(tmp_path / "library")
    with closing(sqlite3.connect(folder / "state/backissue.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM warc_files")
        assert codes(folder) == set()
        writer.execute("COMMIT")
        assert codes(folder) == {"state.unknown"}


def test_an_index_is_named_as_it_stands_in_the_library(tmp_path: Path) -> None:
    folder = Draft(entries=lambda found: found[1:]).write(tmp_path / "library")
    (finding,) = verify(folder).findings
    assert folder / finding.path == index_path(folder / NAME)
