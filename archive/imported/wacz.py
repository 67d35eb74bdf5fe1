"""WACZ files, each checked as a whole before its use, into the places of their WARC files.

A WACZ is a ZIP file with a `datapackage.json` that lists every other file with its SHA-256
(https://specs.webrecorder.net/wacz/1.1.1/). Its WARC files are stored uncompressed, so that a
record is a range of the WACZ itself. Nothing is unpacked.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from archive.errors import NotImportable

MAX_ENTRIES = 20_000
_MAX_DIRECTORY = 1 << 23  # bytes of the ZIP's central directory
_MAX_PACKAGE = 1 << 24  # bytes of datapackage.json
_MAX_UNPACKED = 1 << 31  # bytes of any other compressed entry
_PIECE = 1 << 20  # bytes read or inflated at a time
_END, _END64, _LOCATOR = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_DRIVE = re.compile("[A-Za-z]:")
_ALGORITHMS = ("sha256", "sha512", "md5")
PACKAGE, PACKAGE_DIGEST = "datapackage.json", "datapackage-digest.json"


@dataclass(frozen=True, slots=True)
class WarcInWacz:
    """A WARC file in a WACZ: its name there, and the bytes *start* to *end* that hold it."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _ZipEntry:
    info: zipfile.ZipInfo
    start: int  # of its data

    @property
    def end(self) -> int:
        return self.start + self.info.compress_size


def parts_of(stream: BinaryIO, path: Path) -> list[WarcInWacz]:
    """The WARC files in an open WACZ, by their names; NotImportable says what is wrong.

    Reads all of it: each file is compared with the digest that the WACZ gives for it.
    """
    try:
        entries = _entries(stream, path)
        _check_package(stream, path, entries)
    except (zipfile.BadZipFile, struct.error, zlib.error, EOFError, ValueError) as error:
        _refuse(path, None, f"no sound ZIP file ({error})")
    except OSError as error:
        if error.errno != errno.EINVAL:  # an offset before the begin of the file
            raise
        _refuse(path, None, "no sound ZIP file (an offset leads out of it)")
    except (
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as error:  # what zipfile cannot or will not read
        _refuse(path, None, f"no plain ZIP file ({error})")
    found = [
        WarcInWacz(name, entry.start, entry.end)
        for name, entry in sorted(entries.items())
        if name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))
    ]
    if not found:
        _refuse(path, "archive/", "it holds no WARC file")
    return found


def _refuse(path: Path, entry: str | None, reason: str) -> NoReturn:
    raise NotImportable(path, reason if entry is None else f"{entry!r}: {reason}") from None


def _entries(stream: BinaryIO, path: Path) -> dict[str, _ZipEntry]:
    """The entries by their names; each is checked, none overlaps another, and none comes twice."""
    size = stream.seek(0, 2)
    _check_directory(stream, path, size)
    with zipfile.ZipFile(stream) as archive:
        infos, directory = archive.infolist(), archive.start_dir
    if len(infos) > MAX_ENTRIES:
        _refuse(path, None, f"more than {MAX_ENTRIES:,} entries")
    found: dict[str, _ZipEntry] = {}
    for info in infos:
        name = info.orig_filename
        if wrong := _wrong_name(info) or _wrong_kind(info):
            _refuse(path, name, wrong)
        if name.casefold() in found:
            _refuse(path, name, "two entries have this name")
        found[name.casefold()] = _ZipEntry(info, _data_start(stream, path, info))
    at, before = 0, ""
    for entry in sorted(found.values(), key=lambda entry: entry.info.header_offset):
        name = entry.info.orig_filename
        if entry.info.header_offset < at:
            _refuse(path, name, f"its bytes overlap those of {before!r}")
        at, before = entry.end, name
        if at > directory:
            _refuse(path, name, "its bytes reach beyond those of the entries")
    return {entry.info.orig_filename: entry for entry in found.values() if not entry.info.is_dir()}


def _check_directory(stream: BinaryIO, path: Path, size: int) -> None:
    """Bound what is read of the ZIP's directory before it is read."""
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        _refuse(path, None, "no ZIP file: its directory is missing or cut short")
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_LOCATOR):
        stream.seek(struct.unpack("<Q", locator[8:16])[0])
        record = stream.read(56)
        if not record.startswith(_END64) or len(record) < 56:
            _refuse(path, None, "its ZIP64 directory is not where it says")
        count, length = struct.unpack("<QQ", record[32:48])
    if count > MAX_ENTRIES or length > _MAX_DIRECTORY:
        _refuse(path, None, f"more than {MAX_ENTRIES:,} entries")


def _wrong_name(info: zipfile.ZipInfo) -> str | None:
    name = info.orig_filename
    if not name or not name.isprintable() or "\\" in name:
        return "its name has characters that no path may have"
    if name.startswith("/") or _DRIVE.match(name):
        return "its path is absolute"
    if any(part in ("..", ".") for part in name.split("/")):
        return "its path leads out of the file"
    return None


def _wrong_kind(info: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a symbolic link"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is compressed in another way than deflate"
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        return "its two lengths differ, and it is not compressed"
    if info.orig_filename.startswith("archive/") and info.compress_type != zipfile.ZIP_STORED:
        return "it is compressed: WARC files are to be stored as they are"
    if info.compress_type != zipfile.ZIP_STORED and info.file_size > _MAX_UNPACKED:
        return "it unpacks to more than 2 GiB"
    return None


def _data_start(stream: BinaryIO, path: Path, info: zipfile.ZipInfo) -> int:
    """Where the entry's data begins, if its own header says what the directory says."""
    stream.seek(max(0, info.header_offset))
    header = stream.read(30)
    if len(header) < 30 or not header.startswith(b"PK\3\4"):
        _refuse(path, info.orig_filename, "no entry stands where the directory says")
    method = struct.unpack("<H", header[8:10])[0]
    packed, unpacked, name_length, extra_length = struct.unpack("<IIHH", header[18:30])
    name = stream.read(name_length)
    encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
    later = bool(info.flag_bits & 0x8)  # lengths stand behind the data
    elsewhere = 2**32 - 1  # ZIP64: the lengths stand in an extra field
    lengths = packed in (info.compress_size, elsewhere) and unpacked in (info.file_size, elsewhere)
    if name != info.orig_filename.encode(encoding, "replace") or method != info.compress_type:
        _refuse(path, info.orig_filename, "its own header tells of another entry")
    if not (later or lengths):
        _refuse(path, info.orig_filename, "its own header tells of another length")
    return int(info.header_offset + 30 + name_length + extra_length)


def _check_package(stream: BinaryIO, path: Path, entries: dict[str, _ZipEntry]) -> None:
    """Compare each entry with the digest that `datapackage.json` gives for it."""
    if PACKAGE not in entries:
        _refuse(path, PACKAGE, "it is missing")
    if entries[PACKAGE].info.file_size > _MAX_PACKAGE:
        _refuse(path, PACKAGE, "it is larger than 16 MiB")
    package = b"".join(_content(stream, entries[PACKAGE]))
    listed = _resources(package)
    if listed is None:
        _refuse(path, PACKAGE, "it is no list of resources with path and hash")
    for name in sorted(entries.keys() - listed.keys() - {PACKAGE, PACKAGE_DIGEST}):
        _refuse(path, name, f"{PACKAGE} does not list it")
    for name, (expected, length) in listed.items():
        _check_listed(stream, path, name, entries.get(name), expected, length)
    if PACKAGE_DIGEST in entries:
        digest = _json(b"".join(_content(stream, entries[PACKAGE_DIGEST])))
        if not isinstance(digest, dict) or not _matches(str(digest.get("hash")), iter([package])):
            _refuse(path, PACKAGE, f"it has not the digest that {PACKAGE_DIGEST} gives")


def _check_listed(
    stream: BinaryIO,
    path: Path,
    name: str,
    entry: _ZipEntry | None,
    expected: str,
    length: int | None,
) -> None:
    if entry is None:
        _refuse(path, name, f"{PACKAGE} lists it, and it is missing")
    if length is not None and length != entry.info.file_size:
        _refuse(path, name, f"it has not the length that {PACKAGE} gives")
    if not _matches(expected, _content(stream, entry)):
        _refuse(path, name, f"it has not the digest that {PACKAGE} gives")


def _resources(package: bytes) -> dict[str, tuple[str, int | None]] | None:
    """Paths, each with its digest and its length, if that is given; None where no paths are
    listed."""
    found = _json(package)
    resources = found.get("resources") if isinstance(found, dict) else None
    if not isinstance(resources, list):
        return None
    listed: dict[str, tuple[str, int | None]] = {}
    for one in resources:
        if not isinstance(one, dict) or not isinstance(one.get("path"), str):
            return None
        length = one.get("bytes")
        listed[one["path"]] = (str(one.get("hash")), length if isinstance(length, int) else None)
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


def _content(stream: BinaryIO, entry: _ZipEntry) -> Iterator[bytes]:
    """What the entry holds; ValueError where it is not as long as it says."""
    left, made = entry.info.compress_size, 0
    packed = entry.info.compress_type == zipfile.ZIP_DEFLATED
    inflater = zlib.decompressobj(-15)
    at = entry.start
    while left > 0 and made <= entry.info.file_size:
        stream.seek(at)
        piece = stream.read(min(_PIECE, left))
        if not piece:
            raise ValueError(f"{entry.info.orig_filename!r} is cut short")
        at, left = at + len(piece), left - len(piece)
        for part in _unpacked(inflater, piece) if packed else (piece,):
            made += len(part)
            yield part
            if made > entry.info.file_size:
                break
    if made != entry.info.file_size:
        raise ValueError(f"{entry.info.orig_filename!r} has not the length that it says")


def _unpacked(inflater: Any, piece: bytes) -> Iterator[bytes]:
    while piece:
        yield inflater.decompress(piece, _PIECE)
        piece = inflater.unconsumed_tail
