"""What `backissue import` takes: folders, lists, standard input; and what it says of the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import arcs
import warcs
from support import command

_RUN = [sys.executable, "-m", "backissue", "import", "--json", "--engine", "local:1"]


def run(folder: Path, *words: str, stdin: bytes = b"") -> tuple[int, list[dict[str, object]], str]:
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [*_RUN, *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": root},
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines, done.stderr.decode()


def test_a_folder_names_what_it_did_not_read(tmp_path: Path) -> None:
    came = tmp_path / "came"
    (came / "deep").mkdir(parents=True)
    (came / "a.warc").write_bytes(warcs.response(1))
    (came / "deep/b.arc").write_bytes(arcs.response(2))
    (came / "deep/no ending").write_bytes(warcs.members(warcs.response(3)))
    for number in range(3):
        (came / f"{number}.txt").write_text("notes")
    (came / "page.html").write_text("<p>")
    (came / "LICENSE").write_text("free")
    words = ("import", came, "--library", tmp_path / "library", "--engine", "local:1")
    done = command(*words)
    assert done.returncode == 1
    assert f"{came}: not read: 3 .txt, 1 without ending, 1 .html" in done.stderr
    assert "3 captures imported" in done.stdout + done.stderr
    code, lines, _ = run(tmp_path, "came")
    assert code == 1
    assert lines[-2] | {"path": ""} != lines[-1]
    (unread,) = (line for line in lines if line["type"] == "unread")
    assert unread["files"] == {".txt": 3, "without ending": 1, ".html": 1}
    assert lines[-1]["unread"] == 5


def test_indexes_and_files_of_systems_are_named_and_do_no_harm(tmp_path: Path) -> None:
    came = tmp_path / "came"
    came.mkdir()
    (came / "a.warc").write_bytes(warcs.response(1))
    for name in ("a.cdx", "a.cdxj", "b.cdx.gz", ".DS_Store", "._a.warc"):
        (came / name).write_bytes(b"x")
    code, lines, _ = run(tmp_path, "came")
    assert code == 0
    (unread,) = (line for line in lines if line["type"] == "unread")
    assert sum(unread["files"].values()) == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize("separator", [b"\n", b"\0", b"\r\n"])
def test_a_list_names_files(tmp_path: Path, separator: bytes) -> None:
    for number, name in enumerate(["a.warc", "b c.warc"]):
        (tmp_path / name).write_bytes(warcs.response(number + 1))
    names = separator.join([b"a.warc", b"b c.warc", b""])
    (tmp_path / "list").write_bytes(names)
    code, lines, _ = run(tmp_path, "--files-from", "list")
    assert (code, [line.get("path") for line in lines[:2]]) == (0, ["a.warc", "b c.warc"])
    code, lines, _ = run(tmp_path, "--files-from", "-", stdin=names)
    assert (code, [line.get("known") for line in lines[:2]]) == (0, [True, True])


def test_standard_input_is_a_file(tmp_path: Path) -> None:
    data = warcs.members(warcs.warcinfo(), warcs.response(1))
    code, lines, _ = run(tmp_path, "-", stdin=data)
    assert (code, lines[0]["path"], lines[0]["new"]) == (0, "-", 1)
    assert (tmp_path / "library/warc/imported/stdin.warc.gz").read_bytes() == data
    code, lines, _ = run(tmp_path, "-", stdin=data)
    assert (code, lines[0]["known"]) == (0, True)
    assert not (tmp_path / "library/state/import").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no file is named"),
        (["-", "--files-from", "-"], "can be read once"),
        (["--files-from", "gone"], "--files-from gone: no such file"),
        (["pipe"], "neither a file nor a folder"),
        (["texts"], "no WARC, ARC or WACZ file in this folder: there are 1 .txt"),
    ],
)
def test_bad_usage_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text("x")
    code, lines, error = run(tmp_path, *words)
    assert (code, lines) == (2, [])
    assert said in error
    assert not (tmp_path / "library").exists()
