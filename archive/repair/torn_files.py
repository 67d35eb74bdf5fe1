"""One `.open` WARC file that a crash left, into a sealed one: its torn end cut and kept aside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.disk import files
from archive.errors import CorruptRecord
from archive.library import Library
from archive.repair import quarantine
from archive.types import CdxEntry
from archive.warc import cdxj
from archive.warc.records import Located, read_record
from archive.warc.scan import Damaged, lacks_metadata, scan_groups
from archive.warc_file import index_path

TORN = "torn by a crash"
COPIED = "a copy of this file that was made while it was written, and differs from it"
_PIECE = 1 << 20  # bytes compared at a time


@dataclass(frozen=True, slots=True)
class MendedFile:
    """What was done to one WARC file: *cut* bytes at *offset* went to `quarantine/`.

    *damaged* is how many places of what stays cannot be read, *missing* how many bytes that were on
    the disk for sure are not there any more: no crash does that, a failing disk may.
    """

    file: str
    records: int
    cut: int = 0
    offset: int = 0
    sha256: str | None = None
    damaged: int = 0
    missing: int = 0


@dataclass(slots=True)
class _FileWalk:
    """What a walk through the file found: its end is that of the last whole exchange."""

    end: int = 0
    records: int = 0
    damaged: int = 0


def mend(library: Library, path: Path) -> MendedFile:
    """Cut *path* after its last whole exchange, index it, give it its final name.

    What the state says was acknowledged is never cut, readable or not.
    """
    final = path.with_suffix("")
    name = str(final.relative_to(library.path))
    if final.exists() and (kept := _keep_sealed(library, path, final, name)):
        return kept
    size = path.stat().st_size
    synced = next((f.synced_offset for f in library.state.warc_files() if f.name == name), 0)
    entries: list[CdxEntry] = []
    walk = _walk(path, name, entries)
    end = max(walk.end, min(synced, size)) if walk.records else 0
    digest = quarantine.keep_bytes(library, name, end, size, TORN) if size > end else None
    missing, damaged = max(0, synced - size), walk.damaged or int(walk.records == 0 < synced)
    if end == 0:
        path.unlink()
        files.sync_folder(path.parent)
    else:
        if size > end:
            with path.open("r+b", buffering=0) as stream:
                stream.truncate(end)
                files.sync(stream)
        files.put(index_path(final), cdxj.index_bytes(entries))
        files.rename(path, final)
        library.state.set_synced(name, end, sealed=True)
    return MendedFile(name, walk.records, size - end, end, digest, damaged, missing)


def _keep_sealed(library: Library, path: Path, final: Path, name: str) -> MendedFile | None:
    """Of two copies of a file, one made while it was written and one after, keep the longer.

    Where neither is the beginning of the other, the sealed copy stays, and the other is kept aside.
    None where the sealed copy was cut short, and is gone: *path* takes its place.
    """
    digest, size = None, path.stat().st_size
    if not _begins_with(final, path):
        if _begins_with(path, final):
            final.unlink()
            return None
        digest = quarantine.keep_bytes(library, f"{name}.open", 0, size, COPIED)
    path.unlink()
    files.sync_folder(path.parent)
    return MendedFile(name, 0, size if digest else 0, 0, digest)


def _begins_with(longer: Path, shorter: Path) -> bool:
    """Whether *longer* begins with all of *shorter*."""
    left = shorter.stat().st_size
    if longer.stat().st_size < left:
        return False
    with longer.open("rb") as one, shorter.open("rb") as other:
        while piece := other.read(_PIECE):
            if one.read(len(piece)) != piece:
                return False
    return True


def _walk(path: Path, name: str, entries: list[CdxEntry]) -> _FileWalk:
    """Walk through *path*; its index goes to *entries*.

    An exchange at the end that lacks its metadata record was never acknowledged: what is left of
    it would have no source. Damage counts where something whole comes behind it.
    """
    walk, damaged = _FileWalk(), 0
    with path.open("rb") as stream:
        for found in scan_groups(stream):
            if isinstance(found, Damaged):
                damaged += 1
                continue
            if found[0].record.type in ("request", "metadata"):  # what a damaged response left
                continue
            if lacks_metadata(found) and _is_last(stream.seek(0, os.SEEK_END), found):
                continue
            walk.end = found[-1].offset + found[-1].length
            walk.records += len(found)
            walk.damaged = damaged
            entries += [entry for one in found if (entry := cdxj.entry_of(one, name))]
    return walk


def _is_last(size: int, group: list[Located]) -> bool:
    return group[-1].offset + group[-1].length == size


def whole_records(path: Path) -> Iterator[Located]:
    """The records of a WARC file up to the first that is torn."""
    with path.open("rb") as stream:
        at = 0
        while True:
            try:
                located = read_record(stream, at)
            except CorruptRecord:
                return
            if located is None:
                return
            yield located
            at += located.length
