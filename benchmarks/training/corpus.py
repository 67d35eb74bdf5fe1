"""A folder of pages with their true texts, and how they are parted into folds by site."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from archive.web.hosts import registered_domain


@dataclass(frozen=True, slots=True)
class Sample:
    """A page as it was fetched, and the true text of its article."""

    id: str
    part: str
    url: str
    html: bytes
    text: str
    rest: dict[str, Any] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The registered domain, or the page's id where its address is not known."""
        return registered_domain(urlsplit(self.url).hostname or "") or self.id


def read_samples(folder: Path) -> list[Sample]:
    """All pages in the `pages.jsonl` files (plain, .gz or .xz) at or below *folder*."""
    return [
        sample
        for path in sorted(folder.rglob("pages.jsonl*"))
        for sample in _read(path)
    ]  # fmt: skip


def _read(path: Path) -> Iterator[Sample]:
    with _open(path) as lines:
        for line in lines:
            row = json.loads(line)
            html = row.pop("html").encode("utf-8", "surrogateescape")
            known = row.pop("id"), path.parent.name, row.pop("url", "") or ""
            yield Sample(*known, html, row.pop("text"), row)


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def folds_of(samples: list[Sample], count: int, seed: int) -> list[int]:
    """The fold of each sample: all pages of a site are in one."""
    sites = sorted(
        {(sample.part, sample.site) for sample in samples}, key=lambda s: _order(s[1], seed)
    )
    by_site: dict[str, int] = {}
    for _, site in sites:
        by_site.setdefault(site, len(by_site) % count)
    return [by_site[sample.site] for sample in samples]


def _order(site: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {site}".encode()).digest()
