"""`remove` as a person meets it: its words, its counts, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.disk.locks import lock
from archive.library import Library
from backissue.cli import main
from mounts import read_only

PAGE = "https://north.example/log/0"


@pytest.fixture
def folder(small: Library) -> Path:
    return small.path


def run(folder: Path, *words: str) -> int:
    return main([*words, "--library", str(folder)])


def test_it_counts_removes_lists_and_takes_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "remove", PAGE, "--dry-run") == 0
    counted = capsys.readouterr().out
    assert f"the address {PAGE}: 1 article, 2 versions, 2 captures" in counted
    assert "\n  Log 0\n" in counted
    assert run(folder, "remove") == 0
    assert "nothing is removed" in capsys.readouterr().out

    assert run(folder, "remove", PAGE, "--reason", "asked for\x1b[31m", "--by", "Ada") == 0
    assert f"removed; `backissue remove --undo {PAGE}` takes it back" in capsys.readouterr().out
    assert run(folder, "remove") == 0
    listed = capsys.readouterr().out
    assert PAGE in listed
    assert "Ada" in listed
    assert "\x1b" not in listed
    assert run(folder, "remove", PAGE) == 2
    assert "nothing is left to remove" in capsys.readouterr().err
    for name in ("show", "captures"):
        assert run(folder, name, PAGE) == 1
        told = capsys.readouterr().err
        assert "is not shown, it was removed on" in told
        assert "\x1b" not in told
    assert run(folder, "why", PAGE) == 0
    assert "It is shown to nobody: it was removed on" in " ".join(capsys.readouterr().out.split())
    assert run(folder, "status") == 0
    assert "11 articles" in capsys.readouterr().out

    assert run(folder, "remove", "--undo", PAGE) == 0
    assert "shown again: the address" in capsys.readouterr().out
    assert run(folder, "show", PAGE) == 0


def test_an_article_is_taken_back_by_its_id_where_it_was_removed_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Library.open(folder) as library:
        (identity,) = {row["article_id"] for row in library.articles() if row["url"] == PAGE}
    assert run(folder, "remove", identity, "--quiet") == 0
    assert run(folder, "remove", "--undo", identity[:1]) == 2  # too little to be one
    assert run(folder, "remove", "--undo", identity[:8]) == 0
    assert run(folder, "remove", "north.example", "--quiet") == 0
    capsys.readouterr()
    assert run(folder, "remove", "--undo", identity) == 2
    assert "`backissue remove --undo north.example` takes it back" in capsys.readouterr().err


def test_it_names_the_releases_that_stay_as_they_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "release", "spring", "--quiet") == 0
    assert run(folder, "remove", PAGE, "--quiet") == 0
    assert "releases that were made before stay as they are: spring" in capsys.readouterr().err


def test_it_speaks_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def summary(*words: str) -> dict[str, object]:
        assert run(folder, "remove", *words, "--json") == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert lines[-1]["type"] == "summary"
        return dict(lines[-1])

    counted = summary("north.example", "--dry-run")
    assert (counted["kind"], counted["removed"], counted["articles"]) == ("host", False, 6)
    assert summary("north.example")["removed"] is True
    assert summary()["removals"] == 1
    assert len(summary("--undo", "north.example")["undone"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.example"], "nothing in the library is at nowhere.example"),
        (["https://north.example/lo/"], "nothing in the library is at https://north.example/lo/"),
        (["https://north.example/lo*"], "ends within a part of a path"),
        (["http://[bad"], "is no address"),
        (["--undo", "north.example"], "north.example is not removed"),
        (["--undo"], "name what"),
        (["--dry-run"], "name what"),
    ],
)
def test_what_cannot_be_removed_is_said_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(folder, "remove", *words) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.err.count("\n") == 1
    assert not (folder / "tombstones.jsonl").exists()


def test_no_source_is_added_for_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "remove", "north.example", "--quiet") == 0
    assert run(folder, "add", "https://north.example/") == 2
    told = capsys.readouterr().err
    assert "is asked for no more: `backissue remove --undo north.example`" in told
    assert told.count("\n") == 1


def test_it_waits_for_nobody_who_publishes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock(folder / "locks/publish"):
        assert run(folder, "remove", "north.example") == 3
    assert "locks/publish is held by" in capsys.readouterr().err


def test_a_library_that_cannot_be_written_stays_as_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with read_only(folder, tmp_path / "sealed") as sealed:
        assert run(sealed, "remove", "north.example", "--dry-run") == 0
        assert run(sealed, "remove", "north.example") == 2
    assert "read-only file system" in capsys.readouterr().err
    with Library.open(folder) as library:
        assert len(library.articles()) == 12
