"""A library of which something is gone: what reads says so, what writes makes it again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from archive.library import Library
from archive.tables import journal
from archive.tables.digest import digests, library_digest
from archive.verify.library import verify
from backissue.cli import main
from small import Small

_PAGE = Path(__file__).parents[2] / "docs/library.md"
_KEPT = {"warc/", "library.toml", "sources/"}


def _documented() -> list[str]:
    """The patterns of the first column of "What may be deleted"."""
    part = _PAGE.read_text(encoding="utf-8").partition("## What may be deleted")[2]
    rows = re.findall(r"^\| (`[^|]*) \|", part.partition("\n## ")[0], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


_ONE = ("--engine", "local:1")
REPLACEABLE = _documented()
READING = (
    ["status"],
    ["search", "winter"],
    ["captures", "https://north.example/log/0"],
    ["show", "aaaa"],
    ["digest"],
    ["export", "warc", "--output", "OUT.warc.gz"],
)


@pytest.fixture(scope="module")
def told(small_made: Small) -> str:
    """The digest of the library before anything was gone."""
    return _digest(small_made.library.path)


def _digest(path: Path) -> str:
    with Library.open(path) as library:
        return library_digest(digests(library.generation))


def _remove(library: Path, patterns: list[str]) -> None:
    found = [path for pattern in patterns for path in library.glob(pattern)]
    for path in found:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)


def _run(path: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    given = [str(path.parent / one) if one.startswith("OUT") else one for one in command]
    code = main([*given, "--library", str(path)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.err + said.out


def test_the_page_names_what_is_replaceable():
    assert len(REPLACEABLE) >= 20
    assert not _KEPT & set(REPLACEABLE)


# each alone takes seconds: every sixth, and all together, are tried at each turn
_GONE = [
    *(
        pytest.param([name], marks=[] if number % 6 == 0 else pytest.mark.long)
        for number, name in enumerate(REPLACEABLE)
    ),
    REPLACEABLE,
]


@pytest.mark.parametrize("gone", _GONE, ids=str)
def test_what_is_replaceable_is_made_again(
    small: Library, told: str, gone: list[str], capsys: pytest.CaptureFixture[str]
):
    small.close()
    _remove(small.path, gone)
    names = sorted(str(path) for path in small.path.rglob("*"))
    for command in READING:
        code, said = _run(small.path, command, capsys)
        assert code in (0, 1, 2)
        if code == 1 and "not there" in said:
            assert "`backissue rebuild`" in said
    kept = {str(path) for path in small.path.rglob("*") if "/state" not in str(path)}
    assert kept == {name for name in names if "/state" not in name}
    assert _run(small.path, ["publish", *_ONE], capsys)[0] == 0
    assert _digest(small.path) == told
    assert _run(small.path, ["rebuild", *_ONE], capsys)[0] == 0
    assert _digest(small.path) == told
    findings = verify(small.path).findings
    assert [one for one in findings if one.severity == "error"] == []


@pytest.mark.parametrize("command", [["rebuild"], ["publish"], ["repair"]], ids=str)
def test_a_backup_restores_by_any_command_that_writes(
    small_made: Small,
    tmp_path: Path,
    told: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
):
    path = _backup(small_made.library.path, tmp_path / "restored")
    for reading in READING[1:]:
        code, said = _run(path, reading, capsys)
        assert code == 1
        assert "`backissue rebuild`" in said
    assert "`backissue rebuild`" in _run(path, ["status"], capsys)[1]
    assert not (path / "current").is_symlink()
    assert _run(path, [*command, *_ONE], capsys)[0] == 0
    assert _digest(path) == told
    with Library.open(path) as library:
        assert library.state.validator("example,north)/log/0") is not None


def _first_warc(path: Path) -> Path:
    return min(path.glob("warc/[0-9]*/**/*.warc.gz"), key=lambda file: -file.stat().st_size)


_LONG = pytest.mark.long


@pytest.mark.parametrize("kept", [0, *(pytest.param(n, marks=_LONG) for n in (1, 5_000))])
def test_what_a_copy_lacks_is_named_and_left_out_only_when_told(
    small_made: Small, tmp_path: Path, kept: int, capsys: pytest.CaptureFixture[str]
):
    path = _backup(small_made.library.path, tmp_path / "copy")
    file = _first_warc(path)
    _shorten(file, kept)
    for command in (["rebuild"], ["publish"]):
        code, said = _run(path, [*command, *_ONE], capsys)
        assert code == 1
        assert file.name in said
        assert "--accept-loss" in said
    places = _run(path, ["rebuild", "--json", *_ONE], capsys)[1].count('"type": "lost"')
    assert places >= 1  # what is gone, and the exchange that is cut
    with Library.open(path) as library:
        assert len(library.captures()) == 0
    code, said = _run(path, ["rebuild", "--accept-loss", *_ONE], capsys)
    assert code == 0
    assert file.name in said
    assert _run(path, ["rebuild", *_ONE], capsys)[0] == 0  # what is known to be lost is no new loss
    with Library.open(path) as library:
        assert len(library.captures()) > 0
        numbers = [entry.batch.number for entry in journal.read_journal(library.generation)]
    assert numbers == [1, 2]


def test_a_file_that_is_put_back_gives_its_rows_again(
    small_made: Small, tmp_path: Path, told: str, capsys: pytest.CaptureFixture[str]
):
    path = _backup(small_made.library.path, tmp_path / "copy")
    file = _first_warc(path)
    aside = file.rename(tmp_path / "aside")
    assert _run(path, ["rebuild", "--accept-loss", *_ONE], capsys)[0] == 0
    assert _digest(path) != told
    aside.rename(file)
    assert _run(path, ["rebuild", *_ONE], capsys)[0] == 0
    assert _digest(path) == told


def test_what_was_compared_without_a_file_is_not_taken_once_it_is_back(
    small_made: Small, tmp_path: Path, told: str, capsys: pytest.CaptureFixture[str]
):
    path = _backup(small_made.library.path, tmp_path / "copy")
    assert _run(path, ["publish", *_ONE], capsys)[0] == 0
    file = _first_warc(path)
    aside = file.rename(tmp_path / "aside")
    assert _run(path, ["rebuild", "--compare", "--accept-loss", *_ONE], capsys)[0] == 0
    aside.rename(file)
    assert _run(path, ["rebuild", *_ONE], capsys)[0] == 0
    assert _digest(path) == told


def test_a_batch_without_its_record_loses_no_row_and_its_number_is_not_given_again(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = _backup(small_made.library.path, tmp_path / "copy")
    with Library.open(small_made.library.path) as library:
        first = journal.read_journal(library.generation)[0]
        rows = {row["warc_record_id"] for row in library.captures(columns=["warc_record_id"])}
    (path / first.record.file).unlink()
    assert _run(path, ["publish", *_ONE], capsys)[0] == 0
    with Library.open(path) as library:
        numbers = [entry.batch.number for entry in journal.read_journal(library.generation)]
        found = [row["warc_record_id"] for row in library.captures(columns=["warc_record_id"])]
    assert numbers == [2, 3]
    assert sorted(found) == sorted(rows)
    before = _digest(path)
    assert _run(path, ["rebuild", *_ONE], capsys)[0] == 0
    assert _digest(path) == before
    assert [one for one in verify(path).findings if one.severity == "error"] == []
    shutil.copy(small_made.library.path / first.record.file, path / first.record.file)
    assert _run(path, ["rebuild", *_ONE], capsys)[0] == 0
    assert _digest(path) == before


@pytest.mark.parametrize("longer", ["sealed", "open", "neither"])
def test_two_copies_of_one_file_become_one(
    small_made: Small, tmp_path: Path, told: str, longer: str, capsys: pytest.CaptureFixture[str]
):
    path = _backup(small_made.library.path, tmp_path / "copy")
    file = _first_warc(path)
    whole = file.read_bytes()
    other = file.with_name(f"{file.name}.open")
    other.write_bytes({"sealed": whole[:3000], "open": whole, "neither": b"x" * 99}[longer])
    if longer == "open":
        file.write_bytes(whole[:3000])
    assert _run(path, ["publish", *_ONE], capsys)[0] == 0
    assert _digest(path) == told
    assert not other.exists()
    assert len(list(path.glob("quarantine/*.bytes"))) == (longer == "neither")


def _shorten(file: Path, size: int) -> None:
    if size == 0:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:size])


def _backup(source: Path, path: Path) -> Path:
    path.mkdir()
    for name in ("warc", "sources"):
        shutil.copytree(source / name, path / name)
    shutil.copy(source / "library.toml", path)
    return path
