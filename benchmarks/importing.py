"""How fast a file that others made is read, beside FastWARC and warcio, and imported as a whole.

`python benchmarks/importing.py [MIB] [--whole]`: makes a file of about MIB mebibytes (default 100;
pages of random words, one record in four random bytes) and reads it three times by each reader, one
after the other; the best of three counts. With --whole it is imported, too.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fastwarc import ArchiveIterator as FastIterator
from warcio import ArchiveIterator

from archive.imported.reader import ForeignRecord, foreign_records
from archive.library import Library
from archive.warc.gzip import gzip_member
from benchmarks.processes import seconds_in_process
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import import_files

_HEAD = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
    "WARC-Target-URI: https://paper.example/{number}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
    "Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
)


def make(path: Path, size: int) -> int:
    """Write a WARC file of about *size* bytes; returns the number of its records."""
    chosen = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chosen.choices(letters, k=chosen.randint(2, 9))) for _ in range(5000)]
    number = 0
    with path.open("wb") as stream:
        while stream.tell() < size:
            number += 1
            if number % 4:
                text = (" ".join(chosen.choices(words, k=120)) for _ in range(50))
                kind, body = "text/html", "".join(f"<p>{part}.</p>" for part in text).encode()
            else:
                kind, body = "image/png", chosen.randbytes(30_000)
            http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + body
            head = _HEAD.format(number=number, length=len(http)).encode()
            stream.write(gzip_member(head + http + b"\r\n\r\n"))
    return number


def by_ours(path: Path) -> int:
    """Read all records by the reader of `import`."""
    with path.open("rb") as stream:
        return sum(
            isinstance(found, ForeignRecord)
            for found in foreign_records(stream, 0, path.stat().st_size)
        )


def by_fastwarc(path: Path) -> int:
    """Read all records by FastWARC, which does not look for what is wrong."""
    with path.open("rb") as stream:
        return sum(bool(one.reader.read()) for one in FastIterator(stream, parse_http=False))


def by_warcio(path: Path) -> int:
    """Read all records by warcio."""
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, no_record_parse=True)
        return sum(bool(one.raw_stream.read()) for one in records)


def best_of_three(read: Callable[[Path], int], path: Path, expected: int) -> float:
    """Seconds of the fastest of three readings."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        if read(path) != expected:
            raise SystemExit(f"{read.__name__} found another number of records")
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Make the file, read it, import it, and print what it took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("mib", nargs="?", type=int, default=100)
    asked.add_argument("--whole", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.warc.gz"
        count = make(path, options.mib << 20)
        size = path.stat().st_size / 2**20
        ours = best_of_three(by_ours, path, count)
        print(f"{count:,} records, {size:.0f} MiB; ours: {size / ours:.1f} MiB/s")
        for name, reader in (("FastWARC", by_fastwarc), ("warcio", by_warcio)):
            taken = best_of_three(reader, path, count)
            print(f"{name}: {size / taken:.1f} MiB/s; ours is {taken / ours:.2f} times as fast")
        if options.whole:
            seconds_in_process(_import, path, Path(folder) / "library", size)
            print(f"the largest of all: {_most(resource.RUSAGE_CHILDREN):.0f} MiB at most")


def _import(path: Path, folder: Path, size: float) -> None:
    start = time.perf_counter()
    with Library.create(folder) as library:
        imported = import_files(library, [path], Engine("local", 2))
    taken = time.perf_counter() - start
    rows = imported.rows
    print(f"imported: {size / taken:.2f} MiB/s, {rows['captures'] / taken:.0f} captures/s")
    print(f"the process that leads: {_most(resource.RUSAGE_SELF):.0f} MiB at most")


def _most(kind: int) -> float:
    """The most memory of a process, in MiB."""
    return resource.getrusage(kind).ru_maxrss / 1024


if __name__ == "__main__":
    main()
