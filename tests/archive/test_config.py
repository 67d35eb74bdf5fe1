"""`library.toml`: what it may say, and one line where it says anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.config import LibrarySettings, new_settings, read_settings
from archive.errors import ExitCode, NewerFormat, NotALibrary, UsageError
from archive.version import LIBRARY_FORMAT

MOMENT = datetime(2026, 11, 5, 9, 30, 15, tzinfo=UTC)


def settings_from(folder: Path, text: str) -> LibrarySettings:
    (folder / "library.toml").write_text(
        f'format = {LIBRARY_FORMAT}\nname = "review"\ncreated = 2026-11-05T09:30:15Z\n{text}\n'
    )
    return read_settings(folder)


def test_new_settings_are_the_defaults(tmp_path: Path):
    (tmp_path / "library.toml").write_bytes(new_settings("review", MOMENT))
    assert read_settings(tmp_path) == LibrarySettings(name="review", created=MOMENT)


def test_every_line_that_is_commented_out_is_valid(tmp_path: Path):
    text = new_settings("review", MOMENT).decode()
    for field in ("operator", "contact", "user_agent"):
        assert f"# {field} = " in text
        text = text.replace(f"# {field} = ", f"{field} = ")
    (tmp_path / "library.toml").write_text(text)
    found = read_settings(tmp_path)
    assert found.contact == "mailto:archive@example.org"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1GiB", 2**30),
        ("500 MiB", 500 * 2**20),
        ("1.5kib", 1536),
        ("7", 7),
        ("7B", 7),
        ("2 TiB", 2**41),
    ],
)
def test_sizes(tmp_path: Path, text: str, size: int):
    assert settings_from(tmp_path, f'[disk]\nfloor = "{text}"').disk.floor == size


def test_a_size_may_be_a_number(tmp_path: Path):
    assert settings_from(tmp_path, "[warc]\nmax_bytes = 4096").warc.max_bytes == 4096


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("1.5h", timedelta(minutes=90)),
        ("7 d", timedelta(days=7)),
    ],
)
def test_times(tmp_path: Path, text: str, span: timedelta):
    assert settings_from(tmp_path, f'[warc]\nmax_age = "{text}"').warc.max_age == span


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[disk]\nfloor = 'much'", "disk.floor"),
        ("[disk]\nfloor = -1", "disk.floor"),
        ("[disk]\nfloor = 1.5", "disk.floor"),
        ("[disk]\nflor = 1", "disk.flor"),
        ("[warc]\nmax_age = 'soon'", "warc.max_age"),
        ("[warc]\nmax_age = 24", "warc.max_age"),
        ("[policy]\nrespect = ['nobody']", "policy.respect.0"),
        ("colour = 'red'", "colour"),
        ("warc = 3", "warc"),
        ("[disk", "not valid TOML"),
        ("a = 1\na = 2", "not valid TOML"),
        ("contact = 'x\x01y'", "not valid TOML"),
        ('contact = "x\\r\\nrobots: ignore"', "contact: expected one line of text"),
        ('operator = "x\\ny"', "operator"),
        (f"[warc]\nmax_bytes = '{'9' * 5000}GiB'", "warc.max_bytes: expected a size such as"),
        (f"[warc]\nmax_bytes = {2**63}", "warc.max_bytes: expected a size such as"),
        (f"[warc]\nmax_age = '{'9' * 30}d'", "warc.max_age: expected a time such as"),
        (f"[disk]\nfloor = {'9' * 5000}", "not valid TOML: a number of thousands of digits"),
        (f"x = {'[' * 100_000}", "not valid TOML: values in values without end"),
        ("[serve]\nport = 'x'", "serve.port: expected a whole number"),
        ("[serve]\ncrawl_processes = 0", "serve.crawl_processes: expected a number of at least 1"),
        ("[policy]\nrequisites = 'maybe'", "policy.requisites: expected true or false"),
        ("contact = 5", "contact: expected a text in quotes"),
        ('user_agent = "x\\nCookie: a"', "user_agent"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, text: str, named: str):
    with pytest.raises(UsageError) as caught:
        settings_from(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'library.toml'}: {named}")
    assert "\n" not in message
    assert caught.value.exit_code == ExitCode.USAGE


def test_what_is_not_utf_8_is_not_toml(tmp_path: Path):
    (tmp_path / "library.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(UsageError, match="not valid TOML"):
        read_settings(tmp_path)


def test_a_folder_without_settings_is_no_library(tmp_path: Path):
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(NotALibrary):
            read_settings(folder)


def test_a_newer_format_is_told_before_what_else_is_wrong(tmp_path: Path):
    (tmp_path / "library.toml").write_text(f"format = {LIBRARY_FORMAT + 1}\nunknown = 1\n")
    with pytest.raises(NewerFormat) as caught:
        read_settings(tmp_path)
    assert (caught.value.found, caught.value.known) == (LIBRARY_FORMAT + 1, LIBRARY_FORMAT)


@pytest.mark.parametrize("name", ["", "Review", "a b", '"\nformat = 9', "-a", "a\n", "x" * 64])
def test_no_library_gets_a_name_that_could_not_be_read(name: str):
    with pytest.raises(UsageError, match="library name"):
        new_settings(name, MOMENT)


@pytest.mark.parametrize(
    ("line", "meant"), [('oprator = "x"', "operator"), ('[warc]\nmax_byte = "1GiB"', "max_bytes")]
)
def test_a_setting_that_is_nearly_one_is_guessed(tmp_path: Path, line: str, meant: str):
    (tmp_path / "library.toml").write_text(f"format = 1\ncreated = 2026-01-01T00:00:00Z\n{line}\n")
    with pytest.raises(UsageError, match=f"did you mean {meant}\\?$"):
        read_settings(tmp_path)
