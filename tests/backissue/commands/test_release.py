"""`backissue release`: what it says, in words and as JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import backissue
from archive.library import Library
from backissue.cli import main
from small import Small


def run(library: Library, *words: str | Path) -> int:
    return main(["release", *map(str, words), "--library", str(library.path)])


def test_it_says_what_it_made(small: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, "spring") == 0
    folder = small.path / "releases/spring"
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{folder}: 12 articles of 2 sources"
    assert said[1].endswith(" UTC, batch 2")
    assert len(backissue.open_release(folder).articles()) == 12


def test_json_has_one_line(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("spring", "--output", tmp_path / "out", "--source", "north", "--json")
    assert run(small_made.library, *words) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["type"] == "summary"
    assert found["folder"] == str(tmp_path / "out")
    assert (found["release"], found["articles"], found["sources"]) == ("spring", 6, 1)
    assert found["filters"] == {"source": "north"}
    assert (tmp_path / "out/SHA256SUMS").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a b"], "release name 'a b': letters, digits, and single . - _ between them"),
        (["x", "--language", "de"], "no article is like that"),
        (["x", "--since", "soon"], "since is 'soon': expected a date"),
        (["x", "--query", '"'], "is not understood: use words"),
        (["x", "--source", "\udcff"], "source is '\\udcff': expected text in UTF-8"),
        (["x", "--output", "/nowhere/x"], "/nowhere is no folder: make it"),
        (["x", "--output", "/tmp"], "/tmp is there already"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    small_made: Small, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    before = sorted(small_made.library.path.glob("releases/*"))
    assert run(small_made.library, *words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert sorted(small_made.library.path.glob("releases/*")) == before


def test_every_filter_of_search_is_a_flag(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--since", "2026-03-02", "--until", "2026-03-03", "--published-since", "2026-02-03"]
    words += ["--published-until", "2026-02-05", "--language", "en", "--author", "grey"]
    words += ["--completeness", "full", "--query", "harbour OR ice"]
    assert run(small_made.library, "x", "--output", tmp_path / "x", *words, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["filters"]) == 8
    rows = backissue.open_release(tmp_path / "x").articles(columns=["headline"]).to_pylist()
    assert {row["headline"] for row in rows} == {"Log 2", "Log 3"}


def test_what_is_removed_is_in_no_release_from_then_on(small: Library, tmp_path: Path) -> None:
    def addresses(name: str) -> set[str]:
        assert run(small, name, "--output", tmp_path / name, "--quiet") == 0
        rows = backissue.open_release(tmp_path / name).articles(columns=["url"])
        return {row["url"] for row in rows}

    page, library = "https://north.example/log/0", str(small.path)
    before = addresses("before")
    assert main(["remove", page, "--library", library, "--quiet"]) == 0
    assert addresses("after") == before - {page} != before
    assert main(["remove", "--undo", page, "--library", library, "--quiet"]) == 0
    assert addresses("again") == before
