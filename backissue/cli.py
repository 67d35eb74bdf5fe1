"""The command line: it runs a command, and turns an error into one line and an exit code."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from archive.disk.files import speaking_errors
from archive.errors import BackissueError, ExitCode, UsageError
from archive.tables.damage.told import told_of
from archive.version import VERSION
from archive.web.userinfo import hide_userinfo
from backissue.commands.flags import add_output
from backissue.error_output import drop_output, fail, flush

_DESCRIPTION = """\
Backissue keeps magazines: pages go into WARC as the server sent them, clean
text into Parquet.

Start with:  backissue demo
"""
_EXIT_CODES = """\
exit codes: 0 done; 1 something was found wrong, nothing was found, or a source
could not be crawled; 2 bad usage or settings; 3 another process holds the lock;
4 disk full; 130 interrupted, safe to repeat
"""

_NO_TEXT = "the name is not UTF-8: name another file or folder, or rename this one"

COMMANDS = (
    *("demo", "add", "crawl", "serve", "status", "pause", "resume"),
    *("import", "publish", "rebuild", "verify", "digest", "repair", "remove"),
    *("extract", "search", "show", "captures", "why", "export", "release", "replay", "web"),
)
"""The commands as `--help` lists them: those that crawl, that keep the tables, that read."""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, hide the passwords of a command line, and guess what
    was meant."""

    def error(self, message: str) -> NoReturn:
        said = hide_userinfo(message) + _guess(message)
        more = "" if said.endswith("?") else f": see `{self.prog} --help`"
        self.exit(ExitCode.USAGE, f"{self.prog}: {said}{more}\n")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The options; what no flag is like is told with the flag that may have been meant."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            command = self._command(getattr(options, "command", None))
            known = [flag for flag in command._option_string_actions if flag.startswith("--")]
            flags = [word.partition("=")[0] for word in unknown if word.startswith("-")]
            guesses = (_closest(flag, known) for flag in flags)
            guess = next(filter(None, guesses), None)
            meant = f"; did you mean {guess}?" if guess else ""
            command.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return options

    def _command(self, name: str | None) -> argparse.ArgumentParser:
        """The parser of a command; this one where there is none of that *name*."""
        for action in self._actions:
            if name and isinstance(action, argparse._SubParsersAction):
                found: argparse.ArgumentParser = action.choices[name]
                return found
        return self


def _closest(word: str, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1)), None)


def _guess(message: str) -> str:
    """What may have been meant by a word that is none of those to choose from."""
    said, _, choices = message.partition(" (choose from ")
    word = said.rpartition("invalid choice: ")[2].strip("'")
    close = _closest(word, re.findall(r"'([^']+)'", choices))
    return f"; did you mean {close}?" if close else ""


class _Completion(argparse.Action):
    """`--completion SHELL`: prints the script, and ends."""

    def __call__(
        self, top: argparse.ArgumentParser, options: object, values: Any, flag: str | None = None
    ) -> None:
        from shtab import complete

        print(complete(top, values))
        top.exit()


class _Formatter(argparse.HelpFormatter):
    """Help that does not break an example in two."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        example = text.startswith("example: ")
        return f"{indent}{text}" if example else super()._fill_text(text, width, indent)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; making it imports nothing heavy."""
    top: argparse.ArgumentParser = _Parser(
        prog="backissue",
        description=_DESCRIPTION,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"backissue {VERSION}")
    top.add_argument(
        "--completion",
        action=_Completion,
        choices=("bash", "zsh", "tcsh"),
        help="print the shell's script that completes commands and flags",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        text = _command(name).HELP
        command = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            epilog=f"example: {_command(name).EXAMPLE}",
            formatter_class=_Formatter,
        )
        add_output(command)
        _command(name).flags(command)
    return top


def _command(name: str) -> ModuleType:
    """The module of a command; `backissue.commands` says what it has."""
    return import_module(f"backissue.commands.{name}")


def _check_names(options: argparse.Namespace) -> None:
    """Raise UsageError where the library's folder has a name that no table can have."""
    library = getattr(options, "library", None)
    shown = str(Path(library or "").absolute())
    try:
        shown.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{shown}: {_NO_TEXT}") from None


def _turn(options: argparse.Namespace) -> AbstractContextManager[None]:
    """While it is entered, a service on the library does not publish."""
    takes_turn = getattr(_command(options.command), "TAKES_TURN", False)
    if not takes_turn or not (options.library / "state/service.json").exists():
        return nullcontext()
    from archive.library import Library
    from backissue.service.socket_client import turn

    return turn(Library.open(options.library))


def main(arguments: Sequence[str] | None = None, *, beside_service: bool = True) -> int:
    """Run one command; returns its exit code.

    *beside_service*: a command that publishes first waits until a service on the library does not.
    """
    top = parser()
    options = top.parse_args(arguments)
    if options.command is None:
        top.print_help()
        return ExitCode.DONE
    try:
        _check_names(options)
        with (
            speaking_errors(getattr(options, "library", None) or Path.cwd()),
            told_of(getattr(options, "library", None)),
            _turn(options) if beside_service else nullcontext(),
        ):
            code = int(_command(options.command).run(options))
        flush()
        return code
    except BackissueError as error:
        return fail(error)
    except UnicodeEncodeError as error:  # the name of a file, which goes to Arrow and SQLite
        name = str(error.object)
        return fail(UsageError(f"{name}: {_NO_TEXT}"))
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        drop_output()
        return ExitCode.DONE
    except KeyboardInterrupt:
        print("backissue: interrupted; nothing that was kept is lost", file=sys.stderr)
        return ExitCode.INTERRUPTED
