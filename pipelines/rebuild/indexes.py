"""The lists beside imported files, made again from the records of their imports in our own WARC."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import BinaryIO

from archive.disk import files
from archive.disk.locks import try_lock
from archive.imported.index import (
    CAPTURES_URI,
    FOLDER,
    SUFFIXES,
    SUMMARY_URI,
    HeldCapture,
    captures_file_of,
    cdxj_file_of,
    held_from_line,
    held_of,
    held_to_line,
)
from archive.library import Library, restored_of
from archive.types import CdxEntry
from archive.warc import cdxj
from archive.warc.records import Located
from archive.warc.scan import scan
from archive.web.surt import surt


def restore_indexes(library: Library) -> list[str]:
    """Write what is missing beside imported files; returns the names of those files.

    Reads all WARC files of the library, if anything is missing.
    """
    wanted = {f"{FOLDER}/{path.name}": path for path in _lacking(library.path / FOLDER)}
    if not wanted:
        return []
    database = sqlite3.connect("")  # on the disk, and gone when it is closed
    try:
        database.execute("CREATE TABLE lines (file TEXT, place INTEGER, line TEXT)")
        for block, is_summary in _records(library):
            if is_summary:
                _restore_cards(library, block)
            else:
                held = held_of(block)
                if held.file in wanted:
                    row = (held.file, held.offset, held_to_line(held))
                    database.execute("INSERT INTO lines VALUES (?, ?, ?)", row)
        named = [name for (name,) in database.execute("SELECT DISTINCT file FROM lines")]
        for name in named:
            write_indexes(wanted[name], _captures(database, name))
        return sorted(named)
    finally:
        database.close()


def _lacking(folder: Path) -> Iterator[Path]:
    twins = [path.name for path in folder.glob("*.members.warc.gz")]
    for path in sorted(folder.glob("[!.]*")):
        if not path.name.endswith(SUFFIXES):
            continue
        if not path.name.endswith(".wacz") and f"{path.name}.members.warc.gz" in twins:
            continue  # pointers lead into the other one alone
        if not (captures_file_of(path).exists() and cdxj_file_of(path).exists()):
            yield path


def _records(library: Library) -> Iterator[tuple[bytes, bool]]:
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")):
        with path.open("rb") as stream:
            for found in scan(stream, restored=restored_of(library, path)):
                record = found.record if isinstance(found, Located) else None
                uri = (record and record.get("WARC-Target-URI")) or ""
                if record and uri.startswith((CAPTURES_URI, SUMMARY_URI)):
                    yield record.block, uri.startswith(SUMMARY_URI)


def _captures(database: sqlite3.Connection, name: str) -> Iterator[HeldCapture]:
    query = "SELECT line FROM lines WHERE file = ? ORDER BY place"
    return (held_from_line(line) for (line,) in database.execute(query, (name,)))


def _restore_cards(library: Library, block: bytes) -> None:
    summary = json.loads(block)
    about = {name: summary[name] for name in ("format", "run_id", "source")}
    for one in summary["files"]:
        path = library.path / f"{one['file']}.json"
        if not path.exists():
            names = ("file", "name", "sha256", "size", "read")
            card = about | {name: one[name] for name in names}
            files.put(path, json.dumps(card, sort_keys=True).encode())


def write_indexes(file: Path, captures: Iterable[HeldCapture]) -> None:
    """Write the two lists beside an imported file: by offset, and as CDXJ.

    *captures* come in the order in which they stand in the file.
    """
    database = sqlite3.connect("")  # on the disk, and gone when it is closed
    try:
        database.execute("CREATE TABLE lines (line BLOB)")
        with _replacing(captures_file_of(file)) as stream:
            for held in captures:
                stream.write(held_to_line(held).encode() + b"\n")
                line = cdxj.to_line(_entry(held)).encode() + b"\n"
                database.execute("INSERT INTO lines VALUES (?)", (line,))
        with _replacing(cdxj_file_of(file)) as stream:
            for (line,) in database.execute("SELECT line FROM lines ORDER BY line"):
                stream.write(line)
    finally:
        database.close()


def _entry(held: HeldCapture) -> CdxEntry:
    mime = held.mime if held.mime and held.mime.isprintable() and held.mime.isascii() else "unk"
    return CdxEntry(
        urlkey=surt(held.url),
        timestamp=held.moment.astimezone(UTC).strftime("%Y%m%d%H%M%S"),
        url=held.url,
        mime="warc/revisit" if held.kind == "revisit" else mime.replace(" ", ""),
        status=200 if held.kind == "resource" else held.status,
        digest=held.digest,
        length=held.length,
        offset=held.offset,
        filename=held.file,
    )


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A buffered stream whose content takes the place of *path* when the block ends well."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            try_lock(stream)
            yield stream
            files.sync(stream)
            files.rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
