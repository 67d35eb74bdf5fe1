"""What is said of a release: its name and date, its files, and what its rows come to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

RIGHTS: Final = (
    *("license", "rsl_license", "robots_meta", "tdm_reservation"),
    *("content_signal", "content_usage"),
)
"""The columns that say what may be done with a text."""

_COUNTED: Final = ("source", "in_language", "completeness")
_TOOL: Final = ("extractor", "extractor_version", "extraction_config_digest")
_ISO_639 = re.compile(r"[a-z]{2,3}(?=-|$)")


@dataclass(slots=True)
class Counts:
    """What rows come to, added up piece by piece. A key is None where rows have no value.

    *size* is in bytes, as Arrow holds the rows.
    """

    rows: int = 0
    words: int = 0
    size: int = 0
    with_author: int = 0
    reserved: int = 0
    by: dict[str, Counter[str | None]] = field(
        default_factory=lambda: {name: Counter() for name in (*_COUNTED, "year")}
    )
    rights: Counter[str] = field(default_factory=Counter)
    tools: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, rows: pa.Table) -> None:
        """Count the rows of a piece, which has all columns of `articles`."""
        self.rows += rows.num_rows
        self.size += rows.nbytes
        self.words += pc.sum(rows["word_count"]).as_py() or 0
        self.with_author += pc.sum(pc.greater(pc.list_value_length(rows["author"]), 0)).as_py() or 0
        self.reserved += pc.sum(rows["tdm_reservation"]).as_py() or 0
        for name in _COUNTED:
            self.by[name].update(_counted(rows[name]))
        years = pc.strftime(rows["date_published"], format="%Y")
        self.by["year"].update(_counted(years))
        for name in RIGHTS:
            if there := rows.num_rows - rows[name].null_count:
                self.rights[name] += there
        self.tools.update(zip(*(rows[name].to_pylist() for name in _TOOL), strict=True))

    def languages(self) -> list[str]:
        """The ISO 639 codes of the languages, most articles first."""
        found: Counter[str] = Counter()
        for tag, count in self.by["in_language"].items():
            if match := _ISO_639.match((tag or "").lower()):
                found[match[0]] += count
        return [code for code, _ in ranked(found) if code != "und"]


def _counted(column: pa.ChunkedArray) -> dict[str | None, int]:
    found = pc.value_counts(column).to_pylist()
    return {one["values"]: one["counts"] for one in found}


def ranked(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    """The keys with their counts: the greatest first, then by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0] or "")))


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of the release: *path* is relative to its folder, *size* is in bytes."""

    path: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of rows: *title* and *url* are what its file declares, if there is one."""

    name: str | None
    rows: int
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the descriptions of a release say; they say no more, so equal facts give equal
    bytes.

    *respect* is what crawls of the library respect by its settings. *date* is when the newest
    *batch* of the library was closed. *filters* are the words that chose the rows, by their names.
    """

    name: str
    library: str
    operator: str | None
    contact: str | None
    respect: tuple[str, ...]
    date: datetime
    batch: int
    filters: Mapping[str, str]
    files: tuple[DataFile, ...]
    origins: tuple[Origin, ...]
    counts: Counts

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.name}: magazine articles from the library “{self.library}”"

    @property
    def keeper(self) -> str:
        """Who made it: the operator of the library, else the library itself."""
        return self.operator or f"The library “{self.library}”"

    @property
    def version(self) -> str:
        """The date, as a version of three numbers."""
        return f"{self.date.year}.{self.date.month}.{self.date.day}"

    @property
    def summary(self) -> str:
        """One sentence on what it holds."""
        articles = _number(self.counts.rows, "article")
        words, sources = _number(self.counts.words, "word"), _number(len(self.origins), "source")
        return (
            f"The text and metadata of {articles} ({words}) from {sources}, one row per article, "
            "each with a pointer to the WARC record of its capture."
        )

    @property
    def collection(self) -> str:
        """How the rows came to be."""
        respected = ", ".join(self.respect) or "nothing"
        return (
            "The pages were fetched by crawls, or came in WARC files that others had made. The "
            "library keeps each response byte for byte. By its settings, crawls respect: "
            f"{respected}. Text and metadata were extracted by rules and a small classifier, "
            "without any change of wording."
        )

    @property
    def download_size(self) -> int:
        """Bytes of all data files."""
        return sum(file.size for file in self.files)


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
