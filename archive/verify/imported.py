"""A capture in an imported file against the record of ours that names it."""

from __future__ import annotations

from pathlib import Path

from archive.errors import CorruptRecord
from archive.imported.captures import read_held
from archive.imported.index import HeldCapture
from archive.imported.reader import ForeignRecord, read_one, target_uri
from archive.types import CdxEntry
from archive.warc.records import digest
from archive.web.surt import surt


def check_held(root: Path, held: HeldCapture) -> tuple[CdxEntry, str | None]:
    """What rows must say of the capture, and what is wrong with it; *root* is the library."""
    where = f"{held.file} at byte {held.offset}: "
    try:
        capture = read_held(root, held)
    except CorruptRecord as error:
        return _entry(held, held.status, held.digest), where + error.reason
    original = capture.original
    found = original.payload_digest if original else digest(capture.payload)
    entry = _entry(held, capture.status, found)
    target = _target(root, held)
    wrong = None if target == held.url else f"the record is of {target}, not of {held.url}"
    return entry, where + wrong if wrong else None


def _target(root: Path, held: HeldCapture) -> str:
    with (root / held.file).open("rb") as stream:
        found = read_one(stream, held.offset, held.length)
    return target_uri(found.record) if isinstance(found, ForeignRecord) else ""


def _entry(held: HeldCapture, status: int | None, payload_digest: str) -> CdxEntry:
    return CdxEntry(
        urlkey=surt(held.url),
        timestamp=f"{held.moment:%Y%m%d%H%M%S}",
        url=held.url,
        mime=held.mime or "",
        status=status,
        digest=payload_digest if payload_digest.startswith("sha1:") else "",
        length=held.length,
        offset=held.offset,
        filename=held.file,
    )
