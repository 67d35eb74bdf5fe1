"""The console's overview beside plain counts of the same, in the same run.

    python benchmarks/console.py [--sources 1000] [--articles 200000] [--rounds 5] [--keep DIR]

Makes a library up, asks a running console for its pages over HTTP, and takes the best of several
rounds. The counts: rows of the tables by the footers of their Parquet files, articles by source in
one scan of two columns, runs by source in SQL.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from archive.library import Library
from benchmarks.console_library import Size, make


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=100, help="batches, one a day")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the library there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "library"
        if not (path / "library.toml").exists():
            make(path, Size(options.sources, options.articles, options.days))
        _measure(path, options.rounds)
    return 0


def _measure(path: Path, rounds: int) -> None:
    began = time.perf_counter()
    command = [sys.executable, "-m", "backissue", "web", "--library", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout
        place = urlsplit(console.stdout.readline().strip()).netloc
        _get(place, "/")
        print(f"first page, sums made from nothing: {time.perf_counter() - began:6.2f} s")
        size = (path / "state/console.db").stat().st_size
        print(f"state/console.db: {size / 2**20:,.0f} MiB")
        with Library.open(path) as library:
            article = library.articles(columns=["article_id"]).to_arrow()["article_id"][0].as_py()
            ways: dict[str, Callable[[], object]] = {
                "plain counts": lambda: _count(library),
                "overview": lambda: _get(place, "/"),
                "overview, JSON": lambda: _get(place, "/", "application/json"),
                "a source": lambda: _get(place, "/sources/s1"),
                "an article": lambda: _get(place, f"/articles/{article}"),
                "coverage": lambda: _get(place, "/coverage"),
                "storage": lambda: _get(place, "/storage"),
                "metrics": lambda: _get(place, "/metrics"),
            }
            for name, way in ways.items():
                print(f"{name:20} {1000 * min(_timed(way) for _ in range(rounds)):7.1f} ms")
        console.terminate()


def _timed(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def _get(place: str, address: str, accept: str = "text/html") -> bytes:
    connection = http.client.HTTPConnection(place, timeout=600)
    try:
        connection.request("GET", address, headers={"Accept": accept})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body
    finally:
        connection.close()


def _count(library: Library) -> None:
    for table in ("articles", "captures", "crawl_log"):
        library.table(table).dataset.count_rows()
    columns = library.articles("all", columns=["source", "date_published"]).dataset.to_table(
        columns=["source", "date_published"]
    )
    columns.group_by("source").aggregate([("date_published", "max"), ("source", "count")])
    library.state.rows("SELECT source, count(*), max(started) FROM runs GROUP BY source")


if __name__ == "__main__":
    raise SystemExit(main())
