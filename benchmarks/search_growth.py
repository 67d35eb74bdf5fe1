"""What the search index costs: to make, to bring up by one batch, to ask; and what `show` costs.

    python benchmarks/search_growth.py [--articles 10000 100000] [--batch 100] [--folder DIR]

Libraries of made articles: texts of 300 to 700 words, as frequent as Zipf's law has it; every
tenth has as many Chinese characters instead. Their rows are written as a batch is, without WARC
files. Each measurement is a process of its own: CPU seconds, and the most memory beyond what the
process had with all modules loaded.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from archive.library import Library
from archive.search.hits import count, search
from archive.search.index import index_path, update
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span
from archive.tables.names import versions_named
from archive.tables.parquet import file_path, sort_rows, write_rows
from archive.tables.schema import TABLES
from archive.web.surt import article_id, url_surtkey

_START = datetime(2026, 1, 1, tzinfo=UTC)
_FILE = 5_000  # articles of a batch, while the library is made
_QUERIES = {
    "a rare word": "w19990",
    "a common word": "w3",
    "two words": "w40 AND w900",
    "a phrase": '"w1 w2"',
    "a rare run of characters": "\u4e03\u57c4",
    "a common run of characters": "\u4e03\u4e04",
}


def texts(seed: int, number: int) -> Iterator[str]:
    """Made texts, *number* of them."""
    random = Random(seed)
    words = [f"w{rank}" for rank in range(20_000)]
    characters = [chr(0x4E00 + rank) for rank in range(3_000)]
    weights = {
        len(kind): list(accumulate(1 / (rank + 2) for rank in range(len(kind))))
        for kind in (words, characters)
    }
    for at in range(number):
        kind, joint = (characters, "") if at % 10 == 9 else (words, " ")
        sums = weights[len(kind)]
        picked = (
            kind[bisect(sums, random.random() * sums[-1])]
            for _ in range(random.randrange(300, 700))
        )
        yield joint.join(picked)


def add(library: Library, number: int, first: int, size: int) -> None:
    """Publish *size* made articles as batch *number*."""
    rows = [_row(at, text) for at, text in enumerate(texts(number, size), first)]
    table = sort_rows("articles", pa.Table.from_pylist(rows, schema=TABLES["articles"]))
    path = file_path("articles", "2026-01", f"g0001-{number:06}-abcdef01")
    file = write_rows(library.generation, path, "articles", table)
    batch = Batch(number, f"{_START:%Y-%m-%dT%H:%M:%SZ}", ())
    entry = JournalEntry(batch, Span("warc/b", 0, number), "made 1", "sha256:0", (file,))
    journal.append(library.generation, entry)


def _row(number: int, text: str) -> dict[str, Any]:
    url = f"https://magazine{number % 40}.example/{number % 997}/piece-{number}"
    blank: dict[str, Any] = dict.fromkeys(TABLES["articles"].names)
    return blank | {
        "article_id": article_id(url),
        "version": 1,
        "url": url,
        "url_surtkey": url_surtkey(url),
        "headline": text[:50],
        "article_body": text,
        "article_body_markdown": text,
        "evidence": '{"article_body": {"from": "made"}}',
        "in_language": "en",
        "completeness": "full",
        "text_digest": f"sha256:{number}",
        "source": f"magazine{number % 40}",
        "fetch_time": _START + timedelta(seconds=number),
        "warc_record_id": f"urn:uuid:{number:032}",
    }


def _memory(name: str) -> int:
    """A figure of this process in MiB: `VmRSS` is what it holds, `VmHWM` the most that it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) >> 10


def _measured(folder: Path, act: Callable[[Library], object]) -> tuple[float, float, int]:
    with Library.open(folder) as library:
        held, cpu, wall = _memory("VmRSS"), time.process_time(), time.perf_counter()
        act(library)
        spent = time.process_time() - cpu, time.perf_counter() - wall
    return *spent, _memory("VmHWM") - held


def measure(folder: Path, name: str, act: Callable[[Library], object]) -> None:
    """Print what *act* costs in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cpu, wall, memory = pool.apply(_measured, (folder, act))
    print(f"  {name:40} {cpu:8.3f} s CPU {wall:8.3f} s {memory:6,} MiB", flush=True)


def _ask(query: str, library: Library) -> None:
    list(search(library, query))


def _count(query: str, library: Library) -> None:
    count(library, query)


def _ask_filtered(query: str, library: Library) -> None:
    list(search(library, query, source="magazine7", since="2026-01-01", language="en"))


def _show(identity: str, library: Library) -> None:
    assert versions_named(library.generation, identity)


def run(folder: Path, articles: int, batch: int) -> None:
    """Make a library, and print what its index costs."""
    with Library.create(folder) as library:
        for number, first in enumerate(range(0, articles, _FILE), 1):
            add(library, number, first, min(_FILE, articles - first))
        print(f"{articles:,} articles", flush=True)
        measure(folder, "the index is made", update)
        tables = sum(p.stat().st_size for p in library.generation.glob("articles/data/*/*"))
        index = index_path(library).stat().st_size
        for step in range(3):
            add(library, number + 1 + step, articles + step * batch, batch)
            measure(folder, f"a batch of {batch} comes in", update)
    for name, query in _QUERIES.items():
        measure(folder, f"search: {name}", partial(_ask, query))
    measure(folder, "search: a common word, filtered", partial(_ask_filtered, "w3"))
    measure(folder, "count: a common word", partial(_count, "w3"))
    one = article_id(str(_row(articles // 2, "")["url"]))
    for name, wanted in (
        ("ID", one),
        ("first characters", one[:9]),
        ("URL", _row(articles // 2, "")["url"]),
    ):
        measure(folder, f"show: {name}", partial(_show, wanted))
    size = f"{index / 2**20:,.0f} MiB, {index / tables:.2f} of the article files"
    print(f"  {'the index has':40} {size}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--batch", type=int, default=100, help="articles of the batch that comes")
    parser.add_argument("--folder", type=Path, help="where the libraries are made, and stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for articles in options.articles:
            folder = (options.folder or Path(temporary)) / f"library-{articles}"
            run(folder, articles, options.batch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
