"""`status`: the worst first, each cause below its source, whole words on narrow terminals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run, now_text
from backissue.cli import main
from backissue.status_output import in_words
from crawlers.sources.toml import write_source

CAUSE = "http://broken.example/feed.xml: the server answered 503, as it did the time before"
HOSTILE = "http://odd.example/\x1b[31m\u202efeed\x9b2J: [red]no answer[/red]"
NOW = datetime.now(UTC)


def ran(source: str, state: str = "done", detail: str | None = None, days: float = 0.1) -> Run:
    started = now_text(NOW - timedelta(days=days))
    ended = now_text(NOW - timedelta(days=days) + timedelta(minutes=62, seconds=8))
    return Run(f"run-{source}-{days}", source, started, started, ended, state, detail, 9, 9, 8, 1)


@pytest.fixture
def sources(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Four sources: fine, broken, with a hostile cause, paused."""
    for name in ("a-fine-review-of-books", "broken", "odd", "resting"):
        source = Source(name=name, url=f"http://{name}.example/", schedule="every 1000h")
        write_source(library.path / f"sources/{name}.toml", source)
    library.state.put_runs(
        [
            ran("a-fine-review-of-books"),
            ran("broken", "aborted", CAUSE, days=1),
            ran("broken", "aborted", CAUSE),
            ran("odd", "aborted", HOSTILE),
        ]
    )
    library.state.pause(["resting"])
    monkeypatch.setenv("BACKISSUE_LIBRARY", str(library.path))
    return library


def status(*words: str) -> int:
    return main(["status", *words])


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_needs_a_person_comes_first_and_says_why(
    sources: Library,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert status() == 0
    shown = lines_of(capsys)
    names = [line.split()[0] for line in shown if " failing " in line or " ok " in line]
    assert names == ["broken", "odd", "a-fine-review-of-books"]
    assert max(map(len, shown)) <= width
    assert f"2 runs in a row: {CAUSE}" in " ".join(" ".join(shown).split())
    words = {word for line in shown for word in line.split()}
    assert {"503,", "a-fine-review-of-books", "failing", "paused"} <= words
    assert any(
        line.startswith("  ") and "http://broken.example/feed.xml:" in line for line in shown
    )
    assert f"{NOW:%Y}-" in " ".join(shown)


def test_what_a_server_said_moves_no_cursor(
    sources: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    status()
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)
    assert "[red]no answer[/red]" in " ".join(shown.split())


def test_colours_come_on_a_terminal_alone(
    sources: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    status()
    assert "\x1b[31mfailing" in capsys.readouterr().out


def test_check_says_only_what_needs_a_person(
    sources: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("--check") == 1
    shown = lines_of(capsys)
    assert [line.split(":")[0] for line in shown] == ["broken", "odd"]
    assert status("--check", "--json") == 1
    *problems, summary = map(json.loads, lines_of(capsys))
    assert [one["type"] for one in problems] == ["problem", "problem"]
    assert summary == {"type": "summary", "problems": 2}


def test_check_is_content_where_nothing_does(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("--check", "--library", str(library.path)) == 0
    assert lines_of(capsys) == ["ok: 0 sources, 0 articles"]


def test_check_says_that_nothing_serves_what_was_served(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Source(name="review", url="http://review.example/", schedule="every 2h")
    write_source(library.path / "sources/review.toml", source)
    library.state.put_runs([ran("review", days=3)])
    assert status("--check", "--library", str(library.path)) == 1
    assert "`backissue serve`" in lines_of(capsys)[0]


def test_one_source_shows_its_schedule_and_its_runs(
    sources: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("broken") == 0
    shown = lines_of(capsys)
    text = " ".join(" ".join(shown).split())
    assert "schedule: every 1000h; due" in text
    assert "published at the end of a crawl" in text
    assert [line.split()[:1] for line in shown if "aborted" in line and "1 h 2 min" in line] == [
        [f"{NOW - timedelta(days=days):%Y-%m-%d}"] for days in (0.1, 1)
    ]
    assert status("broken", "--json") == 0
    *runs, summary = map(json.loads, lines_of(capsys))
    assert [one["type"] for one in runs] == ["run", "run"]
    assert summary["source"] == "broken"


def test_an_unknown_source_is_said_in_one_line(
    sources: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("nobody") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "broken" in said


def test_quiet_shows_what_went_wrong(sources: Library, capsys: pytest.CaptureFixture[str]) -> None:
    status("--quiet")
    shown = " ".join(lines_of(capsys))
    assert "broken" in shown
    assert "a-fine-review" not in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (3600, "1 h"), (90_061, "1 d 1 h"), (7_265, "2 h 1 min")],
)
def test_spans_are_said_in_two_units(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_a_library_without_sources_shows_its_sums(tmp_path: Path, library: Library) -> None:
    assert status("--library", str(library.path)) == 0
