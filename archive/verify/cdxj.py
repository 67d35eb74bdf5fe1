"""The lines of a CDXJ against the records of its WARC file, revisits against their originals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from archive.types import CdxEntry, Finding
from archive.verify.checks import FindingPlace
from archive.verify.warc_files import SeenCapture
from archive.warc import cdxj

_OWN_CODES = {"offset", "length", "digest"}
_FIELDS = [one.name for one in fields(CdxEntry) if one.name not in _OWN_CODES]


@dataclass(frozen=True, slots=True)
class IndexLines:
    """What could be read of an index file, and what is wrong with its form."""

    entries: tuple[CdxEntry, ...]
    findings: tuple[Finding, ...]


def read_lines(data: bytes, path: str) -> IndexLines:
    """The entries of the index *data* of the name *path*."""
    entries: list[CdxEntry] = []
    found: list[Finding] = []
    before, at = b"", 0
    for line in data.splitlines(keepends=True):
        place = FindingPlace(path=path, offset=at)
        at += len(line)
        try:
            entries.append(_entry(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            found.append(place.finding("cdxj.line", f"no line of an index: {line[:60]!r}"))
        if line == before:
            found.append(place.finding("cdxj.repeated", "the same line again"))
        elif line < before:
            found.append(place.finding("cdxj.order", f"stands behind {before[:60]!r}"))
        before = line
    return IndexLines(tuple(entries), tuple(found))


def _entry(line: bytes) -> CdxEntry:
    if not line.endswith(b"\n"):
        raise ValueError("the last line is torn")
    return cdxj.from_line(line.decode())


def compare(
    entries: Iterable[CdxEntry], seen: Iterable[SeenCapture], path: str
) -> Iterator[Finding]:
    """Where the lines *entries* of the index *path* and the records *seen* differ."""
    records = {one.entry.offset: one for one in seen}
    named: set[int] = set()
    for entry in entries:
        record = records.get(entry.offset)
        if record is None:
            place = FindingPlace(path=path, offset=entry.offset, url=entry.url)
            yield place.finding("cdxj.offset", "no response or revisit begins there")
            continue
        named.add(entry.offset)
        yield from _compare_line(entry, record, path)
    for offset, record in records.items():
        if offset not in named:
            yield _at(record, path).finding("cdxj.incomplete", "the record has no line")


def _at(record: SeenCapture, path: str) -> FindingPlace:
    entry = record.entry
    return FindingPlace(path=path, offset=entry.offset, record_id=record.record_id, url=entry.url)


def _compare_line(entry: CdxEntry, record: SeenCapture, path: str) -> Iterator[Finding]:
    right, place = record.entry, _at(record, path)
    if entry == right:
        return
    if entry.length != right.length:
        yield place.finding("cdxj.length", f"{entry.length}, the record has {right.length}")
    if entry.digest != right.digest:
        yield place.finding("cdxj.digest", f"{entry.digest}, the record has {right.digest}")
    for name in _FIELDS:
        line, found = getattr(entry, name), getattr(right, name)
        if line != found:
            yield place.finding("cdxj.field", f"{name} is {line}, the record has {found}")
