"""Two generations of the same captures side by side: what another extractor gains and loses.

Rows are matched by their capture, so a difference comes from the extractor, or from what the fold
made of its text. Both generations have the same batches, but one may have merged the files of more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import zip_longest
from pathlib import Path
from typing import Any

from archive.disk import files
from archive.tables import journal
from archive.types import Row
from pipelines.fold.memory import FoldMemory
from pipelines.merging.sorted_rows import row_groups
from pipelines.text.words import words

_KEPT = 20  # articles that changed most
_SHINGLE = 3  # words that are compared as a whole
FIELDS = (
    "canonical_url",
    "headline",
    "alternative_headline",
    "description",
    "author",
    "agency",
    "publisher",
    "is_part_of",
    "issue_number",
    "article_section",
    "keywords",
    "in_language",
    "date_published",
    "date_modified",
    "image_url",
    "is_accessible_for_free",
    "completeness",
    "page_urls",
    "license",
    "robots_meta",
    "tdm_reservation",
)
_OF_ROW = ("article_id", "warc_record_id", "source", "url", "word_count", "text_digest")
_COLUMNS = [*_OF_ROW, "article_body", *FIELDS]


@dataclass(slots=True)
class FieldChanges:
    """In how many rows of both generations a column was filled, was emptied, or says something
    else."""

    filled: int = 0
    emptied: int = 0
    changed: int = 0


@dataclass(slots=True)
class SourceChanges:
    """What becomes of one source: the current generation is before, the next generation is after.

    *verdicts* counts captures by (before, after).
    """

    rows_before: int = 0
    rows_after: int = 0
    words_before: int = 0
    words_after: int = 0
    same_text: int = 0
    changed_text: int = 0
    similarity_sum: float = 0
    articles_before: set[str] = field(default_factory=set)
    articles_after: set[str] = field(default_factory=set)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    fields: dict[str, FieldChanges] = field(default_factory=dict)

    @property
    def gained(self) -> set[str]:
        """Articles that only the next generation has."""
        return self.articles_after - self.articles_before

    @property
    def lost(self) -> set[str]:
        """Articles that only the current generation has."""
        return self.articles_before - self.articles_after

    @property
    def similarity(self) -> float:
        """How alike the changed texts are, on average; 1.0 where none changed."""
        return self.similarity_sum / self.changed_text if self.changed_text else 1.0


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """An article whose text changed: less alike first."""

    difference: float
    words: int  # words that only one of the texts has
    article_id: str
    source: str
    url: str
    words_before: int
    words_after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a generation changes, by source, and the articles that it changes most."""

    sources: dict[str, SourceChanges]
    most_changed: list[Changed]


def compare_generations(current: Path, following: Path) -> Comparison:
    """What *following* makes of the captures of *current*, both folders of generations."""
    sources: dict[str, SourceChanges] = {}
    changed = _compare_articles(current, following, sources)
    most_changed = nlargest(_KEPT, changed)
    _compare_verdicts(current, following, sources)
    return Comparison(dict(sorted(sources.items())), most_changed)


def similarity(before: str, after: str) -> tuple[float, int]:
    """How alike two texts are, from 0 to 1, and how many words only one of them has.

    Alike is the share of runs of three words that both have (Dice's coefficient over their counts),
    so order counts, and a text of any length takes linear time.
    """
    old, new = words(before), words(after)
    one, other = _shingles(old), _shingles(new)
    both, total = (one & other).total(), one.total() + other.total()
    only_one = Counter(old), Counter(new)
    apart = (only_one[0] - only_one[1]).total() + (only_one[1] - only_one[0]).total()
    return (2 * both / total if total else 1.0), apart


def _shingles(text: list[str]) -> Counter[tuple[str, ...]]:
    size = min(_SHINGLE, max(1, len(text)))
    return Counter(tuple(text[at : at + size]) for at in range(len(text) - size + 1))


def _compare_articles(
    current: Path, following: Path, sources: dict[str, SourceChanges]
) -> Iterator[Changed]:
    for before, after in _pairs(current, following, "articles", _COLUMNS):
        if before:
            _count(_of(sources, before), before, "before")
        if after:
            _count(_of(sources, after), after, "after")
        if before and after:
            yield from _compare_rows(_of(sources, after), before, after)


def _count(changes: SourceChanges, row: Row, side: str) -> None:
    if side == "before":
        changes.rows_before += 1
        changes.words_before += row["word_count"]
        changes.articles_before.add(row["article_id"])
    else:
        changes.rows_after += 1
        changes.words_after += row["word_count"]
        changes.articles_after.add(row["article_id"])


def _compare_rows(changes: SourceChanges, before: Row, after: Row) -> Iterator[Changed]:
    for name in FIELDS:
        old, new = before.get(name), after.get(name)
        if old != new and (old or new or name in before):
            _note(changes.fields.setdefault(name, FieldChanges()), old, new)
    if before["text_digest"] == after["text_digest"]:
        changes.same_text += 1
        return
    alike, apart = similarity(before["article_body"], after["article_body"])
    changes.changed_text += 1
    changes.similarity_sum += alike
    yield Changed(
        1 - alike,
        apart,
        after["article_id"],
        after["source"] or "",
        after["url"],
        before["word_count"],
        after["word_count"],
    )


def _note(changes: FieldChanges, before: Any, after: Any) -> None:
    if _empty(before):
        changes.filled += not _empty(after)
    elif _empty(after):
        changes.emptied += 1
    else:
        changes.changed += 1


def _empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _compare_verdicts(current: Path, following: Path, sources: dict[str, SourceChanges]) -> None:
    with closing(FoldMemory(current)) as old, closing(FoldMemory(following)) as new:
        for before, after in _pairs(current, following, "captures", ["warc_record_id", "source"]):
            if row := after or before:
                record = row["warc_record_id"]
                was, becomes = old.verdict_of(record)[0], new.verdict_of(record)[0]
                if was != becomes:
                    _of(sources, row).verdicts[was or "none", becomes or "none"] += 1


def _of(sources: dict[str, SourceChanges], row: Row) -> SourceChanges:
    return sources.setdefault(row["source"] or "", SourceChanges())


def _pairs(
    current: Path, following: Path, table: str, columns: Sequence[str]
) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of *table* by their captures, of both generations; None where one has no such row.

    Both have the rows in one order, so few wait for their counterpart.
    """
    before, after = _files(current, following, table), _files(following, current, table)
    scratch = following.parent / "scratch"
    for month in sorted(before.keys() | after.keys()):
        sides = (
            _rows(table, before.get(month, []), columns, scratch),
            _rows(table, after.get(month, []), columns, scratch),
        )
        waiting: tuple[dict[str, Row], dict[str, Row]] = ({}, {})
        for old, new in zip_longest(*sides):
            if old and (match := waiting[1].pop(old["warc_record_id"], None)):
                yield old, match
            elif old:
                waiting[0][old["warc_record_id"]] = old
            if new and (match := waiting[0].pop(new["warc_record_id"], None)):
                yield match, new
            elif new:
                waiting[1][new["warc_record_id"]] = new
        yield from ((row, None) for row in waiting[0].values())
        yield from ((None, row) for row in waiting[1].values())
    files.remove_tree(scratch)


def _files(generation: Path, other: Path, table: str) -> dict[str, list[Path]]:
    """By month, of the batches that the *other* generation has too."""
    known = {entry.batch.number for entry in journal.read_journal(other)}
    found: dict[str, list[Path]] = {}
    for entry in journal.read_journal(generation):
        for file in entry.files if entry.batch.number in known else ():
            if file.table == table:
                found.setdefault(file.month, []).append(generation / file.path)
    return found


def _rows(
    table: str, paths: Sequence[Path], columns: Sequence[str], scratch: Path
) -> Iterator[Row]:
    for group in row_groups(table, paths, scratch) if paths else ():
        there = [name for name in columns if name in group.column_names]  # format 1 lacks some
        for row in group.select(there).to_pylist():
            if row["warc_record_id"]:
                yield row
