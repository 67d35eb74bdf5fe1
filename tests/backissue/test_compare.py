"""A rebuild that is compared first, with an extractor that is really another one.

It is a copy of our packages in which the extractor keeps two blocks of a text, finds no authors, and
calls itself by another version.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import archive
from archive.library import Library
from backissue.commands.rebuild import print_comparison
from pipelines.rebuild.comparison import compare_generations
from pipelines.rebuild.generation import half_made
from small import Small
from support import command, contents

ROOT = Path(archive.__file__).parents[1]
EDITS = {
    ("extractor_version", 'EXTRACTOR_VERSION = f"0.7.0'): 'EXTRACTOR_VERSION = f"0.9.0',
    ("extract", "text = without_controls(plain(body.blocks))"): "text = plain(body.blocks[:2])",
    ("extract", "for block in body.blocks)"): "for block in body.blocks[:2])",
    (
        "extract",
        "**plain_values(metadata.fields))",
    ): "**plain_values(metadata.fields) | {'author': ()})",
}


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the other extractor's packages."""
    folder = tmp_path_factory.mktemp("other")
    for package in ("archive", "pipelines", "crawlers", "backissue"):
        shutil.copytree(ROOT / package, folder / package)
    for (name, found), put in EDITS.items():
        module = folder / f"pipelines/{name}.py"
        text = module.read_text()
        assert found in text
        module.write_text(text.replace(found, put))
    return folder


def lines(text: str, kind: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, text.splitlines()) if line["type"] == kind]


@pytest.mark.long
def test_what_is_compared_is_seen_by_nobody_and_then_taken_as_it_is(
    small_made: Small, small: Library, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--library", small.path, "--engine", "local:1", "--json", "--quiet")
    said = command("rebuild", "--compare", *words, cwd=other)
    assert said.returncode == 0, said.stderr
    assert contents(small) == contents(small_made.library)
    north, south = lines(said.stdout, "source")
    assert (north["source"], south["source"]) == ("north", "south")
    assert north["articles"] == north["articles_rebuilt"] == 6
    assert (north["gained"], north["lost"]) == ([], [])
    assert (north["rows"], north["rows_rebuilt"]) == (7, 6)
    assert north["words"] > 1.8 * north["words_rebuilt"]
    assert (north["texts_same"], north["texts_changed"]) == (0, 6)
    assert 0.5 < north["similarity_of_changed"] < 0.75
    assert north["verdicts"] == [{"verdict": "version", "rebuilt": "unchanged", "captures": 1}]
    assert north["fields"] == {"author": {"filled": 0, "emptied": 6, "changed": 0}}
    assert len(lines(said.stdout, "changed")) == 12

    building = half_made(small)
    assert building
    print_comparison(compare_generations(small.generation, building.generation), "0001", "0002")
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    for told in ("north", "author", "version → unchanged", "show ID --compared"):
        assert told in shown

    (summary,) = lines(command("rebuild", *words, cwd=other).stdout, "summary")
    assert (summary["resumed"], summary["generation"]) == (summary["captures"], "0002")
    assert {row["extractor_version"][:5] for row in small.articles("all")} == {"0.9.0"}


@pytest.mark.sweep
def test_an_article_is_shown_as_it_would_become_and_ours_takes_nothing_of_the_others(
    small_made: Small, small: Library, other: Path
) -> None:
    words = ("--library", small.path)
    one = small.articles().to_pylist()[0]
    said = command("show", one["article_id"], "--compared", *words)
    assert (said.returncode, said.stdout) == (2, "")
    assert "run `backissue rebuild --compare` first" in said.stderr
    table = command("rebuild", "--compare", *words, cwd=other).stdout
    assert max(map(len, table.splitlines())) <= 80
    shown = command("show", one["article_id"], "--compared", *words).stdout
    assert shown.startswith("generation 0001 → 0002\nauthor: ['Ada Grey'] → []\n")
    assert "[-" in shown
    (summary,) = lines(command("rebuild", "--json", *words).stdout, "summary")
    assert (summary["resumed"], summary["generation"]) == (0, "0002")
    assert contents(small) == contents(small_made.library)
