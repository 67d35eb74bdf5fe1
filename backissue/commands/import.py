"""`backissue import`: WARC, ARC and WACZ files that others made, into captures and articles."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import ExitCode, UsageError
from backissue.commands.flags import add_engine, add_library
from backissue.output import meter, print_json, print_table, say, tell_quarantined, warn

if TYPE_CHECKING:
    from pipelines.importing.folders import Unread
    from pipelines.importing.import_files import Imported
    from pipelines.importing.intake import ImportedFile

HELP: Final = "take in WARC, ARC and WACZ files that others made"
EXAMPLE: Final = "backissue import old-crawl.warc.gz --source review"
TAKES_TURN: Final = True
_NAMED = 5  # unreadable places of a file that are printed, and things that are not as it says


def flags(command: ArgumentParser) -> None:
    """Which files, into which library, for which source."""
    add_library(command)
    add_engine(command)
    command.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="a WARC, ARC or WACZ file, a folder with such files at any depth, or - for standard "
        "input",
    )
    command.add_argument(
        "--files-from",
        type=Path,
        metavar="LIST",
        help="also the files that LIST names: one a line, or with a zero byte behind each; - reads "
        "the list from standard input",
    )
    command.add_argument(
        "--strict",
        action="store_true",
        help="refuse a WACZ file that is not as its datapackage.json says",
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
    from pipelines.importing.folders import files_to_import
    from pipelines.importing.import_files import import_files
    from pipelines.importing.spooling import STDIN

    engine = parse_engine(options.engine)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", options.source):
        raise UsageError(f"--source {options.source!r}: expected a name of a-z, 0-9 and -")
    given = [*options.files, *_listed(options.files_from)]
    if not given:
        raise UsageError("no file is named: give a FILE, a folder, - or --files-from LIST")
    if [*given, options.files_from].count(STDIN) > 1:
        raise UsageError("- stands for standard input, which can be read once")
    found = files_to_import(given)
    with Library.create(options.library) as library, meter(options, "importing") as shown:

        def update(what: str, done: int, total: int) -> None:
            shown.update(done, total, what)

        imported = import_files(
            library, found.paths, engine, update, options.source, strict=options.strict
        )
    tell_quarantined(options, imported.quarantined)
    _print_imported(options, imported, found.unread)
    sound = all(file.is_sound for file in imported.files)
    sound = sound and not any(one.matters for one in found.unread)
    return ExitCode.DONE if sound else ExitCode.FOUND_WRONG


def _listed(path: Path | None) -> list[Path]:
    """The files that the list *path* names."""
    from pipelines.importing.spooling import STDIN

    if path is None:
        return []
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise UsageError(f"--files-from {path}: {(error.strerror or str(error)).lower()}") from None
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [Path(os.fsdecode(name)) for name in names if name.strip()]


def _print_imported(options: Namespace, imported: Imported, unread: list[Unread]) -> None:
    from dataclasses import asdict

    for one in unread:
        if options.json:
            print_json("unread", {"path": str(one.folder), "files": one.counts})
        else:
            warn(f"{one.folder}: not read: {one.in_words()}")
    for file in imported.files:
        if options.json:
            print_json("file", asdict(file))
        else:
            _warn_of(file)
    if options.json:
        left = sum(sum(one.counts.values()) for one in unread)
        print_json("summary", _imported_sums(imported) | {"unread": left})
        return
    if not options.quiet:
        headings = ["file", "records", "captures", "new", "articles", "unreadable"]
        print_table("", headings, [_file_row(file) for file in imported.files])
    say(options, _imported_in_words(imported))


def _warn_of(file: ImportedFile) -> None:
    if file.error:
        warn(f"{file.path}: {file.error}")
    for bent in file.bent[:_NAMED]:
        warn(f"{file.path}: {bent}: read all the same")
    if len(file.bent) > _NAMED:
        warn(f"{file.path}: {len(file.bent) - _NAMED:,} more things are not as it says: see --json")
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
