"""What each command imports before it answers: what it does not need, it does not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archive.library import Library
from backissue.sample import SampleMagazines
from small import Small

ROOT = Path(__file__).parents[2]
FETCHING = {"scrapy", "twisted", "requests", "trafilatura", "lxml", "distributed"}
ARROW = {"pyarrow", "pandas", "numpy"}
CHECKING = {"pydantic", "tldextract"}


def loaded_by(library: Path, *words: str) -> set[str]:
    """The top-level modules that a command has loaded at its end, in a fresh interpreter."""
    code = (
        "import sys\nfrom backissue.__main__ import run\ncode = run()\n"
        "print(code, *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--library", str(library)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    code, *names = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(names)


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["search", "harbour"], FETCHING | ARROW | CHECKING),
        (["status"], FETCHING | ARROW | {"tldextract"}),
        (["captures", "https://north.example/log/1"], FETCHING | CHECKING | {"pandas"}),
        (["show", "https://north.example/log/1"], FETCHING | CHECKING | {"pandas"}),
    ],
)
def test_a_command_that_reads_imports_nothing_that_it_does_not_need(
    small_made: Small, words: list[str], without: set[str]
) -> None:
    loaded_by(small_made.library.path, *words)  # makes the indexes
    assert loaded_by(small_made.library.path, *words).isdisjoint(without)


def test_a_crawl_loads_scrapy_and_the_extractor_in_other_processes_alone(tmp_path: Path) -> None:
    with SampleMagazines() as site:
        network = [word for one in site.resolve for word in ("--resolve", one)]
        page = min(piece.url for piece in site.pieces())
        loaded = loaded_by(tmp_path / "library", "crawl", page, "--allow-private", *network)
    heavy = {"scrapy", "twisted", "trafilatura", "htmldate", "py3langid", "pandas", "distributed"}
    assert loaded.isdisjoint(heavy)
    with Library.open(tmp_path / "library") as library:
        assert len(library.articles()) == 1
