"""The rows of a source: its own, and those of no declared source at addresses that it covers.

So pages that were crawled by hand (`adhoc`) or imported count for their magazine. Each row goes on
saying in `source` what its capture says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from archive.source import Source, source_from
from archive.web.hosts import host_of, registered_domain


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared sources by name; *names* has those of files that are wrong, too."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def covering(self, url: str) -> list[str]:
        """The sources that cover *url*."""
        return [name for name, source in self.sources.items() if source.covers(url)]


def declared_in(folder: Path) -> Declared:
    """What the source files of *folder* declare, as far as they can be read."""
    sources: dict[str, Source] = {}
    names: set[str] = set()
    for path in sorted(folder.glob("[!.]*.toml")):
        try:
            source = source_from(tomllib.loads(path.read_bytes().decode("utf-8-sig")), path.stem)
        except (OSError, ValueError, RecursionError):  # `status` says what is wrong
            names.add(path.stem)
        else:
            sources.setdefault(source.name, source)
    return Declared(sources, frozenset({*names, *sources}))


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Which rows of `articles` belong to the source *name*."""

    name: str
    declared: Declared

    @property
    def domain(self) -> str | None:
        """The registered domain of the source; None where no file declares it."""
        source = self.declared.sources.get(self.name)
        return registered_domain(host_of(source.url)) if source else None

    @property
    def condition(self) -> pc.Expression:
        """What can be told from columns alone: rows of the source, and others of its domain."""
        own = pc.field("source") == self.name
        domain = self.domain
        if domain is None:
            return own
        named, host = pc.field("url_host_registered_domain"), pc.field("url_host_name")
        within = (named == domain) | (named.is_null() & (host == domain))
        return own | (undeclared(self.declared) & within)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that `mask` reads; none where *condition* tells all."""
        source = self.declared.sources.get(self.name)
        return ("source", "url") if source and (source.article.allow or source.article.deny) else ()

    def mask(self, rows: pa.Table) -> pa.ChunkedArray:
        """For each row that fulfils *condition* whether it belongs to the source."""
        source = self.declared.sources[self.name]
        named = zip(rows["source"].to_pylist(), rows["url"].to_pylist(), strict=True)
        mine = [name == self.name or source.covers(url) for name, url in named]
        return pa.chunked_array([pa.array(mine, pa.bool_())])


def undeclared(declared: Declared) -> pc.Expression:
    """Rows of sources that no file declares."""
    names = pa.array(sorted(declared.names), pa.string())
    return pc.field("source").is_null() | ~pc.field("source").isin(names)
