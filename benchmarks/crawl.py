"""A crawl of saved real pages end to end, beside bare Scrapy on the same pages in the same run.

    python benchmarks/crawl.py CORPUS [--pages 500] [--library DIR]

Prints pages/s and CPU ms per page for each stage, sizes, and checks that every page has a capture,
an outcome, and a pointer that leads to its record.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from archive.library import Library
from archive.source import Source
from archive.warc.captures import read_capture
from benchmarks.plain_script import Wanted, fetch_bare
from benchmarks.processes import seconds_in_process
from benchmarks.site import SITEMAP, SavedPage, read_corpus, served
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Order
from pipelines.derive.engine import Engine
from pipelines.derive.staging import pending, stage_all
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild

_ENGINE = Engine("local", 2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, help="at most so many of each corpus file")
    parser.add_argument("--library", type=Path, help="keep the library here")
    options = parser.parse_args()
    pages = read_corpus(options.corpus, options.pages)
    hosts = sorted({page.host for page in pages})
    print(f"{len(pages)} pages on {len(hosts)} hosts")
    with served(pages) as port, tempfile.TemporaryDirectory() as folder:
        library = Library.create(options.library or Path(folder) / "library")
        sources = tuple(map(_source, hosts))
        job = CrawlJob(library.path, sources, True, (f"*:80:127.0.0.1:{port}",))
        wanted = [Wanted(page.url, page.host, port) for page in pages]
        _stage("bare Scrapy", len(pages), fetch_bare, wanted)
        _stage("capture", len(pages), _crawl, job)
        requests = sum(run.captures for run in library.state.runs())
        print(f"  a request for each page, {requests / len(pages):.1f} with robots.txt and sitemap")
        _stage("bare Scrapy", len(pages), fetch_bare, wanted)
        _stage("derive", len(pages), _derive, library.path)
        _stage("publish", len(pages), _publish, library.path)
        failed = _check(library, pages)
        before = _contents(library)
        _stage("rebuild", len(pages), _rebuild, library.path)
        same = before == _contents(library)
        print(f"rebuilt tables are {'byte-identical' if same else 'DIFFERENT'}")
        _sizes(library)
        return int(failed or not same)


def _source(host: str) -> Source:
    name = "".join(c if c.isalnum() else "-" for c in host.lower())[:60].strip("-")
    url = f"http://{host}/"
    return Source(name=name, url=url, sitemaps=(f"http://{host}{SITEMAP}",), delay=0)


async def capture(job: CrawlJob) -> None:
    """Crawl the sources of *job* to their end."""
    process = await CrawlProcess.start(job)
    for source in job.sources:
        process.give(Order(source))
    process.end()
    async for _ in process.reports():
        pass
    if code := await process.wait():
        raise SystemExit(f"the crawl process ended with {code!r}")


def _crawl(job: CrawlJob) -> None:
    asyncio.run(capture(job))


def _derive(path: Path) -> None:
    with Library.open(path, writing=True) as library:
        stage_all(library, pending(library), _ENGINE, lambda _: None)


def _publish(path: Path) -> None:
    with Library.open(path, writing=True) as library:
        publish(library, _ENGINE, payloads=True)


def _rebuild(path: Path) -> None:
    with Library.open(path, writing=True) as library:
        rebuild(library, _ENGINE)


def _stage(name: str, pages: int, work: Callable[..., None], *arguments: object) -> None:
    """Do *work* in a process of its own, and print what it cost, its start included."""
    started = time.perf_counter()
    cpu = seconds_in_process(work, *arguments)
    seconds = time.perf_counter() - started
    print(f"{name:12} {pages / seconds:8.1f} pages/s {1000 * cpu / pages:8.2f} ms CPU/page")


def _check(library: Library, pages: list[SavedPage]) -> bool:
    """Every page has a capture and an outcome, every article's pointer leads to its record."""
    wanted = {page.url for page in pages}
    log = {row["url"]: row for row in library.crawl_log(columns=["url", "outcome", "verdict"])}
    captured = {row["url"] for row in library.captures(columns=["url"])}
    print(f"without capture: {len(wanted - captured)}, without outcome: {len(wanted - set(log))}")
    print("outcomes:", dict(Counter(log[url]["outcome"] for url in wanted & set(log))))
    print("verdicts:", dict(Counter(log[url]["verdict"] for url in wanted & set(log))))
    wrong = 0
    for row in library.articles("all"):
        with library.warc(row["warc_filename"]).open("rb") as stream:
            wrong += read_capture(stream, row["warc_record_offset"]).url != row["url"]
    print(f"article rows whose pointer leads elsewhere: {wrong}")
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        for tool in (["gzip", "-t"], [sys.executable, "-m", "fastwarc.cli", "check"]):
            done = subprocess.run([*tool, str(path)], capture_output=True, check=False)
            print(f"{' '.join(tool[-2:])} {path.name}: {'ok' if done.returncode == 0 else done}")
    return bool(wanted - captured or wanted - set(log) or wrong)


def _contents(library: Library) -> dict[str, bytes]:
    """The bytes of all table files, by their path without the generation's number."""
    return {
        str(path.relative_to(library.generation)).replace(f"g{library.generation.name}", "g"): (
            path.read_bytes()
        )
        for path in sorted(library.generation.glob("*/data/**/*.parquet"))
    }


def _sizes(library: Library) -> None:
    warc = sum(path.stat().st_size for path in library.path.glob("warc/**/*.warc.gz"))
    print(f"WARC {warc / 2**20:.1f} MiB")
    for table in ("articles", "captures", "payloads", "crawl_log", "removed"):
        files = list((library.generation / table).rglob("*.parquet"))
        size = sum(path.stat().st_size for path in files)
        print(f"{table:10} {size / 2**20:8.2f} MiB  {size / warc:6.3f} of the WARC")


if __name__ == "__main__":
    sys.exit(main())
