"""What is noted beside each imported file: its first name, its digest, its source."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.imported.index import FOLDER


@dataclass(frozen=True, slots=True)
class ImportedSums:
    """How many files were imported, how many bytes they have, and how many came for each source."""

    files: int = 0
    size: int = 0
    by_source: Counter[str] = field(default_factory=Counter)


def cards_of(library: Path) -> Iterator[dict[str, Any]]:
    """What is noted of each imported file that is there; *library* is its folder."""
    for path in sorted((library / FOLDER).glob("*.json")):
        with suppress(ValueError, OSError):
            card = json.loads(path.read_bytes())
            if isinstance(card, dict) and (library / str(card.get("file"))).exists():
                yield card


def imported_sums(library: Path) -> ImportedSums:
    """The sums of what was imported into *library*."""
    sources, size = Counter[str](), 0
    for card in cards_of(library):
        sources[str(card.get("source"))] += 1
        size += card["size"] if isinstance(card.get("size"), int) else 0
    return ImportedSums(sources.total(), size, sources)
