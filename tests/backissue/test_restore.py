"""A library of which something is gone: what reads says so, what writes makes it again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from archive.digest import digests, library_digest
from archive.library import Library
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


@pytest.mark.parametrize("gone", [*([name] for name in REPLACEABLE), REPLACEABLE], ids=str)
def test_what_is_replaceable_is_made_again(
    small: Library, told: str, gone: list[str], capsys: pytest.CaptureFixture[str]
):
    small.close()
    _remove(small.path, gone)
    names = sorted(str(path) for path in small.path.rglob("*"))
    for command in READING:
        code, said = _run(small.path, command, capsys)
        assert code in (0, 1, 2)
        if code == 1 and "is not there" in said:
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
    source, path = small_made.library.path, tmp_path / "restored"
    path.mkdir()
    for name in ("warc", "sources"):
        shutil.copytree(source / name, path / name)
    shutil.copy(source / "library.toml", path)
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
