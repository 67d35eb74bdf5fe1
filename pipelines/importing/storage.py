"""A file that others made into `warc/imported/`: kept as it came, never in place of another file.

It is copied, not linked: who made it may still write to it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.disk import files
from archive.disk.locks import try_lock
from archive.errors import NotImportable
from archive.imported.index import FOLDER, SUFFIXES
from archive.imported.reader import MAX_TAKEN, ForeignRecord, foreign_records, shape_of
from archive.library import Library
from archive.version import VERSION
from archive.warc.gzip import gzip_member
from archive.warc.records import Record, make_record, record_member

_ZIP = (b"PK\3\4", b"PK\5\6")
_PACKED = {"plain": "", "gzip": ".gz", "zstd": ".zst"}
_PIECE = 1 << 20  # bytes read at a time
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_USUAL_PART = re.compile(r"archive/[^/]+\.warc\.gz")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST = 120  # characters of a file's name before its ending

BytesCopied = Callable[[int], None]
"""Hears how many more bytes were read."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in `warc/imported/`: its path relative to the library, and what it came as."""

    file: str
    name: str
    sha256: str
    size: int


def kind_of(stream: BinaryIO, path: Path) -> str:
    """The suffix that the content of an open file stands for; NotImportable for other content.

    Its name decides only where the content does not show it.
    """
    stream.seek(0)
    begin, name = stream.read(4), path.name.lower()
    if not begin:
        raise NotImportable(path, "the file is empty")
    if begin.startswith(_ZIP):
        return ".wacz"
    shape = shape_of(stream, 0, stream.seek(0, os.SEEK_END))
    if shape.form is None and name.endswith(".wacz"):
        raise NotImportable(path, "no ZIP file, so no WACZ")
    if shape.form is None and shape.packing == "plain" and not name.endswith(SUFFIXES):
        raise NotImportable(path, "neither WARC, ARC nor WACZ")
    by_name = "arc" if re.search(r"(?<!w)arc(?:\.|$)", name.rpartition("/")[2]) else "warc"
    return f".{shape.form or by_name}{_PACKED[shape.packing]}"


def is_importable(path: Path) -> bool:
    """Whether a file is WARC, ARC or WACZ: by its name, or by how it begins."""
    if path.name.lower().endswith(SUFFIXES):
        return True
    with suppress(OSError), path.open("rb") as stream:
        return shape_of(stream, 0, stream.seek(0, os.SEEK_END)).form is not None
    return False


def safe_name(name: str, suffix: str) -> str:
    """A file name of plain characters that ends in *suffix*."""
    stem = name
    for known in (*SUFFIXES, ".gz", ".zst"):
        if stem.lower().endswith(known):
            stem = stem[: -len(known)]
            break
    stem = _UNSAFE.sub("-", stem).strip("-.")[:_LONGEST].rstrip("-.") or "file"
    return f"{'file-' if _RESERVED.match(stem) else ''}{stem}{suffix}"


def sha256_of(stream: BinaryIO, on_bytes: BytesCopied = lambda _: None) -> str:
    """SHA-256 of an open file, in hex."""
    stream.seek(0)
    found = hashlib.sha256()
    while piece := stream.read(_PIECE):
        found.update(piece)
        on_bytes(len(piece))
    return found.hexdigest()


def store_file(
    library: Library, stream: BinaryIO, path: Path, suffix: str, on_bytes: BytesCopied
) -> StoredFile:
    """Copy the open file *path* into the library; a file with the same content is not copied twice.

    NotImportable where it changes meanwhile; DiskFull before the copy where it has no room.
    """
    before = os.fstat(stream.fileno())
    folder = library.path / FOLDER
    files.make_folder(folder)
    files.check_floor(folder, library.settings.disk.floor + before.st_size)
    with _temporary(folder) as (copy, temporary):
        stream.seek(0)
        found = hashlib.sha256()
        while piece := stream.read(_PIECE):
            found.update(piece)
            files.write(copy, piece)
            on_bytes(len(piece))
        after = os.fstat(stream.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise NotImportable(path, "it changed while it was read: try again when it is complete")
        files.sync(copy)
        sha256 = found.hexdigest()
        target = _place(folder, temporary, path.name, suffix, sha256)
    return StoredFile(f"{FOLDER}/{target.name}", path.name, sha256, before.st_size)


def _place(folder: Path, temporary: Path, name: str, suffix: str, sha256: str) -> Path:
    """Give the copy its name; another file that has it keeps it."""
    plain = safe_name(name, suffix)
    stem = plain.removesuffix(suffix)
    for wanted in (plain, f"{stem}-{sha256[:8]}{suffix}", f"{stem}-{sha256}{suffix}"):
        target = folder / wanted
        try:
            files.link(temporary, target)
        except FileExistsError:
            with target.open("rb") as stream:
                if sha256_of(stream) == sha256:  # left by an import that was cut short
                    return target
        else:
            return target
    raise NotImportable(name, "another file in warc/imported/ has its name")


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file that is locked, so that recovery leaves it alone, and goes with the block."""
    path = folder / f".{secrets.token_hex(8)}.tmp"
    with path.open("xb", buffering=0) as stream:
        try_lock(stream)
        try:
            yield stream, path
        finally:
            path.unlink(missing_ok=True)


def twin_name(file: str, part: str = "") -> str:
    """The name of the copy in which each record has a gzip member of its own."""
    label = f".{safe_name(part.rpartition('/')[2], '')}" if part else ""
    if part and not _USUAL_PART.fullmatch(part):  # in another folder, its name may come twice
        label += f"-{hashlib.sha256(part.encode()).hexdigest()[:8]}"
    return f"{file}{label}.members.warc.gz"


@dataclass(frozen=True, slots=True)
class TwinSource:
    """Bytes *start* to *end* of the file *path*, whose records are to be written again; *part*
    names them in a WACZ."""

    path: Path
    start: int
    end: int
    part: str = ""


def write_twin(library: Library, kept: StoredFile, source: TwinSource) -> str:
    """Write the records of *source*, which is of *kept*, again: each as a gzip member.

    Their bytes stay the same; a record of ARC becomes one of WARC. Returns the copy's name; a copy
    that is there already stays as it is.
    """
    name = twin_name(kept.file, source.part)
    target = library.path / name
    if target.exists():
        return name
    with source.path.open("rb") as stream, _temporary(target.parent) as (copy, temporary):
        files.write(copy, record_member(_twin_info(kept, name, source.part)))
        records = foreign_records(stream, source.start, source.end, MAX_TAKEN)
        for number, found in enumerate(records):
            if isinstance(found, ForeignRecord):
                if number % 1000 == 0:
                    files.check_floor(target.parent, library.settings.disk.floor)
                files.write(copy, gzip_member(found.head + found.record.block + b"\r\n\r\n"))
        files.sync(copy)
        with suppress(FileExistsError):
            files.link(temporary, target)
    return name


def _twin_info(kept: StoredFile, name: str, part: str) -> Record:
    lines = {
        "software": f"Backissue/{VERSION}",
        "format": "WARC File Format 1.1",
        "description": "the records of another file, each in a gzip member of its own",
        "isReformattedFrom": kept.file + (f" {part}" if part else ""),
        "sha256": kept.sha256,
    }
    block = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
    fields = [
        ("WARC-Filename", name.rpartition("/")[2]),
        ("Content-Type", "application/warc-fields"),
    ]
    return make_record("warcinfo", datetime.now(UTC), block.encode(), fields)
