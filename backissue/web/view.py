"""What the pages of the console look at: an open library, its sums, its declared sources."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pyarrow.compute as pc
import pyarrow.dataset as ds

from archive.errors import TablesMissing
from archive.library import Library
from archive.state.database import State
from archive.state.read_only import ask
from archive.tables.schema import TABLES
from archive.types import Row
from backissue.library_health import (
    Histories,
    LibraryFacts,
    LibraryState,
    library_state,
    source_state,
)
from backissue.source_health import SourceState
from backissue.web.cache.database import ConsoleCache
from backissue.web.cache.facts import library_facts
from crawlers.sources.folder import DeclaredSources, SourceFiles

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a page: the *name* in its address, and the values of its query."""

    name: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def get(self, key: str, default: str = "") -> str:
        """A value of the query."""
        return dict(self.values).get(key, default)

    def number(self, key: str, default: int) -> int:
        """A value of the query that is a number, 0 or more."""
        text = self.get(key)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: *facts* are what the JSON has, and what *template* makes a page of."""

    template: str
    facts: dict[str, Any]
    status: int = 200


def shallow(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by their names, not copied."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


class View:
    """A library as the console sees it. It is never written to, but for the console's own sums.

    *local*: whoever looks at the pages does so on this machine.
    """

    def __init__(self, library: Library, *, local: bool = True) -> None:
        self.library, self.local = library, local
        self.cache = ConsoleCache(library)
        self._files = SourceFiles(library.path / "sources")
        self._lock = threading.Lock()
        self._facts: LibraryFacts | None = None
        self._of: Any = None
        self._histories = Histories()

    def declared(self) -> DeclaredSources:
        """What the source files declare now."""
        with self._lock:
            return self._files.read()

    def ask(self, question: Callable[[State], Answer]) -> Answer:
        """What *question* finds in the state of the library."""
        return ask(self.library.path, question)

    def facts(self, now: datetime) -> LibraryFacts:
        """What files and tables tell; made anew when either changed, and every day."""
        declared = self.declared()
        try:
            self.cache.refresh()
        except TablesMissing as error:
            return LibraryFacts(declared, str(error))
        signs = (
            self.cache.mark,
            {name: id(source) for name, source in declared.sources.items()},
            {name: str(error) for name, error in declared.broken.items()},
            now.date(),
        )
        with self._lock:
            known = self._facts if signs == self._of else None
        if known is None:
            known = library_facts(self.library, self.cache, declared, now)
            with self._lock:
                self._facts, self._of = known, signs
        return replace(known, declared=declared, histories=self._histories)

    def state(self, now: datetime | None = None) -> LibraryState:
        """The state of the library and of its sources, as `status` has it."""
        moment = now or datetime.now(UTC)
        facts = self.facts(moment)
        return self.ask(lambda state: library_state(self.library, state, facts, moment))

    def source_state(self, name: str, now: datetime) -> SourceState | None:
        """The state of the source *name*; None where there is none."""
        facts = self.facts(now)

        def of_source(state: State) -> SourceState | None:
            declared = facts.declared
            known = name in declared.sources or name in declared.broken or name in facts.dates
            if not known and not state.last_runs(name, 1):
                return None
            return source_state(self.library, state, facts, name, now)

        return self.ask(of_source)

    def columns(self, kind: str) -> list[str]:
        """The columns of the table *kind*."""
        return list(TABLES[kind].names)

    def rows(
        self, kind: str, numbers: list[int], columns: list[str], condition: pc.Expression
    ) -> list[Row]:
        """Rows of the table *kind* in the files of these *numbers* alone."""
        marks = ", ".join("?" for _ in numbers)
        query = f"SELECT path FROM files WHERE kind = ? AND id IN ({marks})"  # noqa: S608 - words of ours; values are bound
        generation = self.library.generation
        paths = [str(generation / path) for (path,) in self.cache.query(query, kind, *numbers)]
        if not paths:
            return []
        dataset = ds.dataset(paths, schema=TABLES[kind], format="parquet")
        found: list[Row] = dataset.to_table(columns=columns, filter=condition).to_pylist()
        return found
