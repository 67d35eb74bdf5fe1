"""`backissue release NAME`: chosen articles as a folder for others, which is never changed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.disk import files
from backissue.commands.flags import add_filters, add_library, add_query, article_words
from backissue.output import counted, meter, print_json, say

if TYPE_CHECKING:
    from archive.releases.facts import Facts

HELP: Final = "make a folder of articles for others: Parquet, with all that describes it"
EXAMPLE: Final = "backissue release spring-2026 --source review --completeness full"


def flags(command: ArgumentParser) -> None:
    """What it is called, where it goes, which articles."""
    add_library(command)
    command.add_argument(
        "name", metavar="NAME", help="what the release is called: letters, digits, and . - _"
    )
    command.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="the folder to make (default: releases/NAME in the library)",
    )
    add_filters(command)
    add_query(command)


def run(options: Namespace) -> int:
    """Make the release, and say what it holds."""
    from archive.library import Library
    from archive.releases.making import make_release

    with Library.open(options.library) as library:
        where = options.output or library.path
        with files.speaking_errors(where), meter(options, "writing") as shown:
            folder, facts = make_release(
                library,
                options.name,
                options.output,
                lambda done, total: shown.update(done, total, "articles"),
                **article_words(options),
            )
    if options.json:
        print_json("summary", _summary(folder, facts))
        return 0
    articles = counted(facts.counts.rows, "article")
    say(options, f"{folder}: {articles} of {counted(len(facts.origins), 'source')}")
    say(options, f"  as of {facts.date:%Y-%m-%d %H:%M} UTC, batch {facts.batch:,}")
    say(options, f"  {facts.download_size / 2**20:,.1f} MiB in data/; README.md is the card")
    say(options, "  `sha256sum -c SHA256SUMS` in it shows that it is whole")
    return 0


def _summary(folder: Path, facts: Facts) -> dict[str, object]:
    return {
        "release": facts.name,
        "folder": str(folder),
        "articles": facts.counts.rows,
        "words": facts.counts.words,
        "sources": len(facts.origins),
        "files": len(facts.files),
        "bytes": facts.download_size,
        "date": facts.date.isoformat(),
        "batch": facts.batch,
        "filters": dict(facts.filters),
    }
