"""Commands that take an article, an address or a capture take each by all its names."""

from __future__ import annotations

import pytest

from archive.errors import CaptureNotFound
from archive.library import Library
from backissue.cli import main

NAMES = ("article_id", "beginning", "url", "url without its scheme", "warc_record_id", "brackets")


@pytest.fixture
def names(small: Library) -> dict[str, str]:
    """The names of an article that has one version."""
    rows = list(small.articles("all"))
    known = [row["article_id"] for row in rows]
    row = next(row for row in rows if known.count(row["article_id"]) == 1)
    return {
        "article_id": row["article_id"],
        "beginning": row["article_id"][:8],
        "url": row["url"],
        "url without its scheme": row["url"].partition("://")[2],
        "warc_record_id": row["warc_record_id"],
        "brackets": f"<{row['warc_record_id']}>",
    }


@pytest.mark.parametrize("command", ["show", "captures", "why"])
@pytest.mark.parametrize("name", NAMES)
def test_each_name_gives_the_same(
    capsys: pytest.CaptureFixture[str],
    small: Library,
    names: dict[str, str],
    command: str,
    name: str,
) -> None:
    printed = []
    for wanted in (names["url"], names[name]):
        assert main([command, wanted, "--library", str(small.path)]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != ""


@pytest.mark.parametrize("name", NAMES)
def test_a_capture_by_each_name(small: Library, names: dict[str, str], name: str) -> None:
    assert small.capture(names[name]).url == names["url"]


@pytest.mark.parametrize("wanted", ["", "nothing", "https://none.example/", "urn:uuid:0"])
def test_what_is_not_there(capsys: pytest.CaptureFixture[str], small: Library, wanted: str) -> None:
    with pytest.raises(CaptureNotFound):
        small.capture(wanted)
    assert main(["show", wanted, "--library", str(small.path)]) == 1
    assert "backissue: no capture" in capsys.readouterr().err
    assert main(["captures", wanted, "--library", str(small.path)]) == 1
    assert capsys.readouterr().out == "no captures of that address\n"


def test_a_version_is_compared_by_the_beginning_of_its_id(
    capsys: pytest.CaptureFixture[str], small: Library, names: dict[str, str]
) -> None:
    assert main(["rebuild", "--compare", "--engine", "local:1", "--library", str(small.path)]) == 0
    capsys.readouterr()
    command = ["show", names["beginning"], "--compared", "--library", str(small.path)]
    assert main(command) == 0
    assert "generation 0001" in capsys.readouterr().out
