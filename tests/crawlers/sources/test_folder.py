"""The folder of source files, read again and again while people edit it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.sources.folder import SourceFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("review", "tribune"):
        (tmp_path / f"{name}.toml").write_text(f'url = "http://{name}.example/"\n')
    return tmp_path


def test_one_broken_file_blocks_no_other(folder: Path) -> None:
    (folder / "broken.toml").write_text("url = \n")
    (folder / "gazette.toml").write_text('url = "http://gazette.example/"\n')
    declared = SourceFiles(folder).read()
    assert sorted(declared.sources) == ["gazette", "review", "tribune"]
    assert [*declared.broken] == ["broken"]
    assert str(folder / "broken.toml") in str(declared.broken["broken"])


def test_a_file_that_breaks_counts_as_it_was_and_is_named(folder: Path) -> None:
    files = SourceFiles(folder)
    before = files.read()
    (folder / "review.toml").write_text("nonsense")
    (folder / "tribune.toml").write_text('url = "http://tribune.example/"\ndelay = 9.0\n')
    after = files.read()
    assert after.sources["review"] == before.sources["review"]
    assert after.sources["tribune"].delay == 9
    assert [*after.broken] == ["review"]


def test_files_that_are_mended_added_and_removed_are_seen(folder: Path) -> None:
    files = SourceFiles(folder)
    (folder / "review.toml").write_text("nonsense")
    assert sorted(files.read().sources) == ["tribune"]
    (folder / "review.toml").write_text('url = "http://review.example/new/"\n')
    (folder / "tribune.toml").unlink()
    (folder / "herald.toml").write_text('url = "http://herald.example/"\n')
    declared = files.read()
    assert sorted(declared.sources) == ["herald", "review"]
    assert declared.sources["review"].url.endswith("/new/")
    assert not declared.broken


def test_a_name_that_is_taken_is_the_later_files_fault(folder: Path) -> None:
    (folder / "zeta.toml").write_text('name = "review"\nurl = "http://other.example/"\n')
    declared = SourceFiles(folder).read()
    assert declared.sources["review"].url == "http://review.example/"
    assert [*declared.broken] == ["zeta"]


def test_an_unchanged_file_is_not_read_again(folder: Path) -> None:
    files = SourceFiles(folder)
    before, after = files.read(), files.read()
    assert all(before.sources[name] is after.sources[name] for name in before.sources)
