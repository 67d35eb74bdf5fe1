"""Captures of a library as a WACZ file, which ReplayWeb.page and other players open.

The format is that of https://specs.webrecorder.net/wacz/1.1.1/: a ZIP file with WARC files, stored;
an index of them in blocks (ZipNum CDXJ); a list of pages with their texts; and
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
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import SEEK_END
from pathlib import Path
from typing import IO, Any, BinaryIO

from archive.disk import files
from archive.errors import UsageError
from archive.library import Library
from archive.version import VERSION
from pipelines.exporting.export_warc import ExportProgress
from pipelines.exporting.selection import Filters, count
from pipelines.exporting.wacz_records import PackedRecords, WarcFiles
from pipelines.exporting.zipnum import zipnum

MAX_WARC = 2_000_000_000
"""Bytes of a WARC file in the package: from 2,045,222,520 on, zipfile gives it a ZIP64 header."""
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
    *,
    max_warc: int = MAX_WARC,
) -> Packed:
    """Write the wanted captures to the new file *output* (.wacz), with the originals of revisits.

    No WARC file in it has more than *max_warc* bytes, unless one capture alone has. UsageError
    where *output* is there already, or where nothing is wanted.
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
        with tempfile.TemporaryFile(dir=output.parent) as warc:
            records = PackedRecords(library, WarcFiles(package.put_warc, warc, max_warc))
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

    def put_warc(self, name: str, warc: BinaryIO) -> None:
        """Add the WARC file that *warc* holds."""
        path = f"archive/{name}"
        self._note(path, warc)
        self._copy(path, warc, stored=True)

    def _copy(self, path: str, stream: BinaryIO, *, stored: bool = False) -> None:
        with self._open(path, stream.seek(0, SEEK_END), stored) as target:
            stream.seek(0)
            shutil.copyfileobj(stream, target, _PIECE)

    def _put(self, path: str, data: bytes, *, stored: bool = False) -> None:
        with self._open(path, len(data), stored) as target:
            target.write(data)

    def _open(self, path: str, size: int, stored: bool) -> IO[bytes]:
        """A new file of the package. Its size has to be known: wabac.js finds a record only where
        a local header has no ZIP64 fields, and these stand there where a file may be large."""
        info = zipfile.ZipInfo(path, self._last.timetuple()[:6])
        if self._last.year < _FIRST_YEAR:
            info.date_time = (_FIRST_YEAR, 1, 1, 0, 0, 0)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.file_size = size
        return self._archive.open(info, "w")

    def _note(self, path: str, stream: BinaryIO) -> None:
        """List a file in the description."""
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
        name, size = path.rpartition("/")[2], stream.seek(0, SEEK_END)
        self._resources.append(
            {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size}
        )

    def finish(self, index: Iterable[str], pages: BinaryIO) -> None:
        """Write the index, the pages and the description of all, in the order of their names."""
        blocks, places = zipnum(sorted(index))
        self._note("indexes/index.cdx.gz", io.BytesIO(blocks))
        self._note("indexes/index.idx", io.BytesIO(places))
        self._note("pages/pages.jsonl", pages)
        description = self._description()
        self._put("datapackage-digest.json", _digest_of(description))
        self._put("datapackage.json", description)
        self._put("indexes/index.cdx.gz", blocks, stored=True)
        self._put("indexes/index.idx", places)
        self._copy("pages/pages.jsonl", pages)

    def _description(self) -> bytes:
        moment = self._last.strftime("%Y-%m-%dT%H:%M:%SZ")
        values = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": self._library.settings.name,
            "software": f"Backissue/{VERSION}",
            "created": moment,
            "modified": moment,
            "resources": self._resources,
        }
        return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


def _digest_of(description: bytes) -> bytes:
    digest = hashlib.sha256(description).hexdigest()
    return json.dumps({"path": "datapackage.json", "hash": f"sha256:{digest}"}).encode() + b"\n"
