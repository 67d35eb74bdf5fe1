"""Captures of a library as a WACZ file, which ReplayWeb.page and other players open.

The format is that of https://specs.webrecorder.net/wacz/1.1.1/: a ZIP file with the WARC records,
stored; an index of them in blocks (ZipNum CDXJ); a list of pages with their texts; and
`datapackage.json`, which has the SHA-256 of each. Equal libraries give equal bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from archive.disk import files
from archive.errors import UsageError
from archive.imported.index import is_imported
from archive.library import Library
from archive.types import Row
from archive.version import VERSION
from archive.warc.cdxj import entry_of, to_line
from archive.warc.gzip import gzip_member
from archive.warc.records import record_bytes
from archive.warc.scan import scan_groups
from pipelines.exporting.export_warc import Exported, ExportProgress, RecordSource
from pipelines.exporting.selection import Filters, count, selected, size
from pipelines.exporting.zipnum import zipnum

WARC_NAME = "data.warc.gz"
_FIRST_YEAR = 1980  # of a ZIP file
_PIECE = 1 << 20
_ARTICLE = ["article_id", "url", "headline", "article_body", "fetch_time", "warc_record_id"]


@dataclass(slots=True)
class Packed:
    """What a WACZ file holds: captures, those *originals* that went along with a revisit, pages;
    and what could not be had."""

    captures: int = 0
    originals: int = 0
    pages: int = 0
    file: str = ""
    sha256: str = ""
    missing: dict[str, int] = field(default_factory=dict)


def export_wacz(
    library: Library,
    output: Path,
    filters: Filters,
    on_progress: ExportProgress = lambda *_: None,
) -> Packed:
    """Write the wanted captures to the new file *output* (.wacz), with the originals of revisits.

    UsageError where *output* is there already, or where nothing is wanted.
    """
    _refuse(output)
    total, last = count(library.generation, filters)
    if last is None:
        raise UsageError("no capture is like that: `backissue captures URL` lists those of a URL")
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    with ExitStack() as held:
        held.callback(_remove, temporary)
        stream = held.enter_context(temporary.open("xb"))
        archive = held.enter_context(zipfile.ZipFile(stream, "w"))
        package = _Package(library, archive, last)
        records = _Records(library, package)
        records.write(filters, lambda done: on_progress(done, total, "captures"))
        with tempfile.TemporaryFile(dir=output.parent) as pages:  # as large as all texts
            made = _pages(library, records.written, pages)
            package.finish(records.index, pages)
        archive.close()
        files.sync(stream)
        files.rename(temporary, output)
    with output.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    missing = dict(records.made.missing)
    return Packed(records.made.captures, records.originals, made, str(output), digest, missing)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _refuse(path: Path) -> None:
    if path.exists():
        raise UsageError(f"{path} is there already: remove it, or name another")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder: make it, or name another")
    if path.suffix != ".wacz":
        raise UsageError(f"{path}: name a file that ends in .wacz")


class _Records:
    """The records of captures into the WARC file of a package, each once; and their index."""

    def __init__(self, library: Library, package: _Package) -> None:
        self._library, self._package = library, package
        self._source = RecordSource(library, warc_first=True)
        self._files: set[str] = set()
        self._offset = 0
        self.index: list[str] = []
        self.written: set[str] = set()
        self.made = Exported()
        self.originals = 0

    def write(self, filters: Filters, on_progress: Any) -> None:
        """Write what *filters* admit, then the originals of the revisits among it."""
        wanted: set[str] = set()
        # requests, originals and another packing may double what the records have
        expected = 2 * size(self._library.generation, filters)
        with self._package.open_warc(expected) as warc:
            for row, payload in selected(self._library.generation, filters):
                wanted.update(self._write(warc, row, payload))
                on_progress(self.made.captures)
            wanted -= self.written
            every = selected(self._library.generation, Filters()) if wanted else ()
            for row, payload in every:
                if row["warc_record_id"] in wanted:
                    self._write(warc, row, payload)
                    self.originals += row["warc_record_id"] in self.written

    def _write(self, warc: _Hashed, row: Row, payload: Row | None) -> set[str]:
        """Write the records of a capture; the ids of captures that it refers to."""
        records = self._source.records(row, payload, self.made)
        if not records:
            return set()
        self._begin(warc, row["warc_filename"])
        self.written.add(row["warc_record_id"])
        members = [gzip_member(record) for record in records]
        referred = self._enter(members[0])
        for member in members:
            self._put(warc, member)
        return referred

    def _enter(self, member: bytes) -> set[str]:
        """Enter the record that is next into the index; what it refers to."""
        group = next(scan_groups(io.BytesIO(member), 0), None)
        if not isinstance(group, list):
            return set()
        located = replace(group[0], offset=self._offset, length=len(member))
        if entry := entry_of(located, WARC_NAME):
            self.index.append(to_line(entry))
        refers = located.record.get("WARC-Refers-To")
        return {refers.strip("<>")} if refers else set()

    def _begin(self, warc: _Hashed, name: str) -> None:
        """The `warcinfo` record of a WARC file, before the first of its records."""
        if name in self._files or is_imported(name):
            return
        self._files.add(name)
        with suppress(OSError), self._library.warc(name).open("rb") as stream:
            group = next(scan_groups(stream, 0), None)
            if isinstance(group, list) and group[0].record.type == "warcinfo":
                self._put(warc, gzip_member(record_bytes(group[0].record)))

    def _put(self, warc: _Hashed, member: bytes) -> None:
        warc.write(member)
        self._offset += len(member)


def _pages(library: Library, written: set[str], stream: BinaryIO) -> int:
    """The list of pages: the newest version of each article whose capture was written."""
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    stream.write(_json_line(head))
    count = 0
    for row in library.articles(columns=_ARTICLE):
        if row["warc_record_id"] in written:
            count += 1
            stream.write(
                _json_line(
                    {
                        "id": row["article_id"],
                        "url": row["url"],
                        "ts": row["fetch_time"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                        "title": row["headline"] or row["url"],
                        "text": row["article_body"],
                    }
                )
            )
    return count


def _json_line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


class _Package:
    """The files of a WACZ; all their dates are the newest capture's."""

    def __init__(self, library: Library, archive: zipfile.ZipFile, last: datetime) -> None:
        self._library, self._archive, self._last = library, archive, last.astimezone(UTC)
        self._resources: list[dict[str, Any]] = []

    def open_warc(self, expected: int) -> _Hashed:
        """The WARC file, to be written as a stream; about so many bytes are *expected*.

        ZIP64 stands in a local header only where it is needed: wabac.js reads no other length.
        """
        return self._open(f"archive/{WARC_NAME}", stored=True, expected=expected)

    def _open(self, path: str, *, stored: bool = False, expected: int = 0) -> _Hashed:
        info = zipfile.ZipInfo(path, self._last.timetuple()[:6])
        if self._last.year < _FIRST_YEAR:
            info.date_time = (_FIRST_YEAR, 1, 1, 0, 0, 0)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.file_size = expected
        return _Hashed(self._archive.open(info, "w"), path, self._resources)

    def finish(self, index: Iterable[str], pages: BinaryIO) -> None:
        """Write the index, the pages and the description of all, in the order of their names."""
        blocks, places = zipnum(sorted(index))
        listed: list[dict[str, Any]] = []
        pages.seek(0)
        digest = hashlib.file_digest(pages, "sha256").hexdigest()  # type: ignore[arg-type]
        for name, data in (("index.cdx.gz", blocks), ("index.idx", places)):
            listed.append(_resource(f"indexes/{name}", hashlib.sha256(data).hexdigest(), len(data)))
        listed.append(_resource("pages/pages.jsonl", digest, pages.tell()))
        description = self._description([*self._resources, *listed])
        self._put("datapackage-digest.json", _digest_of(description))
        self._put("datapackage.json", description)
        self._put("indexes/index.cdx.gz", blocks, stored=True)
        self._put("indexes/index.idx", places)
        pages.seek(0)
        with self._open("pages/pages.jsonl") as target:
            shutil.copyfileobj(pages, target, _PIECE)

    def _put(self, path: str, data: bytes, *, stored: bool = False) -> None:
        with self._open(path, stored=stored) as target:
            target.write(data)

    def _description(self, resources: list[dict[str, Any]]) -> bytes:
        moment = self._last.strftime("%Y-%m-%dT%H:%M:%SZ")
        values = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": self._library.settings.name,
            "software": f"Backissue/{VERSION}",
            "created": moment,
            "modified": moment,
            "resources": resources,
        }
        return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


class _Hashed:
    """A file of the package that is being written; its digest is noted when it is closed."""

    def __init__(self, stream: IO[bytes], path: str, resources: list[dict[str, Any]]) -> None:
        self._stream, self._path, self._resources = stream, path, resources
        self._hash, self._size = hashlib.sha256(), 0

    def __enter__(self) -> _Hashed:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._resources.append(_resource(self._path, self._hash.hexdigest(), self._size))

    def write(self, data: bytes) -> int:
        """Write *data*."""
        self._hash.update(data)
        self._size += len(data)
        return self._stream.write(data)


def _resource(path: str, digest: str, size: int) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    return {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _digest_of(description: bytes) -> bytes:
    digest = hashlib.sha256(description).hexdigest()
    return json.dumps({"path": "datapackage.json", "hash": f"sha256:{digest}"}).encode() + b"\n"
