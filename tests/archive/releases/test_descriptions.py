"""What describes a release passes the validators of others, whatever titles try to break it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import huggingface_hub
import markdown_it
import pytest
import yaml

from archive.library import Library
from archive.releases.making import make_release
from archive.tables.schema import TABLES
from mails import HOSTILE, TITLE
from printed import printed

ROOT = Path(__file__).parents[3]
OPERATOR = 'Keepers: {a} & <b>"Sons"</b>, 100 % #1 \\ [x](y)'


@pytest.fixture(scope="module")
def validators() -> Path:
    """The programs of the validators; the test is skipped where there are none."""
    folder = os.environ.get("BACKISSUE_VALIDATORS")
    if not folder:
        pytest.skip("BACKISSUE_VALIDATORS names no environment; `make test` makes it")
    return Path(folder) / "bin"


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def metadata(released: Path) -> dict[str, Any]:
    found: dict[str, Any] = huggingface_hub.RepoCard.load(released / "README.md").data.to_dict()
    return found


def test_frictionless_finds_it_valid_and_a_flipped_byte_wrong(
    released: Path, validators: Path, tmp_path: Path
):
    done = run(released, validators / "frictionless", "validate", "--json", "datapackage.json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["stats"]["tasks"] == 1
    shutil.copytree(released, tmp_path / "copy")
    (path,) = (tmp_path / "copy").glob("data/*.parquet")
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    done = run(path.parents[1], validators / "frictionless", "validate", "datapackage.json")
    assert done.returncode == 1
    assert "hash-count" in done.stdout


def test_mlcroissant_finds_it_valid_and_reads_each_row(released: Path, validators: Path):
    done = run(released, validators / "mlcroissant", "validate", "--jsonld", "croissant.json")
    assert done.returncode == 0, done.stderr
    assert not re.search("warning|error", done.stderr, re.IGNORECASE), done.stderr
    code = (
        "import mlcroissant\n"
        "rows = list(mlcroissant.Dataset('croissant.json').records('articles'))\n"
        "print(len(rows), rows[5]['articles/headline'], rows[5]['articles/author'])"
    )
    done = run(released, validators / "python", "-c", code)
    assert done.stdout.startswith("20 b'Letter 5' [b'Ann O"), done.stderr


def test_cffconvert_finds_the_citation_valid(released: Path, validators: Path):
    done = run(released, validators / "cffconvert", "--validate", "-i", "CITATION.cff")
    assert done.returncode == 0, done.stderr
    assert "valid according to schema version 1.2.0" in done.stdout + done.stderr
    done = run(released, validators / "cffconvert", "-f", "apalike", "-i", "CITATION.cff")
    assert done.stdout.startswith(OPERATOR), done.stderr


def test_titles_of_others_come_back_from_each_format_as_they_are(released: Path):
    citation = yaml.safe_load((released / "CITATION.cff").read_text())
    assert citation["authors"] == [{"name": OPERATOR}]
    package = json.loads((released / "datapackage.json").read_text())
    assert package["sources"] == [{"title": TITLE, "path": "https://mail.example/?a=<b>|c"}]
    assert package["contributors"][0]["title"] == OPERATOR
    croissant = json.loads((released / "croissant.json").read_text())
    assert croissant["creator"]["name"] == OPERATOR


def test_the_card_has_what_hugging_face_asks_for(released: Path):
    found = metadata(released)
    card = huggingface_hub.DatasetCardData(**found)
    assert card.license == "other"
    assert (card.license_name, card.license_link) == ("publishers-own", "LICENSE.md")
    assert (released / "LICENSE.md").exists()
    assert card.language == ["en", "no", "pt"]
    assert found["language_bcp47"] == ["en-GB", "pt-BR"]
    assert card.size_categories == ["n<1K"]
    assert card.pretty_name
    assert set(card.task_categories) >= {"text-generation", "summarization"}
    info = found["dataset_info"]
    assert info["splits"][0]["num_examples"] == 20
    assert info["download_size"] == sum(p.stat().st_size for p in released.glob("data/*"))
    assert [feature["name"] for feature in info["features"]] == TABLES["articles"].names


def test_the_card_has_all_sections_of_their_template(released: Path):
    templates = Path(huggingface_hub.__file__).parent / "templates"
    template = (templates / "datasetcard_template.md").read_text()
    wanted = headings(template.split("\n---\n")[-1])
    there = headings((released / "README.md").read_text())
    optional = {"Glossary", "More Information", "Annotation process", "Who are the annotators?"}
    assert [one for one in wanted[1:] if one not in optional and one not in there] == []


def headings(text: str) -> list[str]:
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return [one.removesuffix(" [optional]") for one in found]


def test_no_markup_of_others_has_an_effect_in_the_card(released: Path):
    text = (released / "README.md").read_text().split("\n---\n", 1)[1]
    shown = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert "<script" not in shown
    assert "<b>" not in shown
    assert 'href="y"' not in shown
    assert "A: &lt;b&gt;| {0} --- &quot;x&quot;: `y` _z_ %\\end &amp;amp;" in shown
    assert '<a href="https://mail.example/?a=%3Cb%3E%7Cc">' in shown
    assert "Keepers: {a} &amp; &lt;b&gt;&quot;Sons&quot;&lt;/b&gt;, 100 % #1 \\ [x](y)" in shown
    assert HOSTILE not in text


def test_the_card_counts_rows(released: Path):
    text = (released / "README.md").read_text()
    for line in (
        "| `mail` |",
        "| adhoc | pages by hand, or imported |  | 5 |",
        "| en\\-GB | 4 |",
        "| not known | 3 |",
        "| 2021 | 4 |",
        "| teaser | 1 |",
        "13 of 20 rows name an author",
        "10 of 20 rows reserve text and data mining",
        "| `license` | licence that the page declares | 1 |",
        "To have something removed, write to keep\\@mail\\.example.",
        "| `backissue` | `1` | `sha256:0` | 20 |",
        "All articles of the library were taken.",
        "By its settings, crawls respect: robots, noai.",
    ):
        assert line in text, line


def test_the_card_names_the_filters(filled: Library, tmp_path: Path):
    folder, _ = make_release(filled, "x", tmp_path / "x", query="rain OR x_1", language="en")
    text = (folder / "README.md").read_text()
    assert "| `query` | rain OR x\\_1 |" in text
    assert "| `language` | en |" in text


def test_each_line_of_the_card_runs_in_its_folder(released: Path, tmp_path: Path):
    shutil.copytree(released, tmp_path / "copy")
    parts = list(printed(tmp_path / "copy/README.md"))
    code = "\n".join(part.text for part in parts if part.kind == "python")
    assert code.count("import") == 5
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "copy",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
