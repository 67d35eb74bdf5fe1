"""ZIP files that others made into their entries, each checked before any of its bytes is used."""

from __future__ import annotations

import errno
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from archive.errors import NotImportable
from archive.imported.index import OF_RECORDS

MAX_ENTRIES = 20_000
_MAX_DIRECTORY = 1 << 23  # bytes of the ZIP's central directory
MAX_UNPACKED = 1 << 31  # bytes of a compressed entry that is no WARC file
_PIECE = 1 << 20  # bytes read or inflated at a time
_END, _END64, _LOCATOR, _ENTRY = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2"
_DRIVE = re.compile("[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """An entry of a ZIP file, and where its data begins."""

    info: zipfile.ZipInfo
    start: int

    @property
    def end(self) -> int:
        """Where its data ends."""
        return self.start + self.info.compress_size

    @property
    def is_packed(self) -> bool:
        """Whether its data is compressed."""
        return self.info.compress_type != zipfile.ZIP_STORED


def refuse(path: Path, entry: str | None, reason: str) -> NoReturn:
    """Raise NotImportable for the file *path*, because of one of its entries."""
    raise NotImportable(path, reason if entry is None else f"{entry!r}: {reason}") from None


@contextmanager
def zip_errors(path: Path) -> Iterator[None]:
    """Whatever shows that the file *path* is no sound ZIP file becomes NotImportable."""
    try:
        yield
    except (zipfile.BadZipFile, struct.error, zlib.error, EOFError, ValueError) as error:
        refuse(path, None, f"no sound ZIP file ({error})")
    except OSError as error:
        if error.errno != errno.EINVAL:  # an offset before the begin of the file
            raise
        refuse(path, None, "no sound ZIP file (an offset leads out of it)")
    except (
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as error:  # what zipfile cannot or will not read
        refuse(path, None, f"no plain ZIP file ({error})")


def zip_entries(stream: BinaryIO, path: Path) -> dict[str, ZipEntry]:
    """The entries by their names; each is checked, none overlaps another, and none comes twice."""
    size = stream.seek(0, 2)
    _check_directory(stream, path, size)
    with zipfile.ZipFile(stream) as archive:
        infos, directory = archive.infolist(), archive.start_dir
    if len(infos) > MAX_ENTRIES:
        refuse(path, None, f"more than {MAX_ENTRIES:,} entries")
    found: dict[str, ZipEntry] = {}
    for info in infos:
        name = info.orig_filename
        if wrong := _wrong_name(info) or _wrong_kind(info):
            refuse(path, name, wrong)
        if name.casefold() in found:
            refuse(path, name, "two entries have this name")
        found[name.casefold()] = ZipEntry(info, _data_start(stream, path, info))
    at, before = 0, ""
    for entry in sorted(found.values(), key=lambda entry: entry.info.header_offset):
        name = entry.info.orig_filename
        if entry.info.header_offset < at:
            refuse(path, name, f"its bytes overlap those of {before!r}")
        at, before = entry.end, name
        if at > directory:
            refuse(path, name, "its bytes reach beyond those of the entries")
    return {entry.info.orig_filename: entry for entry in found.values() if not entry.info.is_dir()}


def _check_directory(stream: BinaryIO, path: Path, size: int) -> None:
    """Bound what is read of the ZIP's directory before it is read: of the very directory that
    `zipfile` goes by, which stands before the records that end the file."""
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        refuse(path, None, "no ZIP file: its directory is missing or cut short")
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    ends = size - len(tail) + at
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_LOCATOR):
        ends -= 20 + 56
        stream.seek(max(0, ends))
        record = stream.read(56)
        told = struct.unpack("<Q", locator[8:16])[0]
        if told != ends or not record.startswith(_END64) or len(record) < 56:
            refuse(path, None, "its ZIP64 directory is not where it says")
        count, length = struct.unpack("<QQ", record[32:48])
    if count > MAX_ENTRIES or length > _MAX_DIRECTORY or _counted(stream, ends, length) is None:
        refuse(path, None, f"more than {MAX_ENTRIES:,} entries")


def _counted(stream: BinaryIO, ends: int, length: int) -> int | None:
    """How many entries the directory has whose *length* bytes end at *ends*; None where they are
    too many, whatever the file says of their number."""
    stream.seek(max(0, ends - length))
    directory = stream.read(length)
    count = at = 0
    while directory.startswith(_ENTRY, at) and len(directory) - at >= 46:
        if (count := count + 1) > MAX_ENTRIES:
            return None
        at += 46 + sum(struct.unpack("<HHH", directory[at + 28 : at + 34]))
    return count


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
    bounded = not info.orig_filename.lower().endswith(OF_RECORDS)
    if bounded and info.compress_type != zipfile.ZIP_STORED and info.file_size > MAX_UNPACKED:
        return "it unpacks to more than 2 GiB"
    return None


def _data_start(stream: BinaryIO, path: Path, info: zipfile.ZipInfo) -> int:
    """Where the entry's data begins, if its own header says what the directory says."""
    stream.seek(max(0, info.header_offset))
    header = stream.read(30)
    if len(header) < 30 or not header.startswith(b"PK\3\4"):
        refuse(path, info.orig_filename, "no entry stands where the directory says")
    method = struct.unpack("<H", header[8:10])[0]
    packed, unpacked, name_length, extra_length = struct.unpack("<IIHH", header[18:30])
    name = stream.read(name_length)
    encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
    later = bool(info.flag_bits & 0x8)  # lengths stand behind the data
    elsewhere = 2**32 - 1  # ZIP64: the lengths stand in an extra field
    lengths = packed in (info.compress_size, elsewhere) and unpacked in (info.file_size, elsewhere)
    if name != info.orig_filename.encode(encoding, "replace") or method != info.compress_type:
        refuse(path, info.orig_filename, "its own header tells of another entry")
    if not (later or lengths):
        refuse(path, info.orig_filename, "its own header tells of another length")
    return int(info.header_offset + 30 + name_length + extra_length)


def entry_content(stream: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    """What the entry holds; ValueError where it is not as long as it says."""
    size, name = entry.info.file_size, entry.info.orig_filename
    made = 0
    for piece in _stored_content(stream, entry):
        made += len(piece)
        yield piece
        if made > size:
            break
    if made != size:
        raise ValueError(f"{name!r} has not the length that it says")


def _stored_content(stream: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    if entry.is_packed:
        yield from inflated(stream, entry.start, entry.end)
        return
    at = entry.start
    while at < entry.end:
        stream.seek(at)
        piece = stream.read(min(_PIECE, entry.end - at))
        if not piece:
            return
        at += len(piece)
        yield piece


def inflated(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """What the bytes *start* to *end* unpack to, by deflate without a header."""
    inflater, at = zlib.decompressobj(-15), start
    while at < end:
        stream.seek(at)
        piece = stream.read(min(_PIECE, end - at))
        if not piece:
            return
        at += len(piece)
        while piece:
            yield inflater.decompress(piece, _PIECE)
            piece = inflater.unconsumed_tail
