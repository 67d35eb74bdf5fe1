"""`backissue search`: what its flags let through, page by page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive.library import Library
from backissue.cli import main


def asked(
    capsys: pytest.CaptureFixture[str], library: Library, *words: str
) -> tuple[int, list[dict[str, Any]]]:
    code = main(["search", *words, "--library", str(library.path), "--json"])
    found = capsys.readouterr()
    assert found.err == ""
    *hits, last = [json.loads(line) for line in found.out.splitlines()]
    assert last == {"type": "summary", "hits": len(hits)}
    return code, hits


@pytest.mark.parametrize(
    "flags",
    [
        ("--source", "north"),
        ("--since", "2026-03-03"),
        ("--until", "2026-03-03"),
        ("--published-since", "2026-03-01"),
        ("--published-until", "2026-03-01"),
        ("--language", "en"),
        ("--author", "nobody at all"),
        ("--section", "none"),
        ("--completeness", "full"),
    ],
    ids=lambda flags: flags[0],
)
def test_each_filter_is_a_flag(
    capsys: pytest.CaptureFixture[str], small: Library, flags: tuple[str, str]
) -> None:
    code, hits = asked(capsys, small, "harbour", *flags)
    name = flags[0].removeprefix("--").replace("-", "_")
    expected = small.search("harbour", **{name: flags[1]})  # type: ignore[arg-type]
    assert [hit["article_id"] for hit in hits] == [hit.article_id for hit in expected]
    assert code == (0 if expected else 1)


def test_some_filters_find_some_articles(small: Library) -> None:
    every = len(small.search("harbour"))
    for name, value in (("source", "north"), ("language", "en"), ("completeness", "full")):
        assert 0 < len(small.search("harbour", **{name: value})) <= every  # type: ignore[arg-type]
    assert small.search("harbour", source="north") != small.search("harbour", source="south")


def test_pages(capsys: pytest.CaptureFixture[str], small: Library) -> None:
    _, every = asked(capsys, small, "harbour")
    assert len(every) > 2
    assert asked(capsys, small, "harbour", "--limit", "2")[1] == every[:2]
    assert asked(capsys, small, "harbour", "--limit", "2", "--offset", "2")[1] == every[2:4]
    assert asked(capsys, small, "harbour", "--offset", "99") == (1, [])


@pytest.mark.parametrize("words", [("--since", "soon"), ("--published-until", "soon")])
def test_a_time_that_is_none_is_bad_usage(
    capsys: pytest.CaptureFixture[str], small: Library, words: tuple[str, str]
) -> None:
    assert main(["search", "harbour", *words, "--library", str(small.path)]) == 2
    assert "is 'soon': expected a date such as 2026-01-31" in capsys.readouterr().err
