"""What many small batches cost before and after their files are merged.

    python benchmarks/merging.py [--batches 500 2000] [--hours 4] [--folder DIR]

Libraries of batches with two captures each, made as a publish makes them, and not merged. A copy of
each is merged as the next publish does it. Each measurement is a process of its own: CPU seconds
with the start of Python.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from archive.library import Library
from archive.removal.withheld import table_files
from archive.tables import journal
from archive.tables.digest import digests, library_digest
from archive.tables.journal import BATCH_URI, Batch
from archive.types import Capture, Discovery
from archive.warc.records import resource_record, warc_date
from archive.warc_file import WarcFile
from archive.writer import WarcWriter
from benchmarks.processes import children, seconds_of
from pipelines.derive.engine import Engine
from pipelines.derive.staging import pending
from pipelines.publish import mend_batches, publish

_START = datetime(2026, 1, 1, tzinfo=UTC)
_ENGINE = Engine("local", 1)
_TOGETHER = 50  # batches whose files are written by one call
_READ = "import pandas; print(len(pandas.read_parquet({!r})))"
_WORDS = "harbour light kept sisters wrote every ship cargo green book winter ice sound sail weeks"


def page(number: int) -> bytes:
    """The HTML of an article of about 200 words, no two alike."""
    words = _WORDS.split()
    texts = [
        " ".join(words[(number * 7 + at * at + part) % len(words)] for at in range(50))
        + f" {number}."
        for part in range(4)
    ]
    body = "".join(f"<p>{text.capitalize()}</p>" for text in texts)
    return (
        f"<!doctype html><html lang=en><head><title>Log {number}</title></head>"
        f"<body><article><h1>Log {number}</h1>{body}</article></body></html>"
    ).encode()


def captured(number: int, moment: datetime) -> Capture:
    """A response of the page *number*."""
    return Capture(
        url=f"https://north.example/log/{number}",
        fetch_time=moment,
        request=f"GET /log/{number} HTTP/1.1\r\nHost: north.example\r\n\r\n".encode(),
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        body=page(number),
        warc_record_id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        run_id=f"run-{number // 2}",
        discovery=Discovery(source="north", by="feed", via="https://north.example/feed"),
        details={"latency_ms": 7},
        role="page",
    )


def make(path: Path, batches: int, hours: int) -> None:
    """A library of so many *batches*, each *hours* after the one before; none is merged."""
    with Library.create(path, "hourly"):
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    with Library.open(path, writing=True) as library:
        seen: set[str] = set()
        for number in range(1, batches + 1):
            closed = _START + timedelta(hours=hours * number)
            writer = WarcWriter(library)
            for one in (2 * number, 2 * number + 1):
                moment = closed - timedelta(minutes=5, microseconds=one % 1000)
                writer.write(captured(one, moment)).result()
            writer.close()
            _close(library, number, closed, seen)
            if number % _TOGETHER == 0 or number == batches:
                mend_batches(library, _ENGINE)


def _close(library: Library, number: int, closed: datetime, seen: set[str]) -> None:
    """Record the batch *number* of the files that are not *seen* yet."""
    spans = tuple(sorted(span for span in pending(library) if span.file not in seen))
    file = WarcFile(library, 0)
    body = Batch(number, warc_date(closed), spans).to_bytes()
    uri, info = f"{BATCH_URI}{number}", file.warcinfo_id
    file.append([resource_record(uri, body, "application/json", closed, info)])
    file.seal()
    seen.update(span.file for span in spans)
    seen.add(file.name)


def footers(generation: Path) -> tuple[int, int]:
    """How many table files there are, and the bytes of their footers."""
    sizes = [
        pq.read_metadata(generation / path).serialized_size for path in table_files(generation)
    ]
    return len(sizes), sum(sizes)


def seconds(*words: str) -> float:
    """The CPU seconds of a Python process and all that it started."""
    command = [sys.executable, *words]
    run = partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
    return seconds_of(run, children())


def measured(path: Path) -> dict[str, float]:
    """What each command costs on the library at *path*, in CPU seconds."""
    command, at = ("-m", "backissue"), ("--library", str(path))
    return {
        "status": seconds(*command, "status", *at),
        "verify": seconds(*command, "verify", *at),
        "pandas": seconds("-c", _READ.format(str(path / "articles"))),
        "captures URL": seconds(*command, "captures", "https://north.example/log/7", *at),
        "search": seconds(*command, "search", "harbour", *at),
        "search again": seconds(*command, "search", "harbour", *at),
    }


def run(folder: Path, batches: int, hours: int) -> None:
    """Make a library and its merged copy, and print a line for each figure."""
    small, merged = folder / f"small-{batches}", folder / f"merged-{batches}"
    make(small, batches, hours)
    shutil.copytree(small, merged, symlinks=True)
    begun = time.process_time()
    with Library.open(merged, writing=True) as library:
        publish(library, _ENGINE)
        cost = time.process_time() - begun
        whole = library_digest(digests(library.generation))
        new = library.generation
        count = len(journal.read_journal(new))
    with Library.open(small) as library:
        assert library_digest(digests(library.generation)) == whole
        old = library.generation
    print(f"{count:,} batches; merged in {cost:.1f} CPU seconds")
    for name, before, after in zip(("files", "footers"), footers(old), footers(new), strict=True):
        print(f"  {name}: {before:,} -> {after:,}")
    figures = [measured(path) for path in (small, merged)]
    for name in figures[0]:
        print(f"  {name}: {figures[0][name]:.2f} s -> {figures[1][name]:.2f} s", flush=True)


def main() -> None:
    """Measure libraries of each number of batches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, nargs="+", default=[500, 2_000])
    parser.add_argument("--hours", type=int, default=4, help="between two batches")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for batches in options.batches:
            run(Path(folder), batches, options.hours)


if __name__ == "__main__":
    main()
