"""Text of others never acts on a terminal, in no command and no column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import warcs
from archive.library import Library
from backissue.cli import main
from backissue.output import print_json, print_table, say, shown, warn

ODD = "\x1b]0;owned\x07\x1b[31m\x1b[2J\x9b1m\u202egnp.exe\u2066"
ACTING = set("\x00\x07\x1b\x7f\x9b\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
URL = "http://ebb.example/2026/odd/"


class Flags:
    json = quiet = False


@pytest.mark.parametrize("told", [say, lambda flags, text: warn(text)])
def test_what_is_said_is_shown_escaped(told: object, capsys: pytest.CaptureFixture[str]) -> None:
    told(Flags(), f"one {ODD}\ntwo")  # type: ignore[operator]
    whole = "".join(capsys.readouterr())
    assert not ACTING & set(whole)
    assert "\\x1b[31m" in whole
    assert "\ntwo" in whole


def test_a_cell_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[red]a[/]", ["what"], [["[bold]loud[/bold]"], [f"[link={ODD}]x"]])
    whole = capsys.readouterr().out
    assert "[bold]loud[/bold]" in whole
    assert "[red]a[/]" in whole
    assert not ACTING & set(whole)


def test_json_says_the_same_in_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    print_json("article", {"headline": f"Ebb {ODD}\ud800 größer"})
    line = capsys.readouterr().out
    assert not ACTING & set(line)
    assert "größer" in line
    assert json.loads(line)["headline"] == f"Ebb {ODD}\ud800 größer"


@pytest.mark.parametrize("text", ["שלום \u200fעולם", "می\u200cخواهم", "a\tb\nc", "x\u00a0y\u3000z"])
def test_letters_marks_and_spaces_stand_as_they_are(text: str) -> None:
    assert shown(text) == text


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose only article says odd things everywhere, twice."""
    folder = tmp_path_factory.mktemp("odd")
    parts = []
    for number in (1, 2):
        told = {
            "@type": "NewsArticle",
            "headline": f"Ebb {ODD} tide {number}",
            "author": {"@type": "Person", "name": f"Ida {ODD} Holm"},
            "articleSection": ODD + "Sea",
            "keywords": [f"mud{ODD}"],
        }
        text = f"The mud dried for an hour {ODD} and nobody crossed it. " * 8
        page = (
            f"<title>Ebb {ODD} tide {number}</title>"
            f"<script type='application/ld+json'>{json.dumps(told)}</script>"
            f"<article><h1>Ebb {ODD} tide {number}</h1><p>{text}</p><p>{text} {number}</p></article>"
        )
        date = f"2026-05-0{number}T08:00:00Z"
        parts.append(warcs.response(number, page.encode(), url=URL, date=date))
    file = folder / "odd.warc.gz"
    file.write_bytes(warcs.members(warcs.warcinfo(), *parts))
    assert main(["import", str(file), "--library", str(folder / "library")]) == 0
    return folder / "library"


def test_metadata_holds_none_of_it(odd: Path) -> None:
    with Library.open(odd) as library:
        rows = library.articles(versions="all").to_arrow().to_pylist()
    assert len(rows) == 2
    for row in rows:
        said = {**row, "article_body": None, "article_body_markdown": None}
        assert not ACTING & set(str(said))
        assert not {"\x1b", "\x07", "\x9b"} & set(row["article_body"])
        assert row["headline"].startswith("Ebb ]0;owned[31m[2J›1mgnp.exe tide")


@pytest.mark.parametrize(
    "words",
    [
        ["show", URL],
        ["show", URL, "--diff"],
        ["show", URL, "--json"],
        ["search", "mud"],
        ["search", "mud", "--json"],
        ["captures", URL],
        ["why", URL],
        ["status"],
        ["verify"],
        ["rebuild"],
    ],
)
def test_no_command_prints_any_of_it(
    odd: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, "--library", str(odd)])
    whole = "".join(capsys.readouterr())
    assert len(whole) > 20
    assert not ACTING & set(whole)
