"""Flags that several commands have: their defaults, and what they refuse."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from backissue.commands.flags import add_library, add_network, seconds


def test_the_library_is_that_of_the_environment_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BACKISSUE_LIBRARY", "/of/the/environment")
    command = ArgumentParser()
    add_library(command)
    assert command.parse_args([]).library == Path("/of/the/environment")
    assert command.parse_args(["--library", "other"]).library == Path("other")


def test_addresses_for_hosts_add_up() -> None:
    command = ArgumentParser()
    add_network(command)
    assert command.parse_args([]).resolve == []
    words = ["--resolve", "a.example:80:127.0.0.1", "--resolve", "*:443:[::1]"]
    assert command.parse_args(words).resolve == ["a.example:80:127.0.0.1", "*:443:[::1]"]


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "soon"])
def test_seconds_are_0_or_more_and_come_to_an_end(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ArgumentParser()
    command.add_argument("--delay", type=seconds)
    assert command.parse_args(["--delay", "1.5"]).delay == 1.5
    with pytest.raises(SystemExit):
        command.parse_args([f"--delay={text}"])
    assert f"expected seconds, from 0 to 86,400, not '{text}'" in capsys.readouterr().err
