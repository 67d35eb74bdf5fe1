"""`backissue repair`: mend what a crash or a failing disk left behind, and say what was done."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from archive.disk import files
from archive.errors import ExitCode
from backissue.commands.flags import add_engine, add_library
from backissue.output import print_json, quarantined_in_words, say, warn

if TYPE_CHECKING:
    from archive.library import Library
    from archive.repair.recover import Recovered
    from archive.repair.regroup import Regrouped
    from pipelines.derive.engine import Engine

HELP: Final = "mend what a crash or a failing disk left behind"
EXAMPLE: Final = "backissue repair"
TAKES_TURN: Final = True
_Done = tuple[str, dict[str, Any], str]


def flags(command: ArgumentParser) -> None:
    """Which library, on which processes."""
    add_library(command)
    add_engine(command)


def run(options: Namespace) -> int:
    """Mend the library, but no file that a live crawl writes; exit 1 where damage is left."""
    from archive.library import Library
    from pipelines.derive.engine import parse_engine
    from pipelines.repair.set_aside import set_aside

    engine = parse_engine(options.engine)
    done = wrong = 0
    aside = set_aside(options.library.absolute())
    with (
        Library.open(options.library, writing=True) as library,
        files.speaking_errors(library.path),
    ):
        for kind, values, text in chain(_put_aside(aside), _mend(library, engine)):
            done += kind != "quarantined"
            wrong += kind == "quarantined" or bool(values.get("damaged") or values.get("missing"))
            if options.json:
                print_json(kind, values)
            else:
                (warn if kind == "quarantined" else partial(say, options))(text)
    if options.json:
        print_json("summary", {"mended": done, "quarantined": wrong})
    elif not (done or wrong):
        say(options, "nothing to mend")
    return ExitCode.FOUND_WRONG if wrong else ExitCode.DONE


def _put_aside(names: list[str]) -> Iterator[_Done]:
    for name in names:
        yield "damaged", {"path": name}, f"{name}: damaged, put aside to be made again"


def _mend(library: Library, engine: Engine) -> Iterator[_Done]:
    """Mend step by step: for each mended thing the kind of line, its values, its words."""
    from dataclasses import asdict

    from pipelines.publish import mend_batches
    from pipelines.rebuild.readiness import make_whole

    yield from _files_and_state(library)
    named = set()
    for place, done in _mended(library):
        named.add(place)
        yield done
    if make_whole(library, engine):
        yield "rebuilt", {"generation": library.generation.name}, "the tables are made again"
    batches = mend_batches(library, engine)
    for number in batches.finished:
        yield "batch", {"batch": number}, f"batch {number}: finished"
    for left in batches.quarantined:
        if (left.file, left.start) not in named:
            yield "quarantined", asdict(left), quarantined_in_words(left)


def _files_and_state(library: Library) -> Iterator[_Done]:
    """Mend what is no record: members, torn files, the state, indexes."""
    from dataclasses import asdict

    from archive.repair.regroup import regroup
    from pipelines.rebuild.indexes import restore_indexes
    from pipelines.rebuild.lost_state import note_lost_state, recover_state

    lost = note_lost_state(library)
    for regrouped in regroup(library):
        yield "regrouped", asdict(regrouped), _regrouped_in_words(regrouped)
    if lost:  # a run whose log cannot be read looks like one that died, and would get another
        yield from (done for _, done in _mended(library) if done[0] == "restored")
    yield from _recovered(recover_state(library))
    for name in restore_indexes(library):
        yield "indexed", {"path": name}, f"{name}: its indexes are made again"


def _mended(library: Library) -> Iterator[tuple[tuple[str, int], _Done]]:
    """Mend damaged records: for each the file and the place in it, and what was done."""
    from dataclasses import asdict

    from pipelines.repair.damaged_records import mend_damage

    for damage in mend_damage(library):
        kind = "restored" if damage.source else "quarantined"
        yield (damage.file, damage.start), (kind, asdict(damage), str(damage))


def _regrouped_in_words(file: Regrouped) -> str:
    return f"{file.file}: {file.records:,} records in a gzip member each; as it was in quarantine/"


def _recovered(recovered: Recovered) -> Iterator[_Done]:
    from dataclasses import asdict

    for file in recovered.mended:
        cut = f", {file.cut:,} torn bytes to quarantine/" if file.cut else ""
        hurt = f"; {file.damaged:,} damaged places in it" if file.damaged else ""
        gone = f"; {file.missing:,} bytes that were on the disk are gone" if file.missing else ""
        text = f"{file.file}: sealed with {file.records:,} records{cut}{hurt}{gone}"
        yield "mended", asdict(file), text
    for lost in recovered.lost:
        text = f"run {lost.run_id}: {lost.state}, {lost.captures:,} captures, its log written"
        yield "run", asdict(lost), text if lost.logged else f"run {lost.run_id}: {lost.state}"
    for name in recovered.indexed:
        yield "indexed", {"path": name}, f"{name}: made again"
    for name in recovered.removed:
        yield "removed", {"path": name}, f"{name}: left by a crash, removed"
