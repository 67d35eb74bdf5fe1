"""Bytes that no row can come from, kept aside: copied to `quarantine/`, each with a JSON card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from archive.disk import files
from archive.library import Library

_PIECE = 1 << 20  # bytes copied at a time
_UNREADABLE = 1 << 12  # bytes that a disk loses as a whole: they become zeros


def keep_bytes(library: Library, file: str, start: int, end: int, why: str) -> str:
    """Copy bytes *start* to *end* of the WARC *file* to `quarantine/`; their SHA-256, in hex.

    What is kept there already is left as it is; of a file that is gone nothing is kept.
    """
    if not library.warc(file).exists():
        return hashlib.sha256().hexdigest()
    digest, length = _measured(library.warc(file), start, end)
    stem = _stem(library, file, start, digest)
    card = {"file": file, "offset": start, "length": length, "sha256": digest, "why": why}
    body = json.dumps(card).encode()
    place, copy = (stem.with_name(f"{stem.name}.{kind}") for kind in ("json", "bytes"))
    if not place.exists():  # first: the card says which bytes have the name
        files.put(place, body)
    if not copy.exists():
        files.put(copy, _pieces(library.warc(file), start, end))
    return digest


def _measured(path: Path, start: int, end: int) -> tuple[str, int]:
    found, length = hashlib.sha256(), 0
    for piece in _pieces(path, start, end):
        found.update(piece)
        length += len(piece)
    return found.hexdigest(), length


def _stem(library: Library, file: str, start: int, digest: str) -> Path:
    """The name of the copy without its end; never that of other bytes, nor of another length."""
    plain = library.path / "quarantine" / f"{Path(file).name}.{start}"
    card = plain.with_name(f"{plain.name}.json")
    try:
        other = json.loads(card.read_bytes())["sha256"] != digest
    except FileNotFoundError:
        other = False
    return plain.with_name(f"{plain.name}-{digest[:8]}") if other else plain


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The bytes as far as they are there; zeros for sectors that the disk cannot read."""
    with path.open("rb", buffering=0) as stream:
        at = start
        while at < end:
            stream.seek(at)
            try:
                piece = stream.read(min(_PIECE, end - at))
            except OSError:
                piece = bytes(min(_UNREADABLE - at % _UNREADABLE, end - at))
            if not piece:
                return
            yield piece
            at += len(piece)
