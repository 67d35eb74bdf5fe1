"""The command line's own words: help that fits a terminal, and usage errors that end with 2."""

from __future__ import annotations

import shlex
import subprocess
from importlib import import_module
from pkgutil import iter_modules

import pytest

from backissue import commands
from backissue.cli import COMMANDS, main, parser


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, told.out, told.err


@pytest.fixture(autouse=True)
def _terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "--help")
    assert (code, err) == (0, "")
    assert COMMANDS
    for command in COMMANDS:
        assert f"\n    {command} " in out
    assert "exit codes: 0 done" in out
    assert [line for line in out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_in_80_columns(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: backissue {command} ")
    description = out.split("\n\n")[1]
    assert description[0].isupper()
    assert description.endswith(".")
    assert out.splitlines()[-1].startswith(f"example: backissue {command}")
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_each_module_beside_the_shared_flags_is_a_command() -> None:
    modules = {module.name for module in iter_modules(commands.__path__)}
    assert modules == {*COMMANDS, "flags"}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_line_of_help_flags_and_work(command: str) -> None:
    module = import_module(f"backissue.commands.{command}")
    assert isinstance(module.HELP, str)
    assert isinstance(module.EXAMPLE, str)
    assert callable(module.flags)
    assert callable(module.run)


def test_commands_that_publish_wait_for_a_service() -> None:
    waiting = [
        command
        for command in COMMANDS
        if getattr(import_module(f"backissue.commands.{command}"), "TAKES_TURN", False)
    ]
    assert waiting == ["import", "publish", "rebuild", "repair", "remove"]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--version")
    assert code == 0
    assert out.startswith("backissue 0.")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["crwal"], "invalid choice: 'crwal'"),
        (["crawl", "--librray", "x"], "--librray; did you mean --library?"),
        (["search", "--souce=x", "tide"], "--souce=x; did you mean --source?"),
        (["--verison"], "--verison; did you mean --version?"),
        (["status", "--zzz"], "unrecognized arguments: --zzz: see `backissue status --help`\n"),
        (["add", "http://a.example/", "--delay", "-5"], "expected seconds, from 0 to 86,400"),
        (["add", "http://a.example/", "--delay", "soon"], "0 to 86,400, not 'soon'"),
        (["serve", "--port", "65536"], "a whole number from 0 to 65,535, not '65536'"),
        (["search", "x", "--limit", "9" * 5000], f"2,147,483,647, not '{'9' * 40}…': see"),
        (["search"], "required: QUERY"),
        (["search", "words", "--limit", "many"], "argument --limit: expected a whole number"),
        (["extract", "page.html", "--format", "pdf"], "argument --format: invalid choice: 'pdf'"),
        (["replay", "--port"], "argument --port: expected one argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_ends_with_2_and_says_what_is_wrong(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("backissue")
    assert err.count("\n") == 1
    assert complaint in err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_example_is_understood(command: str) -> None:
    name, *words = shlex.split(import_module(f"backissue.commands.{command}").EXAMPLE)
    assert name == "backissue"
    assert parser().parse_args(words).command == command


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("usage: backissue ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_shell_can_complete_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "--completion", shell)
    assert (code, err) == (0, "")
    assert "rebuild" in out


def test_bash_completes_commands_and_flags(capsys: pytest.CaptureFixture[str]) -> None:
    _, script, _ = said(capsys, "--completion", "bash")
    ask = """
        COMP_WORDS=(backissue {words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        $(complete -p backissue | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        echo "${{COMPREPLY[@]}}"
    """
    found = {
        words: subprocess.run(
            ["bash", "-c", script + ask.format(words=words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        ).stdout.split()
        for words in ("re", "status --ch")
    }
    assert set(found["re"]) >= {"rebuild", "repair", "replay", "resume"}
    assert found["status --ch"] == ["--check"]


@pytest.mark.parametrize(
    ("words", "meant"), [(["stat"], "status"), (["serch"], "search"), (["export", "wrac"], "warc")]
)
def test_a_word_that_is_nearly_one_is_guessed(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert capsys.readouterr().err.rstrip().endswith(f"; did you mean {meant}?")
