"""`backissue import`: WARC and WACZ files that others made, into captures and articles."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import ExitCode, UsageError
from backissue.commands.flags import add_engine, add_library
from backissue.output import meter, print_json, print_table, say, tell_quarantined, warn

if TYPE_CHECKING:
    from pipelines.importing.import_files import Imported
    from pipelines.importing.intake import ImportedFile

HELP: Final = "take in WARC and WACZ files that others made"
EXAMPLE: Final = "backissue import old-crawl.warc.gz --source review"
TAKES_TURN: Final = True
_NAMED = 5  # unreadable places of a file that are printed


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
        help="name of the source that the captures belong to (default: imported)",
    )


def run(options: Namespace) -> int:
    """Import what the command line names, and say what came of each file."""
    from archive.library import Library
    from pipelines.derive.engine import parse_engine
    from pipelines.importing.import_files import import_files

    engine = parse_engine(options.engine)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", options.source):
        raise UsageError(f"--source {options.source!r}: expected a name of a-z, 0-9 and -")
    paths = list(_files_to_import(options.files))
    with Library.create(options.library) as library, meter(options, "importing") as shown:

        def update(what: str, done: int, total: int) -> None:
            shown.update(done, total, what)

        imported = import_files(library, paths, engine, update, options.source)
    tell_quarantined(options, imported.quarantined)
    _print_imported(options, imported)
    sound = all(file.is_sound for file in imported.files)
    return ExitCode.DONE if sound else ExitCode.FOUND_WRONG


def _files_to_import(given: list[Path]) -> Iterator[Path]:
    """The named files, and all WARC files in named folders; UsageError where there are none."""
    from pipelines.importing.storage import SUFFIXES

    for path in given:
        if not path.exists():
            raise UsageError(f"{path}: no such file")
        if not path.is_dir():
            yield path
            continue
        files = sorted(
            file
            for file in path.rglob("*")
            if file.is_file() and file.name.lower().endswith(SUFFIXES)
        )
        if not files:
            raise UsageError(f"{path}: no .warc, .warc.gz or .wacz file in this folder")
        yield from files


def _print_imported(options: Namespace, imported: Imported) -> None:
    from dataclasses import asdict

    for file in imported.files:
        if options.json:
            print_json("file", asdict(file))
        else:
            _warn_of(file)
    if options.json:
        print_json("summary", _imported_sums(imported))
        return
    if not options.quiet:
        headings = ["file", "records", "captures", "new", "articles", "unreadable"]
        print_table("", headings, [_file_row(file) for file in imported.files])
    say(options, _imported_in_words(imported))


def _warn_of(file: ImportedFile) -> None:
    if file.error:
        warn(f"{file.path}: {file.error}")
    for place in file.skipped[:_NAMED]:
        warn(f"{file.path} at byte {place.offset}: {place.why}")
    if file.unreadable > _NAMED:
        warn(f"{file.path}: {file.unreadable - _NAMED:,} more places cannot be read: see --json")


def _file_row(file: ImportedFile) -> list[str | int]:
    name = Path(file.path).name
    if file.error or file.known:
        return [name, *["-"] * 4, "not imported" if file.error else "known"]
    return [name, file.records, file.captures, file.new, file.articles, file.unreadable]


def _imported_sums(imported: Imported) -> dict[str, object]:
    files = imported.files
    return {
        "run_id": imported.run_id,
        "files": len(files),
        "imported": sum(file.error is None and not file.known for file in files),
        "known": sum(file.known for file in files),
        "failed": sum(file.error is not None for file in files),
        "records": sum(file.records for file in files),
        "captures": sum(file.new for file in files),
        "unreadable": sum(file.unreadable for file in files),
        "rows": imported.rows,
        "verdicts": imported.verdicts,
    }


def _imported_in_words(imported: Imported) -> str:
    verdicts = imported.verdicts
    new = sum(file.new for file in imported.files)
    known = sum(file.captures - file.new for file in imported.files)
    parts = [f"{new:,} captures imported" + (f", {known:,} were here already" if known else "")]
    parts.append(
        f"articles: {verdicts.get('article', 0):,} new, {verdicts.get('version', 0):,} changed"
    )
    return "; ".join(parts)
