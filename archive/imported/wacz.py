"""WACZ files into the places of their WARC files, and what of the package is not as it says.

A WACZ is a ZIP file with a `datapackage.json` that lists every other file with its SHA-256
(https://specs.webrecorder.net/wacz/1.1.1/). Its WARC files are usually stored uncompressed, so that
a record is a range of the WACZ itself. A collection holds other WACZ files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import NotImportable
from archive.imported.byte_range import ByteRange
from archive.imported.index import OF_RECORDS
from archive.imported.zip_entries import ZipEntry, entry_content, refuse, zip_entries, zip_errors

_MAX_PACKAGE = 1 << 24  # bytes of datapackage.json
_ALGORITHMS = ("sha256", "sha512", "md5")
_MOST_BENT = 100  # things that are named, each by itself
PACKAGE, PACKAGE_DIGEST = "datapackage.json", "datapackage-digest.json"


@dataclass(frozen=True, slots=True)
class WarcInWacz:
    """A WARC file in a WACZ: its name there, and the bytes *start* to *end* that hold it.

    *unpacked* is its length where the ZIP compresses it. *doubted*: nothing vouches for its bytes
    but what its records say of themselves.
    """

    name: str
    start: int
    end: int
    unpacked: int | None = None
    doubted: bool = False


@dataclass(slots=True)
class WaczFile:
    """The WARC files of a WACZ, and what is *bent*: what a package should not have, or should say
    otherwise."""

    parts: list[WarcInWacz]
    bent: list[str] = field(default_factory=list)


def read_wacz(stream: BinaryIO, path: Path, *, strict: bool = False) -> WaczFile:
    """The WARC files in an open WACZ, by their names; NotImportable says what is wrong.

    Reads all of it: each file is compared with the digest that the WACZ gives for it. *strict*:
    whatever is bent is wrong. What may harm is wrong in any case: names that lead out of the file,
    links, entries that overlap, lengths that lie.
    """
    found = _read(stream, path, strict=strict, nested=False)
    if not found.parts:
        why = f" ({found.bent[0]})" if found.bent else ""
        refuse(path, "archive/", f"it holds no WARC file{why}")
    del found.bent[_MOST_BENT:]
    return found


def _read(stream: BinaryIO, path: Path, *, strict: bool, nested: bool) -> WaczFile:
    found = WaczFile([])
    with zip_errors(path):
        entries = zip_entries(stream, path)
        doubted = _compared(stream, path, entries, found.bent)
    for name, entry in sorted(entries.items()):
        if (
            name.startswith("archive/")
            and name.lower().endswith(OF_RECORDS)
            and not _is_system(name)
        ):
            unpacked = entry.info.file_size if entry.is_packed else None
            if entry.is_packed:
                found.bent.append(
                    f"{name!r}: it is compressed: WARC files are to be stored as they are"
                )
            doubt = name in doubted
            found.parts.append(WarcInWacz(name, entry.start, entry.end, unpacked, doubt))
        elif name.lower().endswith(".wacz"):
            _add_inner(stream, path, name, entry, found, strict=strict, nested=nested)
    if strict and found.bent:
        raise NotImportable(path, found.bent[0])
    return found


def _add_inner(
    stream: BinaryIO,
    path: Path,
    name: str,
    entry: ZipEntry,
    found: WaczFile,
    *,
    strict: bool,
    nested: bool,
) -> None:
    """The WARC files of a WACZ that stands in a collection."""
    if entry.is_packed or nested:
        why = "it is compressed" if entry.is_packed else "a collection in a collection"
        found.bent.append(f"{name!r}: not read: {why}: take it out, and import it by itself")
        return
    try:
        inner = _read(
            ByteRange(stream, entry.start, entry.end), Path(name), strict=strict, nested=True
        )
    except NotImportable as error:
        found.bent.append(f"{name!r}: not read: {error.reason}")
        return
    for part in inner.parts:
        place = (entry.start + part.start, entry.start + part.end)
        whole = f"{name}/{part.name}"
        found.parts.append(WarcInWacz(whole, *place, part.unpacked, part.doubted))
    found.bent += (f"{name!r}: {one}" for one in inner.bent)


def _is_system(name: str) -> bool:
    """Whether a file is one that systems put beside others."""
    last = name.rpartition("/")[2]
    hidden = last.startswith("._") or last in (".DS_Store", "Thumbs.db", "desktop.ini")
    return hidden or name.startswith("__MACOSX/")


def _compared(
    stream: BinaryIO, path: Path, entries: dict[str, ZipEntry], bent: list[str]
) -> set[str]:
    """Compare each entry with the digest that `datapackage.json` gives for it; returns the names
    for whose bytes nothing vouches."""
    if PACKAGE not in entries:
        bent.append(f"{PACKAGE!r}: it is missing")
        return set(entries)
    if entries[PACKAGE].info.file_size > _MAX_PACKAGE:
        refuse(path, PACKAGE, "it is larger than 16 MiB")
    package = b"".join(entry_content(stream, entries[PACKAGE]))
    listed = _resources(package)
    if listed is None:
        bent.append(f"{PACKAGE!r}: it is no list of resources with path and hash")
        return set(entries)
    unlisted = entries.keys() - listed.keys() - {PACKAGE, PACKAGE_DIGEST}
    bent += (f"{name!r}: {PACKAGE} does not list it" for name in sorted(unlisted))
    doubted = set(unlisted)
    for name, (expected, length) in listed.items():
        if wrong := _wrong(stream, entries.get(name), expected, length):
            bent.append(f"{name!r}: {wrong}")
            doubted.add(name)
    if PACKAGE_DIGEST in entries:
        digest = _json(b"".join(entry_content(stream, entries[PACKAGE_DIGEST])))
        if not isinstance(digest, dict) or not _matches(str(digest.get("hash")), iter([package])):
            bent.append(f"{PACKAGE!r}: it has not the digest that {PACKAGE_DIGEST} gives")
    return doubted


def _wrong(
    stream: BinaryIO, entry: ZipEntry | None, expected: str, length: int | None
) -> str | None:
    """How an entry differs from what the package says of it."""
    if entry is None:
        return f"{PACKAGE} lists it, and it is missing"
    if length is not None and length != entry.info.file_size:
        return f"it has not the length that {PACKAGE} gives"
    if not _matches(expected, entry_content(stream, entry)):
        return f"it has not the digest that {PACKAGE} gives"
    return None


def _resources(package: bytes) -> dict[str, tuple[str, int | None]] | None:
    """Paths, each with its digest and its length, if that is given; None where no paths are
    listed.

    Version 1.0.0 has them in `stats`, and the algorithm by itself.
    """
    found = _json(package)
    resources = found.get("resources") if isinstance(found, dict) else None
    if not isinstance(resources, list):
        return None
    listed: dict[str, tuple[str, int | None]] = {}
    for one in resources:
        if not isinstance(one, dict) or not isinstance(one.get("path"), str):
            return None
        stats = one.get("stats")
        said = (stats if isinstance(stats, dict) else {}) | one
        digest, length = str(said.get("hash")), said.get("bytes")
        if ":" not in digest:
            digest = f"{said.get('hashing', 'sha256')}:{digest}"
        listed[one["path"]] = (digest, length if isinstance(length, int) else None)
    return listed


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _matches(expected: str, pieces: Iterator[bytes]) -> bool:
    algorithm, _, value = expected.partition(":")
    if algorithm not in _ALGORITHMS:
        return False
    found = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest() == value.lower()
