"""The command line: words into one call each, errors into one line and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from archive.disk.files import speaking_errors
from archive.errors import BackissueError, ExitCode
from archive.schedule import DEFAULT_DELAY
from archive.version import VERSION
from archive.web.userinfo import hide_userinfo
from backissue.ending import drop_output, fail, flush

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

TAKE_TURNS = ("publish", "rebuild", "repair", "import")
"""Commands that publish: where a service runs on the library, they wait their turn."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong on a command line without the passwords that stand there."""

    def error(self, message: str) -> NoReturn:
        super().error(hide_userinfo(message))


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; importing it loads nothing heavy."""
    top: argparse.ArgumentParser = _Parser(
        prog="backissue",
        description=_DESCRIPTION,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"backissue {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_crawling(commands)
    _add_tables(commands)
    _add_reading(commands)
    return top


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _command(commands: _Commands, name: str, text: str, *flags: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    command.add_argument("--quiet", action="store_true", help="say only what went wrong")
    if "library" in flags:
        default = os.environ.get("BACKISSUE_LIBRARY", "library")
        command.add_argument(
            "--library",
            type=Path,
            default=Path(default),
            metavar="DIR",
            help="the library (default: $BACKISSUE_LIBRARY, or ./library)",
        )
    if "engine" in flags:
        command.add_argument(
            "--engine",
            default="local",
            metavar="E",
            help="where pages are derived: local[:N], dask:local:N, dask:tcp://HOST:PORT",
        )
    if "network" in flags:
        _add_network(command)
    return command


def _add_network(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--allow-private", action="store_true", help="permit loopback and private addresses"
    )
    command.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDR",
        help="take this address for a host, as curl does, and permit it; * is any host or port; "
        "ADDR may have a port of its own",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError
    return seconds


def _add_crawling(commands: _Commands) -> None:
    demo = _command(commands, "demo", "crawl the bundled sample magazines and show what came of it")
    demo.add_argument(
        "--library", type=Path, metavar="DIR", help="where to keep it (default: ./demo-library)"
    )
    add = _command(
        commands,
        "add",
        "look at a site and write the source file that crawls it",
        "library",
        "network",
    )
    add.add_argument("url", nargs="?", metavar="URL", help="the magazine's address")
    add.add_argument(
        "--name", metavar="NAME", help="name of the source (default: from the address)"
    )
    delay = f"seconds between requests (default: {DEFAULT_DELAY:g})"
    add.add_argument("--delay", type=_seconds, default=DEFAULT_DELAY, metavar="S", help=delay)
    add.add_argument(
        "--opml", type=Path, metavar="FILE", help="add each feed of an OPML file instead"
    )
    crawl = _command(
        commands, "crawl", "crawl sources or single pages now", "library", "engine", "network"
    )
    crawl.add_argument("what", nargs="*", metavar="SOURCE|URL", help="default: all sources")
    crawl.add_argument(
        "--recheck", action="store_true", help="ask for known articles before they are due, too"
    )
    _command(
        commands, "serve", "crawl the sources on their schedules", "library", "engine", "network"
    )
    _command(
        commands, "status", "show each source: its runs, what is new, what went wrong", "library"
    )
    for name, text in (
        ("pause", "stop crawling sources by schedule; `crawl SOURCE` still works"),
        ("resume", "crawl paused sources by schedule again"),
    ):
        command = _command(commands, name, text, "library")
        command.add_argument("what", nargs="*", metavar="SOURCE", help="default: all sources")


def _add_tables(commands: _Commands) -> None:
    take = _command(
        commands, "import", "take in WARC and WACZ files that others made", "library", "engine"
    )
    take.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a .warc, .warc.gz or .wacz file, or a folder with such files at any depth",
    )
    take.add_argument(
        "--source",
        default="imported",
        metavar="NAME",
        help="the source that the captures count for (default: imported)",
    )
    _command(commands, "publish", "bring what is captured into the tables", "library", "engine")
    rebuild = _command(
        commands, "rebuild", "make all tables again from the WARC files", "library", "engine"
    )
    rebuild.add_argument(
        "--compare",
        action="store_true",
        help="make them, but only say what they change; a later rebuild then takes them",
    )
    rebuild.add_argument(
        "--relearn",
        action="store_true",
        help="use for each batch what the articles of a host share in the whole history",
    )
    rebuild.add_argument(
        "--accept-loss",
        action="store_true",
        help="go on where bytes that rows came from are damaged or gone; each place is named",
    )
    verify = _command(commands, "verify", "check WARC files, indexes and tables", "library")
    verify.add_argument(
        "--prove", type=int, default=0, metavar="N", help="extract N random rows again and compare"
    )
    verify.add_argument(
        "--seed", type=int, metavar="S", help="which rows: the same number, the same rows"
    )
    digest = _command(
        commands,
        "digest",
        "print a SHA-256 of what the tables say, to compare by",
        "library",
    )
    digest.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="COLUMN",
        help="leave a column out, such as extractor_version; may be given again",
    )
    _command(commands, "repair", "mend what a crash left behind", "library", "engine")


def _add_reading(commands: _Commands) -> None:
    extract = _command(commands, "extract", "print the article of one page")
    extract.add_argument("page", metavar="PAGE", help="a file, an http(s) URL, or - for stdin")
    extract.add_argument("--url", help="the page's address, where PAGE is a file")
    extract.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="default: text"
    )
    extract.add_argument(
        "--explain", action="store_true", help="show all of the page's text: what is cut, and why"
    )
    _add_network(extract)
    search = _command(commands, "search", "find articles by their words", "library")
    search.add_argument("query", metavar="QUERY", help='words, "a phrase", AND, OR, NOT, word*')
    search.add_argument("--limit", type=int, default=20, metavar="N", help="default: 20")
    show = _command(commands, "show", "print an article of the library", "library")
    show.add_argument("id", metavar="ID", help="article id")
    show.add_argument("--diff", action="store_true", help="what changed between its versions")
    show.add_argument(
        "--compared", action="store_true", help="what a rebuild changes: see rebuild --compare"
    )
    captures = _command(commands, "captures", "list the captures of a URL", "library")
    captures.add_argument("url", metavar="URL", help="the address, with or without tracking words")
    _add_export(commands)
    replay = _command(commands, "replay", "browse the archive with pywb", "library")
    replay.add_argument("--port", type=int, default=8301, help="default: 8301; 0: any free one")
    replay.add_argument("--yes", action="store_true", help="install pywb without asking")


def _turn(options: argparse.Namespace) -> AbstractContextManager[None]:
    """While it lasts, a service on the library does not publish; nothing where none runs."""
    if options.command not in TAKE_TURNS or not (options.library / "state/service.json").exists():
        return nullcontext()
    from archive.library import Library
    from backissue.service.socket_client import turn

    return turn(Library.open(options.library))


def _add_export(commands: _Commands) -> None:
    export = _command(
        commands, "export", "write captures or sources into a file for other tools", "library"
    )
    export.add_argument(
        "kind",
        choices=("warc", "opml"),
        metavar="KIND",
        help="warc: captures; opml: the feeds of the sources, for feed readers",
    )
    export.add_argument(
        "--output",
        type=Path,
        metavar="FILE|DIR",
        help="a new file, or with warc a folder (default: ./NAME.warc.gz, ./NAME.opml)",
    )
    export.add_argument("--source", metavar="NAME", help="captures of this source")
    export.add_argument("--since", metavar="TIME", help="fetched at this time or later (UTC)")
    export.add_argument("--until", metavar="TIME", help="fetched before this time (UTC)")
    export.add_argument("--url-prefix", metavar="URL", help="addresses that begin so")
    export.add_argument(
        "--tables-only", action="store_true", help="take nothing from the WARC files"
    )


def main(arguments: Sequence[str] | None = None, *, beside_service: bool = True) -> int:
    """Run one command; returns its exit code.

    *beside_service*: where a service runs on the library, a command that publishes waits its turn.
    """
    options = parser().parse_args(arguments)
    command = import_module(f"backissue.commands.{options.command}")
    try:
        with (
            speaking_errors(getattr(options, "library", None) or Path.cwd()),
            _turn(options) if beside_service else nullcontext(),
        ):
            code = int(command.run(options))
        flush()
        return code
    except BackissueError as error:
        return fail(error)
    except BrokenPipeError:  # `| head`: who reads has seen enough
        drop_output()
        return ExitCode.DONE
    except KeyboardInterrupt:
        print("backissue: interrupted; nothing that was kept is lost", file=sys.stderr)
        return ExitCode.INTERRUPTED
