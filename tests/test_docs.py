"""The pages under `docs/` against the code: nothing stale, dead, undescribed or not to be run."""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.config import LibrarySettings
from archive.library import Library
from archive.source import ArticleRules, Source
from archive.tables.journal import Batch, JournalEntry, Quarantined, Span, TableFile, append
from archive.tables.parquet import LAYOUTS
from archive.tables.schema import TABLES
from archive.types import Capture, Discovery
from archive.warc.captures import METADATA_FIELD, records_of
from backissue.cli import parser
from crawlers.capture.run import Outcome, SourceRun

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
ENVIRONMENT_OF_TESTS = {"BACKISSUE_SAMPLES"}

page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def code_lines(text: str) -> Iterator[str]:
    """Lines of code blocks, fenced or indented, and what stands between backticks."""
    for fenced in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from fenced.splitlines()
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from (line.strip() for line in prose.splitlines() if line.startswith("    "))
    yield from re.findall(r"`([^`\n]+)`", prose)


def subcommands() -> dict[str, argparse.ArgumentParser]:
    actions = parser()._subparsers
    assert actions is not None
    return dict(actions._group_actions[0].choices or {})


def test_the_generated_pages_are_what_the_code_says() -> None:
    command = [sys.executable, "docs/build.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "run: python docs/build.py"


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    for name in (
        "build.py",
        "warc_parts.py",
        "python_parts.py",
        "warc.md",
        "library.md",
        "tables.md",
    ):
        (tmp_path / name).write_bytes((ROOT / "docs" / name).read_bytes())
    (tmp_path / "tables.md").write_text("# Tables\n")
    command = [sys.executable, str(tmp_path / "build.py"), "--check"]
    done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "docs/tables.md differs from the code" in done.stdout
    assert "warc.md" not in done.stdout


@page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, fragment in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", text):
        found = page.parent / target if target else page
        assert found.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {heading.lower().replace(" ", "-") for heading in headings}


@page
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = r"archive|backissue|benchmarks|crawlers|pipelines|tests|docs|\.ci"
    for name in re.findall(rf"(?<![\w/.-])((?:{parts})/[\w./-]*[\w/])", text):
        assert (ROOT / name).exists(), name
    bare = re.findall(r"(?<![\w/.*-])\w+\.py\b", text)
    assert page.name == "CHANGELOG.md" or not bare, "files without their folders"


@page
def test_modules_and_names_in_them_that_a_page_names_can_be_imported(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:archive|backissue|crawlers|pipelines)(?:\.\w+)+)[`(]", text):
        assert pkgutil.resolve_name(name), name


def test_each_word_of_the_glossary_stands_once_in_the_order_of_its_part() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    parts = [
        re.findall(r"^\| (?!word )(\w.*?) \|", part, re.MULTILINE) for part in text.split("\n## ")
    ]
    assert parts == [sorted(part) for part in parts]
    words = [word for part in parts for word in part]
    assert len(set(words)) == len(words) > 40


@page
def test_commands_that_a_page_shows_can_be_run(page: Path) -> None:
    known = subcommands()
    for line in code_lines(page.read_text(encoding="utf-8")):
        if not re.match(r"backissue [a-z]", line):
            continue
        words = shlex.split(re.sub(r"\s#.*|\[.*", "", line))
        assert words[1] in known, line
        flags = {flag for action in known[words[1]]._actions for flag in action.option_strings}
        assert {word for word in words if word.startswith("--")} <= flags, line


def test_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `backissue (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert listed == list(subcommands())


def test_readme_names_the_make_targets_there_are() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        used = re.findall(r"(?:^|`)make ([\w-]+)", (ROOT / name).read_text(), re.MULTILINE)
        assert used
        assert set(used) <= targets


def test_readme_settings_and_source_are_valid() -> None:
    contact, source = map(tomllib.loads, blocks((ROOT / "README.md").read_text(), "toml"))
    assert LibrarySettings.model_validate({"created": NOW, **contact}).contact
    assert Source.model_validate(source).feeds == ("https://review.example/feed/",)


def test_every_command_and_flag_has_a_help_text() -> None:
    for name, command in subcommands().items():
        assert command.description, name
        for action in command._actions:
            assert action.help, f"{name} {action.dest}"


def test_every_table_has_a_layout_and_every_column_a_description() -> None:
    assert LAYOUTS.keys() == TABLES.keys()
    for table, schema in TABLES.items():
        assert set(LAYOUTS[table].sort) <= set(schema.names)
        for field in schema:
            text = (field.metadata or {}).get(b"description", b"").decode()
            assert text.strip(), f"{table}.{field.name}"


def test_every_environment_variable_is_documented() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    for path in ROOT.glob("[abcp]*/**/*.py"):
        for name in re.findall(r"os\.environ\S*?[\[(]\"([A-Z_]+)\"", path.read_text()):
            assert f"`{name}`" in page or name in ENVIRONMENT_OF_TESTS, f"{path}: {name}"


def test_a_new_library_states_the_defaults(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        assert library.settings == LibrarySettings(created=library.settings.created)


def members(value: Any) -> Any:
    """The names of all members, however deep; values do not count."""
    if isinstance(value, dict):
        return {key: members(item) for key, item in value.items()}
    return [members(item) for item in value[:1]] if isinstance(value, list) else None


def shown(page: str, name: str) -> list[Any]:
    """The JSON values of the generated part *name* of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (part,) = re.findall(rf"<!-- from the code: {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    (body,) = blocks(part, "json")
    values, decoder = [], json.JSONDecoder()
    while body.strip():
        value, end = decoder.raw_decode(body.lstrip())
        values.append(value)
        body = body.lstrip()[end:]
    return values


SOURCE = Source(
    url="https://a.example/", name="a", feeds=("/f",), article=ArticleRules(deny=("x",))
)
FOUND = Discovery(source="a", by="feed")
LEFT = Quarantined("warc/a.warc.gz", 3, 6, "no gzip member")
BATCH = Batch(1, "2026-11-23T00:00:00.000000Z", (Span("warc/a.warc.gz", 0, 9),), (1,), (LEFT,))


def metadata_body() -> bytes:
    capture = Capture(
        url="https://a.example/1",
        fetch_time=NOW,
        request=b"GET /1 HTTP/1.1\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\n\r\n",
        body=b"",
        warc_record_id="urn:uuid:1",
        discovery=FOUND,
        details={"latency_ms": 1},
        role="page",
    )
    return records_of(capture)[-1].block.removeprefix(METADATA_FIELD)


def crawl_log_body() -> bytes:
    run = SourceRun(SOURCE)
    run.outcomes.append(Outcome(url="https://a.example/1", outcome="robots", discovery=FOUND))
    return b"".join(run.log())


def test_the_bodies_shown_have_the_members_that_are_written(tmp_path: Path) -> None:
    written = {
        "metadata": metadata_body(),
        "crawl-log": crawl_log_body(),
        "source": SOURCE.canonical_json,
        "batch": BATCH.to_bytes(),
    }
    for name, body in written.items():
        now = [members(json.loads(line)) for line in body.splitlines()]
        assert [members(value) for value in shown("warc.md", name)] == now, name


def test_the_journal_line_shown_has_the_members_that_are_written(tmp_path: Path) -> None:
    journal = tmp_path / "batches.jsonl"
    journal.touch()
    files = (TableFile("articles/data/a.parquet", 1, "0"),)
    append(
        tmp_path, JournalEntry(BATCH, Span("warc/b.warc.gz", 0, 9), "backissue", "sha256:0", files)
    )
    (value,) = shown("library.md", "journal")
    assert members(value) == members(json.loads(journal.read_bytes()))


def test_each_body_of_ours_but_the_source_has_a_format_number() -> None:
    bodies = [metadata_body(), crawl_log_body().splitlines()[0], BATCH.to_bytes()]
    assert [json.loads(body)["format"] for body in bodies] == [1, 1, 1]


def test_each_fault_names_tests_that_there_are() -> None:
    text = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| fault \|.*\n\|---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    faults = "".join(tables).splitlines()
    assert len(faults) > 80
    for line in faults:
        named = re.findall(r"`(tests/[\w/.]+)`", line.rpartition(" | ")[2])
        assert named, line
        assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_was_made_to_break_things_is_among_the_faults() -> None:
    text = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    places = (
        "tests/crash/test_*.py",
        "tests/conformance/test_*.py",
        "tests/archive/verify/test_b*.py",
    )
    modules = [str(path.relative_to(ROOT)) for place in places for path in ROOT.glob(place)]
    missing = [name for name in modules if name not in text and "interop" not in name]
    assert missing == []
