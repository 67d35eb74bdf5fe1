"""`backissue digest` on real libraries: the same for a rebuild, and for one batch instead of two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.library import Library
from archive.tables.digest import digests, library_digest
from other_digest import another_digest
from pipelines.derive.engine import parse_engine
from pipelines.rebuild.rebuild import rebuild
from small import Small, make_small
from support import Archived, command


def digest_of(library: Library) -> str:
    return library_digest(digests(library.generation))


@pytest.mark.filterwarnings("ignore")  # Dask's own
@pytest.mark.parametrize(
    "engine", ["local:1", pytest.param("dask:local:2", marks=pytest.mark.sweep)]
)
def test_a_rebuild_has_the_digest_of_its_library(
    small_made: Small, small: Library, engine: str
) -> None:
    rebuild(small, parse_engine(engine))
    assert digest_of(small) == digest_of(small_made.library)


@pytest.mark.long
def test_one_batch_says_the_same_as_two(small_made: Small, tmp_path: Path) -> None:
    """But for where the captures stand: the WARC files have other names."""
    pointers = ("warc_filename", "warc_record_offset", "warc_record_length")
    moved = ("warc_headers",)  # they name the record of the file
    one = make_small(tmp_path / "one", batches=1).library
    assert digests(one.generation, (*pointers, *moved)) == digests(
        small_made.library.generation, (*pointers, *moved)
    )


@pytest.mark.long
def test_the_command_prints_the_digest_that_another_program_finds(archived: Archived) -> None:
    words = ("digest", "--library", archived.library.path)
    said = command(*words, "--json")
    *found, summary = map(json.loads, said.stdout.splitlines())
    assert summary["digest"] == another_digest(archived.library.generation)
    assert {one["table"]: one["rows"] for one in found}["articles"] == len(
        archived.library.articles("all")
    )
    shown = command(*words)
    assert shown.stdout.splitlines()[-1] == summary["digest"]
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert command(*words, "--quiet").stdout == summary["digest"] + "\n"


def test_a_wrong_column_is_bad_usage(archived: Archived) -> None:
    said = command("digest", "--library", archived.library.path, "--without", "colour")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "backissue: no table has a column 'colour': docs/tables.md lists them\n"
