"""`backissue show`: an article of the library, or what changed between its versions."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from archive.errors import CaptureNotFound, UsageError
from backissue.commands.flags import add_library
from backissue.output import print_json, shown

if TYPE_CHECKING:
    from rich.text import Text

    from archive.library import Library

HELP: Final = "print an article of the library"
EXAMPLE: Final = "backissue show https://review.example/2026/11/on-ferries/ --diff"
_CONTEXT = 12


def flags(command: ArgumentParser) -> None:
    """Which article of which library, and which of its differences."""
    add_library(command)
    command.add_argument(
        "id", metavar="ID", help="id of the article, its first characters, id of a record, or URL"
    )
    command.add_argument(
        "--diff", action="store_true", help="print what changed between its versions"
    )
    command.add_argument(
        "--compared",
        action="store_true",
        help="print what a rebuild would change, after `rebuild --compare`",
    )


def run(options: Namespace) -> int:
    """Print the newest version, or the differences from version to version."""
    from rich.console import Console

    from archive.library import Library
    from archive.removal.in_force import not_found
    from archive.tables.names import versions_named

    with Library.open(options.library) as library:
        if options.compared:
            return _show_compared(options, library)
        versions = versions_named(library.generation, options.id)
        if not versions:
            raise not_found(library.generation, options.id)
    if options.json:
        for row in versions:
            print_json("article", row)
        print_json("summary", {"versions": len(versions)})
    elif options.diff:
        for old, new in pairwise(versions):
            Console().print(diff(old, new), soft_wrap=True)
        if len(versions) == 1:
            print("one version only")
    else:
        _print_article(versions[-1])
    return 0


def _show_compared(options: Namespace, library: Library) -> int:
    """Print how the newest version differs from that of the compared generation."""
    from rich.console import Console

    from archive.tables.names import versions_named, versions_of
    from pipelines.rebuild.generation import half_made

    building = half_made(library)
    if building is None:
        raise UsageError("nothing is compared yet: run `backissue rebuild --compare` first")
    now = versions_named(library.generation, options.id)
    if now:
        then = versions_of(building.generation, now[0]["article_id"])
    else:
        then = versions_named(building.generation, options.id)
    if not now and not then:
        raise CaptureNotFound(options.id)
    if options.json:
        for kind, rows in (("article", now), ("rebuilt", then)):
            for row in rows:
                print_json(kind, row)
        print_json("summary", {"versions": len(now), "rebuilt": len(then)})
    elif now and then:
        title = f"generation {library.generation.name} → {building.number}"
        Console().print(diff(now[-1], then[-1], title), soft_wrap=True)
    else:
        where = library.generation.name if now else building.number
        print(f"only in generation {where}\n")
        _print_article((now or then)[-1])
    return 0


def _print_article(row: dict[str, Any]) -> None:
    for name in ("headline", "author", "date_published", "url", "version", "fetch_time"):
        if row[name]:
            value = ", ".join(row[name]) if isinstance(row[name], list) else row[name]
            print(shown(f"{name}: {value}"))
    for note in corrections_of(row):
        print(shown(f"correction: {note}"))
    print(f"warc: {row['warc_filename']} at {row['warc_record_offset']}\n")
    print(shown(row["article_body"]))


def corrections_of(row: dict[str, Any]) -> list[str]:
    """The notes of correction in the article's text."""
    return list(json.loads(row["evidence"] or "{}").get("corrections", ()))


def diff(old: dict[str, Any], new: dict[str, Any], title: str | None = None) -> Text:
    """The words that went (red, struck) and came (green), among their neighbours."""
    from rich.text import Text

    versions = f"version {old['version']} → {new['version']}  {new['fetch_time']:%Y-%m-%d %H:%M}"
    text = Text(f"{title or versions}\n")
    for name in ("headline", "author", "date_published"):
        if old[name] != new[name]:
            text.append(f"{name}: ").append(shown(str(old[name])), "red strike").append(" → ")
            text.append(f"{shown(str(new[name]))}\n", "green")
    before = corrections_of(old)
    for note in corrections_of(new):
        if note not in before:
            text.append("correction: ", "bold yellow").append(f"{shown(note)}\n", "yellow")
    for kind, words in _word_changes(shown(old["article_body"]), shown(new["article_body"])):
        style = {"-": "red strike", "+": "green", "=": "", "…": "dim"}[kind]
        text.append({"-": "[-", "+": "{+"}.get(kind, "")).append(words, style)
        text.append({"-": "-]", "+": "+}"}.get(kind, ""))
    return text.append("\n")


def _word_changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """(kind, words): `-` gone, `+` new, `=` kept near a change, `…` kept and left out."""
    from backissue.word_changes import word_changes

    for kind, words in word_changes(old, new):
        if kind == "=":
            yield from _near(words)
        else:
            yield kind, "".join(words)


def _near(words: list[str]) -> Iterator[tuple[str, str]]:
    if len(words) <= 3 * _CONTEXT:
        yield "=", "".join(words)
        return
    yield "=", "".join(words[:_CONTEXT])
    yield "…", " […] "
    yield "=", "".join(words[-_CONTEXT:])
