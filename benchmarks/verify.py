"""`verify` beside SHA-1 over the same bytes, in the same run.

    python benchmarks/verify.py CORPUS [--pages 500] [--copies 3] [--rounds 5]

Writes the corpus pages into a library's WARC files and takes the best of several rounds of each:
SHA-1 over the inflated stream in memory; reading the files, inflating and SHA-1; all WARC and CDXJ
checks in one process; the same on all cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from archive.library import Library
from archive.types import Capture, Discovery
from archive.verify.library import verify
from archive.warc.gzip import read_member
from archive.warc.records import new_record_id
from archive.writer import WarcWriter
from benchmarks.site import SavedPage, read_corpus
from pipelines.derive.engine import Engine, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, help="at most so many of each corpus file")
    parser.add_argument("--copies", type=int, default=3, help="write each page so many times")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pages = read_corpus(options.corpus, options.pages)
    with tempfile.TemporaryDirectory() as folder:
        path = _write(Path(folder) / "library", pages, options.copies)
        return _measure(path, options.rounds)


def _write(path: Path, pages: list[SavedPage], copies: int) -> Path:
    with Library.create(path) as library, closing(WarcWriter(library)) as writer:
        for _ in range(copies):
            for page in pages:
                writer.write(_capture(page)).result()
    return path


def _capture(page: SavedPage) -> Capture:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: nginx\r\nContent-Length: {}\r\n\r\n"
    )
    return Capture(
        url=page.url,
        fetch_time=datetime.now(UTC),
        request=f"GET {page.url} HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode(),
        head=head.format(len(page.body)).encode(),
        body=page.body,
        warc_record_id=new_record_id(),
        run_id="benchmark",
        discovery=Discovery(source="benchmark", by="sitemap"),
    )


def _inflated(path: Path) -> Iterator[bytes]:
    for warc in sorted(path.glob("warc/**/*.warc.gz")):
        with warc.open("rb") as stream:
            at = 0
            while member := read_member(stream, at):
                yield member[0]
                at += member[1]


def _sha1(parts: Iterator[bytes]) -> None:
    state = hashlib.sha1()
    for part in parts:
        state.update(part)


def _measure(path: Path, rounds: int) -> int:
    members = list(_inflated(path))
    size = sum(map(len, members))
    print(f"{len(members):,} records, {size / 1e6:,.0f} MB inflated, {os.cpu_count()} cores")
    engine = Engine("local", os.cpu_count() or 1)
    ways: dict[str, Callable[[], object]] = {
        "SHA-1, in memory": lambda: _sha1(iter(members)),
        "read, inflate, SHA-1": lambda: _sha1(_inflated(path)),
        "verify, one process": lambda: verify(path),
        "verify, all cores": lambda: verify(path, partial(run, engine)),
    }
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            best[name] = min(time.perf_counter() - started, best.get(name, 1e9))
    memory, stream = best["SHA-1, in memory"], best["read, inflate, SHA-1"]
    for name, seconds in best.items():
        print(
            f"{name:22} {size / seconds / 1e6:7.0f} MB/s  {memory / seconds:5.2f} of SHA-1 alone  "
            f"{stream / seconds:5.2f} of SHA-1 with reading"
        )
    wrong = verify(path).errors
    print("nothing wrong" if not wrong else f"{wrong} errors")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
