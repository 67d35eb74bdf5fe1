"""`backissue why URL`: what is known of a URL, why it is no article, and what can be done."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from archive.errors import UsageError
from backissue.commands.flags import add_library
from backissue.output import print_json, warn

if TYPE_CHECKING:
    from archive.tables.url_history import UrlHistory
    from archive.types import Row
    from backissue.explanation.answer import Answer
    from backissue.explanation.facts import Facts

HELP: Final = "say what came of a URL: why it is an article, or is none"
EXAMPLE: Final = "backissue why https://review.example/2026/11/on-ferries/"
_WIDTH, _LABEL = 80, 9  # columns
_FOUND_BY: Final = {
    "feed": "announced by the feed",
    "sitemap": "announced by the sitemap",
    "section": "linked on the page",
    "link": "linked on the page",
    "archive": "linked on the page",
    "robots": "named by robots.txt",
    "redirect": "by a redirect from",
    "import": "in an imported file",
}
"""How an address was found, before the address of what named it."""
_DECLARED: Final = {"feed", "sitemap", "section", "archive"}


def flags(command: ArgumentParser) -> None:
    """Which library, which address."""
    add_library(command)
    command.add_argument(
        "url",
        metavar="URL",
        help="the address (scheme, www. and tracking make no difference), or id of an article or "
        "record",
    )


def run(options: Namespace) -> int:
    """Print the answer and what it rests on; exit 1 where nothing is known."""
    from archive.library import Library
    from archive.state.read_only import lost
    from archive.tables.names import address_named
    from backissue.explanation.answer import answer
    from backissue.explanation.facts import facts_of

    with Library.open(options.library) as library:
        try:
            facts = facts_of(library, address_named(library.generation, options.url))
        except ValueError as error:
            raise UsageError(f"{options.url}: expected {error}") from None
        if unknown := lost(library.path):
            warn(unknown)
    found = answer(facts)
    if options.json:
        _print_lines(facts, found)
    elif not options.quiet:
        _print_answer(facts, found)
    return int(found.kind == "unknown")


def _print_lines(facts: Facts, found: Answer) -> None:
    """The outcomes, the articles and the rules as JSON Lines; the answer last."""
    from dataclasses import asdict

    for history in facts.chain:
        for row in history.log:
            print_json("outcome", {**row, "published": True})
    for visit in facts.unpublished:
        print_json("outcome", {**asdict(visit), "published": False})
    for article in facts.articles:
        newest = {k: v for k, v in article.newest.items() if k != "evidence"}
        print_json("article", {**newest, **_counts(asdict(article))})
    for cover in facts.covers:
        print_json("source", asdict(cover))
    print_json(
        "summary",
        {
            "url": facts.url,
            "url_surtkey": facts.chain[0].url_surtkey,
            "leads_to": [history.url for history in facts.chain[1:]],
            "captures": sum(len(history.captures) for history in facts.chain),
            **asdict(found),
        },
    )


def _counts(article: dict[str, Any]) -> dict[str, Any]:
    del article["newest"]
    return article


def _print_answer(facts: Facts, found: Answer) -> None:
    _print_wrapped("", facts.url)
    _print_wrapped("", f"{found.because[0].upper()}{found.because[1:]}.")
    for line in found.evidence:
        _print_wrapped("", line)
    print()
    for label, line in _lines(facts, found):
        _print_wrapped(label, line)
    for number, line in enumerate(found.next):
        _print_wrapped("" if number else "next", line, indented=True)


def _print_wrapped(label: str, text: str, *, indented: bool = False) -> None:
    """A line of at most 80 columns, but for words that are longer; passwords are hidden."""
    from archive.web.userinfo import hide_userinfo
    from crawlers.sources.cron import one_line

    wide = _LABEL if label or indented else 0
    lines = textwrap.wrap(
        one_line(hide_userinfo(text)),
        _WIDTH,
        initial_indent=f"{label:<{wide}}",
        subsequent_indent=" " * wide,
        break_long_words=False,
        break_on_hyphens=False,
    )
    print("\n".join(lines))


def _lines(facts: Facts, found: Answer) -> Iterator[tuple[str, str]]:
    """What happened, line by line: how each address was found, and what came of asking for it."""
    from datetime import UTC, datetime

    from backissue.explanation.answer import next_look

    for history in facts.chain:
        if history is not facts.chain[0]:
            yield "leads to", history.url
        yield from _of_history(history)
    if found.kind != "no_page" and (again := next_look(facts, datetime.now(UTC))):
        yield "again", again


def _of_history(history: UrlHistory) -> Iterator[tuple[str, str]]:
    from archive import outcomes
    from archive.outcomes import REDIRECTED
    from archive.tables import verdicts
    from backissue.explanation.answer import in_utc

    if not history.log:
        return
    first, last = history.log[0], history.log[-1]
    yield "found", f"{in_utc(first['fetch_time'])}, for {first['source']}, {_how_found(first)}"
    if first["date_announced"]:
        yield "dated", f"{in_utc(first['date_announced'])}, by what announced it"
    words, detail = outcomes.in_words(last["outcome"]), last["detail"]
    if detail and last["outcome"] == REDIRECTED:
        words = detail
    elif detail and detail not in words:
        words = f"{words} ({detail})"
    times = len(history.log)
    often = f", the last of {times} times" if times > 1 else ""
    yield "asked", f"{in_utc(last['fetch_time'])}{often}, {last['outcome']}: {words}"
    if last["verdict"]:
        yield "judged", f"{last['verdict']}: {verdicts.in_words(last['verdict'])}"


def _how_found(row: Row) -> str:
    by, via = row["discovered_by"], row["discovered_via"]
    if by == "user":
        return "named by hand"
    if via is None and by in _DECLARED:
        return f"declared as its {by}"
    return f"{_FOUND_BY.get(by, by)}{f' {via}' if via else ''}"
