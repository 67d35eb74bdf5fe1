"""A WARC file that some tool packed into one gzip member, into one member for each record again.

No pointer leads into the middle of a member. The bytes of the records stay the same. Written as we
write them, they stand again where they stood before the tool came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.disk import files
from archive.imported.reader import ForeignRecord, foreign_records
from archive.library import Library
from archive.repair import quarantine
from archive.warc.gzip import gzip_member
from archive.warc_file import index_path

_WHY = "one gzip member for the whole file"


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What was done: the *file* as it was is kept whole in `quarantine/`."""

    file: str
    records: int
    sha256: str


def regroup(library: Library) -> Iterator[Regrouped]:
    """Write each sealed file that is one gzip member anew, its index too."""
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")):
        if _is_one_member(path):
            yield _regroup(library, path)


def _is_one_member(path: Path) -> bool:
    """Whether all records share one whole gzip member."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        first = next(foreign_records(stream, 0, size), None)
        if not isinstance(first, ForeignRecord) or first.alone:
            return False
        stream.seek(0)
        return all(
            isinstance(one, ForeignRecord) and one.offset == 0
            for one in foreign_records(stream, 0, size)
        )


def _regroup(library: Library, path: Path) -> Regrouped:
    name, size = str(path.relative_to(library.path)), path.stat().st_size
    digest, count = quarantine.keep_bytes(library, name, 0, size, _WHY), 0

    def members() -> Iterator[bytes]:
        nonlocal count
        with path.open("rb") as stream:
            for found in foreign_records(stream, 0, size):
                assert isinstance(found, ForeignRecord)
                count += 1
                yield gzip_member(found.head + found.record.block + b"\r\n\r\n")

    index_path(path).unlink(missing_ok=True)  # first: its places are those of before
    files.put(path, members())
    library.state.set_synced(name, path.stat().st_size, sealed=True)
    return Regrouped(name, count, digest)
