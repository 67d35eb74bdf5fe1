"""`backissue rebuild`: all tables again from the WARC files alone, and what that changes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from archive.errors import BytesMissing
from backissue.commands.flags import add_engine, add_library
from backissue.output import meter, print_json, print_table, say, tell_quarantined, warn

if TYPE_CHECKING:
    from archive.library import Library
    from pipelines.derive.engine import Engine
    from pipelines.rebuild.comparison import Changed, Comparison, SourceChanges
    from pipelines.rebuild.rebuild import RebuildOptions, Rebuilt

HELP: Final = "make all tables again from the WARC files"
EXAMPLE: Final = "backissue rebuild --compare"
TAKES_TURN: Final = True
_SHOWN = 10  # articles of each kind in a printed comparison; --json names all


def flags(command: ArgumentParser) -> None:
    """Which library, and what to do where the new tables differ from the old."""
    add_library(command)
    add_engine(command)
    command.add_argument(
        "--compare",
        action="store_true",
        help="make them beside the present tables and print the differences; the next rebuild "
        "takes them over",
    )
    command.add_argument(
        "--relearn",
        action="store_true",
        help="make every batch with site templates learned from the whole history",
    )
    command.add_argument(
        "--accept-loss",
        action="store_true",
        help="go on without the rows whose bytes are damaged or missing; each place is named",
    )


def run(options: Namespace) -> int:
    """Make a new generation, and say what it holds or would change."""
    from archive.library import Library
    from pipelines.derive.engine import parse_engine
    from pipelines.rebuild.rebuild import rebuild
    from pipelines.repair.set_aside import set_aside

    engine = parse_engine(options.engine)
    try:
        for name in set_aside(options.library.absolute(), tables=False):
            warn(f"{name}: damaged, put aside")
        with Library.open(options.library, writing=True) as library:
            if options.compare:
                return _compare_with_current(options, library, engine)
            with meter(options, "rebuilding") as shown:
                rebuilt = rebuild(library, engine, shown.update, _how(options))
    except BytesMissing as error:
        for place in error.places:
            print_json("lost", {"place": place}) if options.json else warn(place)
        raise
    except KeyboardInterrupt:
        warn("what is derived stays: `backissue rebuild` goes on from there")
        raise
    tell_quarantined(options, rebuilt.quarantined)
    _print_rebuilt(options, rebuilt)
    return 0


def _how(options: Namespace) -> RebuildOptions:
    from pipelines.rebuild.rebuild import RebuildOptions

    return RebuildOptions(options.relearn, options.accept_loss)


def _compare_with_current(options: Namespace, library: Library, engine: Engine) -> int:
    """Make the next generation, which no reader sees yet, and say what it changes."""
    from pipelines.rebuild.comparison import compare_generations
    from pipelines.rebuild.rebuild import built

    with ExitStack() as held:
        with meter(options, "rebuilding beside") as shown:
            making = built(library, engine, shown.update, _how(options))
            building, made = held.enter_context(making)
        with meter(options, "comparing"):
            comparison = compare_generations(library.generation, building.generation)
    tell_quarantined(options, made.quarantined)
    if options.json:
        for kind, values in _comparison_lines(comparison):
            print_json(kind, values)
        print_json("summary", _generation_values(made) | {"compared_with": library.generation.name})
    elif not options.quiet:
        print_comparison(comparison, library.generation.name, made.generation.name)
    return 0


def _print_rebuilt(options: Namespace, rebuilt: Rebuilt) -> None:
    if options.json:
        print_json("summary", _generation_values(rebuilt))
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in rebuilt.rows.items() if count)
    say(options, f"generation {rebuilt.generation.name}: {counts or 'no rows'}")
    if rebuilt.resumed:
        say(options, f"{rebuilt.resumed:,} of {rebuilt.captures:,} captures were derived already")
    if rebuilt.indexes_written:
        say(options, f"{rebuilt.indexes_written:,} .cdxj files were missing or wrong, and are made")


def _generation_values(rebuilt: Rebuilt) -> dict[str, object]:
    return {
        "generation": rebuilt.generation.name,
        "batches": rebuilt.batches,
        "rows": rebuilt.rows,
        "captures": rebuilt.captures,
        "resumed": rebuilt.resumed,
        "indexes_written": rebuilt.indexes_written,
    }


def _comparison_lines(comparison: Comparison) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and values of JSON lines: each source, then the articles that changed most."""
    from dataclasses import asdict

    for name, changes in comparison.sources.items():
        yield "source", _source_values(name, changes)
    for article in comparison.most_changed:
        yield "changed", asdict(article) | {"similarity": round(1 - article.difference, 4)}


def _source_values(name: str, changes: SourceChanges) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "source": name,
        "articles": len(changes.articles_before),
        "articles_rebuilt": len(changes.articles_after),
        "gained": sorted(changes.gained),
        "lost": sorted(changes.lost),
        "rows": changes.rows_before,
        "rows_rebuilt": changes.rows_after,
        "words": changes.words_before,
        "words_rebuilt": changes.words_after,
        "texts_same": changes.same_text,
        "texts_changed": changes.changed_text,
        "similarity_of_changed": round(changes.similarity, 4),
        "verdicts": [
            {"verdict": was, "rebuilt": becomes, "captures": count}
            for (was, becomes), count in changes.verdicts.most_common()
        ],
        "fields": {field: asdict(counts) for field, counts in sorted(changes.fields.items())},
    }


def print_comparison(comparison: Comparison, now: str, then: str) -> None:
    """What generation *then* would change of *now*, and how to look closer."""
    headings = ["source", "articles", "gained", "lost", "words", "±", "texts changed", "alike"]
    rows = [_source_row(name, changes) for name, changes in comparison.sources.items()]
    print_table(f"generation {now} → {then}", headings, rows)
    _print_fields(comparison)
    _print_verdicts(comparison)
    _print_lost(comparison)
    _print_changed(comparison.most_changed[:_SHOWN])
    print("\nReaders see none of it yet. To let them: backissue rebuild")


def _source_row(name: str, changes: SourceChanges) -> list[Any]:
    return [
        name or "(none)",
        len(changes.articles_before),
        len(changes.gained),
        len(changes.lost),
        changes.words_before,
        f"{changes.words_after - changes.words_before:+,}",
        changes.changed_text,
        f"{changes.similarity:.2f}" if changes.changed_text else "",
    ]


def _print_fields(comparison: Comparison) -> None:
    rows = [
        [name, field, counts.filled, counts.emptied, counts.changed]
        for name, changes in comparison.sources.items()
        for field, counts in sorted(changes.fields.items())
    ]
    if rows:
        print()
        print_table("", ["source", "field", "filled", "emptied", "changed"], rows)


def _print_verdicts(comparison: Comparison) -> None:
    rows = [
        [name, f"{was} → {becomes}", count]
        for name, changes in comparison.sources.items()
        for (was, becomes), count in changes.verdicts.most_common()
    ]
    if rows:
        print()
        print_table("", ["source", "verdict", "captures"], rows)


def _print_lost(comparison: Comparison) -> None:
    lost = [
        article_id for changes in comparison.sources.values() for article_id in sorted(changes.lost)
    ]
    if lost:
        more = f" and {len(lost) - _SHOWN:,} more (--json)" if len(lost) > _SHOWN else ""
        print("\nLost articles, to look at with `backissue show ID`:")
        print("\n".join(lost[:_SHOWN]) + more)


def _print_changed(changed: list[Changed]) -> None:
    if not changed:
        return
    rows = [
        [
            article.article_id,
            f"{1 - article.difference:.2f}",
            article.words_before,
            article.words_after,
            article.url,
        ]
        for article in changed
    ]
    print("\nChanged most, to look at with `backissue show ID --compared`:")
    print_table("", ["article", "alike", "words", "rebuilt", "url"], rows)
