"""`backissue import`: WARC and WACZ files that others made, into captures and articles."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import ExitCode, UsageError
from backissue.commands.flags import add_engine, add_library
from backissue.output import Meter, meter, print_json, print_table, say, tell_quarantined, warn

if TYPE_CHECKING:
    from pipelines.importing.import_files import Imported
    from pipelines.importing.intake import ImportedFile

HELP: Final = "take in WARC and WACZ files that others made"
TAKES_TURN: Final = True
_NAMED = 5  # places of a file that a person is told of


def flags(command: ArgumentParser) -> None:
    """Which files, into which library, for which source."""
    add_library(command)
    add_engine(command)
    command.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a .warc, .warc.gz or .wacz file, or a folder with such files at any depth",
    )
    command.add_argument(
        "--source",
        default="imported",
        metavar="NAME",
        help="the source that the captures count for (default: imported)",
    )


def run(options: Namespace) -> int:
    """Import what the command line names, and say what came of each file."""
    from archive.library import Library
    from pipelines.derive.engine import parse_engine
    from pipelines.importing.import_files import import_files

    engine = parse_engine(options.engine)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", options.source):
        raise UsageError(f"--source {options.source!r}: expected a name of a-z, 0-9 and -")
    paths = list(_files(options.files))
    with Library.create(options.library) as library, meter(options, "importing") as shown:
        told = _Telling(shown)
        imported = import_files(library, paths, engine, told.told, options.source)
    tell_quarantined(options, imported.quarantined)
    _report(options, imported)
    sound = all(one.is_sound for one in imported.files)
    return ExitCode.DONE if sound else ExitCode.FOUND_WRONG


class _Telling:
    """What is being done, for a meter that counts one thing after the other."""

    def __init__(self, shown: Meter) -> None:
        self._shown = shown

    def told(self, what: str, done: int, total: int) -> None:
        """So much of so much."""
        self._shown.update(done, total, what)


def _files(given: list[Path]) -> Iterator[Path]:
    """The files that are named, and those in folders that are; UsageError where there is none."""
    from pipelines.importing.storage import SUFFIXES

    for path in given:
        if not path.exists():
            raise UsageError(f"{path}: no such file")
        if not path.is_dir():
            yield path
            continue
        found = sorted(
            one for one in path.rglob("*") if one.is_file() and one.name.lower().endswith(SUFFIXES)
        )
        if not found:
            raise UsageError(f"{path}: no .warc, .warc.gz or .wacz file in this folder")
        yield from found


def _report(options: Namespace, imported: Imported) -> None:
    from dataclasses import asdict

    for one in imported.files:
        if options.json:
            print_json("file", asdict(one))
        else:
            _warn_of(one)
    if options.json:
        print_json("summary", _summary(imported))
        return
    if not options.quiet:
        headings = ["file", "records", "captures", "new", "articles", "unreadable"]
        print_table("", headings, [_row(one) for one in imported.files])
    say(options, _sentence(imported))


def _warn_of(one: ImportedFile) -> None:
    if one.error:
        warn(f"{one.path}: {one.error}")
    for place in one.skipped[:_NAMED]:
        warn(f"{one.path} at byte {place.offset}: {place.why}")
    if one.unreadable > _NAMED:
        warn(f"{one.path}: {one.unreadable - _NAMED:,} more places cannot be read: see --json")


def _row(one: ImportedFile) -> list[str | int]:
    name = Path(one.path).name
    if one.error or one.known:
        return [name, *["-"] * 4, "not imported" if one.error else "known"]
    return [name, one.records, one.captures, one.new, one.articles, one.unreadable]


def _summary(imported: Imported) -> dict[str, object]:
    files = imported.files
    return {
        "run_id": imported.run_id,
        "files": len(files),
        "imported": sum(one.error is None and not one.known for one in files),
        "known": sum(one.known for one in files),
        "failed": sum(one.error is not None for one in files),
        "records": sum(one.records for one in files),
        "captures": sum(one.new for one in files),
        "unreadable": sum(one.unreadable for one in files),
        "rows": imported.rows,
        "verdicts": imported.verdicts,
    }


def _sentence(imported: Imported) -> str:
    verdicts = imported.verdicts
    new = sum(one.new for one in imported.files)
    known = sum(one.captures - one.new for one in imported.files)
    parts = [f"{new:,} captures imported" + (f", {known:,} were here already" if known else "")]
    parts.append(
        f"articles: {verdicts.get('article', 0):,} new, {verdicts.get('version', 0):,} changed"
    )
    return "; ".join(parts)
