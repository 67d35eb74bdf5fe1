"""`backissue search`: articles by their words."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from backissue.commands.flags import add_filters, add_library, count, filter_words
from backissue.output import print_json, shown, warn

HELP: Final = "find articles by their words"
EXAMPLE: Final = "backissue search 'ferries AND fog'"


def flags(command: ArgumentParser) -> None:
    """Which library, which words."""
    add_library(command)
    command.add_argument("query", metavar="QUERY", help='words, "a phrase", AND, OR, NOT, word*')
    command.add_argument(
        "--limit",
        type=count,
        default=20,
        metavar="N",
        help="print at most N articles (default: 20)",
    )
    command.add_argument(
        "--offset", type=count, default=0, metavar="N", help="leave out the N best articles"
    )
    add_filters(command)


def run(options: Namespace) -> int:
    """Print the hits, best first; exit 1 where there are none."""
    from dataclasses import asdict

    from rich.console import Console
    from rich.text import Text

    from archive.library import Library
    from archive.search.hits import search

    with Library.open(options.library) as library:
        chosen = filter_words(options)
        page = (options.query, options.limit, warn)
        hits = list(search(library, *page, offset=options.offset, **chosen))
        if not hits and (unread := library.unread()):
            warn(unread)
    for hit in hits:
        if options.json:
            print_json("hit", asdict(hit))
        else:
            line = Text(shown(hit.headline or hit.url), "bold").append(f"  {hit.article_id}", "dim")
            snippet = " ".join(hit.snippet.split())
            Console().print(line, Text(shown(f"{hit.url}\n{snippet}\n")), sep="\n", soft_wrap=True)
    if options.json:
        print_json("summary", {"hits": len(hits)})
    elif not hits and not options.quiet:
        print("nothing found")
    return 0 if hits else 1
