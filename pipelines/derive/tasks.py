"""What workers are given to do, and what they answer; the extractor is loaded where it works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.tables.journal import Quarantined, Span


@dataclass(frozen=True, slots=True)
class Task:
    """One span to derive: where its file stands, and the folder that the rows go to.

    What is to *skip* gives no rows. A capture may take *seconds* of processor time. *recipes* are
    made where `payloads` of the span are written next.
    """

    span: Span
    warc: Path
    folder: Path
    library: str
    skip: tuple[Quarantined, ...] = ()
    seconds: float = 120
    recipes: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a task; the rows themselves are in its folder."""

    span: Span
    captures: int
    pages: int
