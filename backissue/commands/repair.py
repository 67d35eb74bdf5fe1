"""`backissue repair`: mend what a crash left, and say what was done."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from archive import files
from archive.errors import ExitCode
from archive.library import Library
from archive.regrouping import Regrouped, regroup
from archive.reindex import restore_indexes
from archive.repair import Recovered, recover
from backissue.output import print_json, say, tell_quarantined
from pipelines.batches import Mending, mend_batches
from pipelines.engine import parse_engine


def run(options: argparse.Namespace) -> int:
    """Mend the library; what a live crawl writes is left alone. Exit code 1: some is not whole."""
    engine = parse_engine(options.engine)
    with Library.open(options.library) as library, files.speaking_errors(library.path):
        regrouped = list(regroup(library))
        recovered = recover(library)
        reindexed = restore_indexes(library)
        batches = mend_batches(library, engine)
    done = [
        *(("regrouped", asdict(one), _regrouped_in_words(one)) for one in regrouped),
        *_done(recovered, batches, reindexed),
    ]
    for kind, values, text in done:
        if options.json:
            print_json(kind, values)
        else:
            say(options, text)
    tell_quarantined(options, batches.quarantined)
    wrong = bool(batches.quarantined) or any(one.damaged or one.missing for one in recovered.mended)
    if options.json:
        print_json("summary", {"mended": len(done), "quarantined": len(batches.quarantined)})
    elif not done:
        say(options, "nothing to mend")
    return ExitCode.FOUND_WRONG if wrong else ExitCode.DONE


def _regrouped_in_words(one: Regrouped) -> str:
    return f"{one.file}: {one.records:,} records in a gzip member each; as it was in quarantine/"


_Done = tuple[str, dict[str, Any], str]


def _done(recovered: Recovered, batches: Mending, reindexed: list[str]) -> Iterator[_Done]:
    """What was done: the kind of line, its values, and the words."""
    for one in recovered.mended:
        cut = f", {one.cut:,} torn bytes to quarantine/" if one.cut else ""
        hurt = f"; {one.damaged:,} damaged places in it" if one.damaged else ""
        gone = f"; {one.missing:,} bytes that were on the disk are gone" if one.missing else ""
        text = f"{one.file}: sealed with {one.records:,} records{cut}{hurt}{gone}"
        yield "mended", asdict(one), text
    for lost in recovered.lost:
        text = f"run {lost.run_id}: {lost.state}, {lost.captures:,} captures, its log written"
        yield "run", asdict(lost), text if lost.logged else f"run {lost.run_id}: {lost.state}"
    for name in recovered.indexed:
        yield "indexed", {"path": name}, f"{name}: made again"
    for name in reindexed:
        yield "indexed", {"path": name}, f"{name}: its indexes are made again"
    for name in recovered.removed:
        yield "removed", {"path": name}, f"{name}: left by a crash, removed"
    for number in batches.finished:
        yield "batch", {"batch": number}, f"batch {number}: finished"
