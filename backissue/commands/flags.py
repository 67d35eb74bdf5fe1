"""Flags that several commands have, so that each means the same everywhere."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from archive.tables.filters import ArticleWords, FilterWords

_FILTERS: Final = {
    "source": ("NAME", "only articles of this source, and by hand at its addresses"),
    "since": ("TIME", "only articles fetched at this time or later (UTC)"),
    "until": ("TIME", "only articles fetched before this time (UTC)"),
    "published_since": ("TIME", "only articles published at this time or later (UTC)"),
    "published_until": ("TIME", "only articles published before this time (UTC)"),
    "language": ("TAG", "only articles in this language: en, or en-GB alone"),
    "author": ("NAME", "only articles by an author of this name, or with it in the name"),
    "section": ("NAME", "only articles of this section of the magazine"),
    "completeness": ("KIND", "only full articles (full), or teaser, paywall, liveblog …"),
}
"""The flags of `archive.tables.filters`, each with what it takes and does."""
_QUERY: Final = ("WORDS", "only articles with these words, as search takes them")


_LONGEST_DELAY = 86_400  # seconds
_MOST = 2**31 - 1
_SHOWN = 40  # characters of a value that is wrong


def add_output(command: ArgumentParser) -> None:
    """`--json` and `--quiet`, which every command has."""
    command.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    command.add_argument("--quiet", action="store_true", help="say only what went wrong")


def add_library(command: ArgumentParser) -> None:
    """`--library`."""
    default = os.environ.get("BACKISSUE_LIBRARY", "library")
    command.add_argument(
        "--library",
        type=Path,
        default=Path(default),
        metavar="DIR",
        help="the library (default: $BACKISSUE_LIBRARY, or ./library)",
    )


def add_filters(command: ArgumentParser, without: Collection[str] = ()) -> None:
    """The filters on articles: `--source` and all that `Filters` names, but for some."""
    for name, (metavar, text) in _FILTERS.items():
        if name in without:
            continue
        command.add_argument(f"--{name.replace('_', '-')}", metavar=metavar, help=text)


def filter_words(options: Namespace) -> FilterWords:
    """The filters that were given."""
    given = {name: getattr(options, name) for name in _FILTERS}
    return cast("FilterWords", {name: word for name, word in given.items() if word is not None})


def add_query(command: ArgumentParser) -> None:
    """`--query`, where the words to search for are one filter of several."""
    metavar, text = _QUERY
    command.add_argument("--query", metavar=metavar, help=text)


def article_words(options: Namespace, without: Collection[str] = ()) -> ArticleWords:
    """The filters that were given, with `--query`, but for some."""
    query = {} if options.query is None else {"query": options.query}
    words = {**filter_words(options), **query}
    return cast("ArticleWords", {name: words[name] for name in words if name not in without})


def add_engine(command: ArgumentParser) -> None:
    """`--engine`."""
    command.add_argument(
        "--engine",
        default="local",
        metavar="E",
        help="where pages are derived, in N processes: local[:N], dask:local:N, dask:tcp://HOST:PORT",
    )


def add_network(command: ArgumentParser) -> None:
    """`--allow-private` and `--resolve`: which addresses a command may ask."""
    command.add_argument(
        "--allow-private", action="store_true", help="permit loopback and private addresses"
    )
    command.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDR",
        help="connect to ADDR instead of HOST:PORT, as curl does. ADDR may be private, and end in "
        "a port of its own; HOST and PORT may be *",
    )


def seconds(text: str) -> float:
    """The value of a flag that takes seconds: a number, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _LONGEST_DELAY:
        expected = f"expected seconds, from 0 to {_LONGEST_DELAY:,}"
        raise ArgumentTypeError(f"{expected}, not {_cut(text)!r}")
    return value


def count(text: str) -> int:
    """The value of a flag that takes a whole number, 0 or more."""
    return _whole(text, _MOST)


def port(text: str) -> int:
    """The value of a flag that takes the number of a port."""
    return _whole(text, 65_535)


def _whole(text: str, most: int) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most:
        return int(text)
    raise ArgumentTypeError(f"expected a whole number from 0 to {most:,}, not {_cut(text)!r}")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
