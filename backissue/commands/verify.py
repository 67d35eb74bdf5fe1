"""`backissue verify`: check WARC files, indexes, tables and journal, and prove rows."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.errors import ExitCode, UsageError
from backissue.commands.flags import add_library, count
from backissue.output import Meter, meter, print_json, say, warn

if TYPE_CHECKING:
    from rich.text import Text

    from archive.types import Finding
    from archive.verify.library import Verified
    from pipelines.rebuild.proof import Proven

HELP: Final = "check WARC files, indexes and tables"
EXAMPLE: Final = "backissue verify --prove 100"
_ALONE = 8 << 20  # bytes that are read before other processes would have started
_MIB = 1 << 20
_COLOURS = {"error": "bold red", "warning": "yellow"}
_UNREADABLE = ("library.link", "journal.missing", "parquet.unreadable", "parquet.schema")


def flags(command: ArgumentParser) -> None:
    """Which library, and how many of its rows to prove."""
    add_library(command)
    command.add_argument(
        "--prove",
        type=count,
        default=0,
        metavar="N",
        help="extract N random rows again and compare",
    )
    command.add_argument(
        "--seed",
        type=count,
        metavar="S",
        help="seed of the random choice: the same number gives the same rows",
    )


def run(options: Namespace) -> int:
    """Print the findings; exit 1 where there is an error among them."""
    from dataclasses import asdict

    from archive.verify.library import verify
    from pipelines.rebuild.proof import Proven

    if options.prove < 0:
        raise UsageError(f"--prove {options.prove}: expected how many rows, 0 or more")
    folder = options.library.absolute()
    with meter(options, "verifying") as shown:
        verified = verify(folder, _run_tasks, partial(_update_in_mib, shown))
    findings, proven = list(verified.findings), Proven(0, ())
    if any(finding.code in _UNREADABLE for finding in findings):
        warn("the tables cannot be read as they are: nothing of them is proved")
    else:
        proven, more = _prove_rows(folder, options.prove, options.seed)
        findings += more
    errors = sum(finding.severity == "error" for finding in findings)
    if options.json:
        for finding in findings:
            print_json("finding", asdict(finding))
        print_json("summary", _verified_counts(verified, findings, proven))
    else:
        print_findings(findings)
        say(options, _verified_in_words(verified, findings, proven))
    return ExitCode.FOUND_WRONG if errors else ExitCode.DONE


def _run_tasks(function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterable[Any]:
    """The results of *tasks*, on all cores where there is much to read."""
    from archive.verify.warc_files import FilePiece
    from pipelines.derive.engine import Engine
    from pipelines.derive.engine import run as run_on

    size = sum(task.stop - task.start for task in tasks if isinstance(task, FilePiece))
    if size < _ALONE and len(tasks) < 200:
        return map(function, tasks)
    return run_on(Engine("local", os.cpu_count() or 1), function, tasks)


def _update_in_mib(shown: Meter, done: int, total: int) -> None:
    shown.update(done // _MIB, total // _MIB, "MiB")


def _prove_rows(folder: Path, count: int, seed: int | None) -> tuple[Proven, list[Finding]]:
    from archive.config import read_settings
    from archive.library import Library
    from pipelines.rebuild.proof import Proven, prove, restored

    with Library(folder, read_settings(folder)) as library:
        payloads = restored(library, count, seed, _run_tasks)
        proven = prove(library, count, seed, _run_tasks) if count else Proven(0, ())
    return proven, [*proven.findings, *payloads.findings]


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings for people, grouped by file."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    ordered = sorted(findings, key=lambda finding: finding.path)
    for path, several in groupby(ordered, key=lambda finding: finding.path):
        console.print(Text(path, "bold"), soft_wrap=True)
        for finding in several:
            console.print(_finding_line(finding))
            for text in filter(None, (finding.url, finding.record_id)):
                console.print(Text(f"    {text}", "dim"), soft_wrap=True)
    for code, remedy in dict.fromkeys((finding.code, finding.remedy) for finding in ordered):
        console.print(Text(f"{code}: ", "bold").append(remedy, "green"), soft_wrap=True)


def _finding_line(finding: Finding) -> Text:
    from rich.text import Text

    at = "" if finding.offset is None else f" at byte {finding.offset:,}"
    colour = _COLOURS[finding.severity]
    head = Text(f"  {finding.severity} {finding.code}", colour)
    return head.append(f"{at}: {finding.detail}", "default")


def _verified_counts(
    verified: Verified, findings: Sequence[Finding], proven: Proven
) -> dict[str, Any]:
    errors = sum(finding.severity == "error" for finding in findings)
    return {
        "records": verified.records,
        "files": verified.files,
        "captures": verified.captures,
        "proved": proven.rows,
        "errors": errors,
        "warnings": len(findings) - errors,
    }


def _verified_in_words(verified: Verified, findings: Sequence[Finding], proven: Proven) -> str:
    counts = _verified_counts(verified, findings, proven)
    proved = f", {proven.rows:,} articles extracted again" if proven.rows else ""
    head = (
        f"{verified.records:,} records in {verified.files:,} files, "
        f"{verified.captures:,} captures rows{proved}"
    )
    wrong = [_count_in_words(counts[name], name) for name in ("errors", "warnings") if counts[name]]
    return f"{head}: {', '.join(wrong) or 'nothing wrong'}"


def _count_in_words(count: int, plural: str) -> str:
    return f"{count:,} {plural if count != 1 else plural.removesuffix('s')}"
