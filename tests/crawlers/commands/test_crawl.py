"""`scrapy crawl magazine`: what is wrong is said in one line, with an exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archive.library import Library
from wire_crawl import ROOT, declare, scrapy


@pytest.mark.parametrize("settings", [(), ("BACKISSUE_ALLOW_PRIVATE=1",)])
def test_a_source_that_cannot_be_reached_is_told(
    library: Library, settings: tuple[str, ...]
) -> None:
    declare(library, "gone", "http://127.0.0.1:9/", sections=["/a/"])
    done = scrapy(library.path, "gone", *settings)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("backissue: gone: aborted: http://127.0.0.1:9/a/: robots.txt: ")


def test_a_source_that_nobody_declared_is_guessed(library: Library) -> None:
    declare(library, "review", "http://127.0.0.1:9/")
    done = scrapy(library.path, "reviw")
    said = "backissue: no source 'reviw': known are review; did you mean review?\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_library_without_sources_or_none_at_all_is_told(library: Library, tmp_path: Path) -> None:
    done = scrapy(library.path, "")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "has no sources" in done.stderr
    done = scrapy(tmp_path / "none", "")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is not a library" in done.stderr


def test_a_spider_that_is_none_is_told() -> None:
    words = [sys.executable, "-m", "scrapy", "crawl", "magazin"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    said = "backissue: no spider 'magazin': `scrapy crawl magazine` is all\n"
    assert (done.returncode, done.stderr) == (2, said)
