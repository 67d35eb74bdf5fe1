"""What a crash left, into what a reader expects: torn tails cut and kept aside, open files sealed.

Touches only what it can lock, so a file that a live crawl writes is left alone. Doing it again
changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from archive import cdxj, files
from archive.errors import CorruptRecord
from archive.library import Library
from archive.locks import try_lock
from archive.records import Located, read_record
from archive.state import WarcFile
from archive.types import CdxEntry
from archive.writer import index_path


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done to one WARC file; *cut* bytes at *offset* went to `quarantine/`."""

    file: str
    records: int
    cut: int = 0
    offset: int = 0
    sha256: str | None = None


def recover(library: Library) -> list[Mended]:
    """Seal every `.open` file that has no live writer, and enter every WARC file into the state."""
    mended = []
    for path in sorted(library.path.glob("warc/**/*.warc.gz.open")):
        with _unheld(path) as left:
            if left:
                mended.append(_mend(library, path))
    _remove_temporary(library)
    known = {file.name for file in library.state.warc_files() if file.sealed}
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        name = str(path.relative_to(library.path))
        if name not in known:
            library.state.set_synced(name, path.stat().st_size, sealed=True)
    for file in _gone(library):
        library.state.forget_warc(file.name)
    return mended


@contextmanager
def _unheld(path: Path) -> Iterator[bool]:
    """Whether *path* has no live writer; none can come while this lasts."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with stream:
        yield try_lock(stream) and path.exists()  # its writer may just have given it another name


def _mend(library: Library, path: Path) -> Mended:
    """Cut *path* after its last whole record, index it, give it its final name."""
    final = path.with_suffix("")
    name = str(final.relative_to(library.path))
    entries: list[CdxEntry] = []
    count, end = 0, 0
    for located in whole_records(path):
        entry = cdxj.entry_of(located, name)
        entries += [entry] if entry else []
        count, end = count + 1, located.offset + located.length
    with path.open("rb") as stream:
        stream.seek(end)
        tail = stream.read()
    if tail:
        _quarantine(library, name, end, tail)
        with path.open("r+b", buffering=0) as stream:
            stream.truncate(end)
            files.sync(stream)
    if count == 0:
        path.unlink()
        files.sync_folder(path.parent)
        return Mended(name, 0, len(tail), end, hashlib.sha256(tail).hexdigest())
    files.put(index_path(final), cdxj.to_bytes(entries))
    files.rename(path, final)
    library.state.set_synced(name, end, sealed=True)
    return Mended(name, count, len(tail), end, hashlib.sha256(tail).hexdigest() if tail else None)


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


def _quarantine(library: Library, name: str, offset: int, tail: bytes) -> None:
    digest = hashlib.sha256(tail).hexdigest()
    stem = f"{Path(name).name}.{offset}"
    files.put(library.path / "quarantine" / f"{stem}.tail", tail)
    card = {"file": name, "offset": offset, "length": len(tail), "sha256": digest}
    files.put(library.path / "quarantine" / f"{stem}.json", json.dumps(card).encode())


def _remove_temporary(library: Library) -> None:
    for pattern in ("warc/**/.*.tmp", "quarantine/.*.tmp", ".*.tmp"):
        for path in library.path.glob(pattern):
            with _unheld(path) as left:
                if left:
                    path.unlink()


def _gone(library: Library) -> list[WarcFile]:
    found = []
    for file in library.state.warc_files():
        sealed = library.path / file.name
        if not (sealed.with_name(f"{sealed.name}.open").exists() or sealed.exists()):
            found.append(file)
    return found


def as_json(mended: Mended) -> str:
    """One line of `backissue repair --json`."""
    return json.dumps({"type": "mended", **asdict(mended)})
