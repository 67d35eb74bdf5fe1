"""A comparison of two generations as tables for people, and as lines for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from backissue.output import print_table

if TYPE_CHECKING:
    from pipelines.rebuild.comparison import Changed, Comparison, SourceChanges

_SHOWN = 10


def as_lines(found: Comparison) -> Iterator[tuple[str, dict[str, Any]]]:
    """The comparison as JSON lines: one for each source, then the articles that changed most."""
    from dataclasses import asdict

    for name, changes in found.sources.items():
        yield "source", _as_json(name, changes)
    for one in found.most_changed:
        yield "changed", asdict(one) | {"similarity": round(1 - one.difference, 4)}


def _as_json(name: str, changes: SourceChanges) -> dict[str, Any]:
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


def print_comparison(found: Comparison, now: str, then: str) -> None:
    """What generation *then* would change of *now*, and how to look closer."""
    headings = ["source", "articles", "gained", "lost", "words", "±", "texts changed", "alike"]
    rows = [_source_row(name, changes) for name, changes in found.sources.items()]
    print_table(f"generation {now} → {then}", headings, rows)
    _print_fields(found)
    _print_verdicts(found)
    _print_lost(found)
    _print_changed(found.most_changed[:_SHOWN])
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


def _print_fields(found: Comparison) -> None:
    rows = [
        [name, field, counts.filled, counts.emptied, counts.changed]
        for name, changes in found.sources.items()
        for field, counts in sorted(changes.fields.items())
    ]
    if rows:
        print()
        print_table("", ["source", "field", "filled", "emptied", "changed"], rows)


def _print_verdicts(found: Comparison) -> None:
    rows = [
        [name, f"{was} → {becomes}", count]
        for name, changes in found.sources.items()
        for (was, becomes), count in changes.verdicts.most_common()
    ]
    if rows:
        print()
        print_table("", ["source", "verdict", "captures"], rows)


def _print_lost(found: Comparison) -> None:
    lost = [one for changes in found.sources.values() for one in sorted(changes.lost)]
    if lost:
        more = f" and {len(lost) - _SHOWN:,} more (--json)" if len(lost) > _SHOWN else ""
        print("\nLost articles, to look at with `backissue show ID`:")
        print("\n".join(lost[:_SHOWN]) + more)


def _print_changed(changed: list[Changed]) -> None:
    if not changed:
        return
    rows = [
        [one.article_id, f"{1 - one.difference:.2f}", one.words_before, one.words_after, one.url]
        for one in changed
    ]
    print("\nChanged most, to look at with `backissue show ID --compared`:")
    print_table("", ["article", "alike", "words", "rebuilt", "url"], rows)
