"""A long crawl shows what has come before its last source has ended."""

from __future__ import annotations

import time

from archive.library import Library
from archive.source import Source
from backissue.crawling import crawl_sources
from backissue.output import meter
from crawlers.process.child import CrawlJob
from loopback import Answer, serving
from pipelines.derive.engine import Engine
from support import SILENT, command

TEXT = "".join(f"<p>On day {n} the tide left {n * n} nets upon the quay.</p>" for n in range(30))
PATIENCE = 50  # seconds


def test_a_crawl_publishes_while_it_goes_on(library: Library) -> None:
    settings = library.path / "library.toml"
    often = settings.read_text().replace('publish_every = "10m"', 'publish_every = "1s"')
    settings.write_text(often)
    journal = library.path / "batches.jsonl"
    seen: list[str] = []

    def answer(_: str, path: str, __: int) -> Answer:
        """The last page comes when something has been published, which its crawl must do."""
        until = time.monotonic() + PATIENCE
        while path == "/last/" and not (seen or time.monotonic() > until):
            time.sleep(0.05)
            seen.extend(journal.read_text().splitlines())
        return Answer(f"<article><h1>{path}</h1>{TEXT}</article>")

    with serving() as host, Library.open(library.path, writing=True) as opened:
        host.answer = answer
        pages = (*(f"/2025/piece-{n}/" for n in range(6)), "/last/")
        source = Source(name="quay", url="http://quay.example/", pages=pages, delay=0)
        job = CrawlJob(library.path, (source,), True, host.resolve)
        with meter(SILENT, "") as shown:
            crawled = crawl_sources(opened, job, Engine("local", 1), shown)
    assert [run.state for run in crawled.runs] == ["done"]
    assert seen
    assert len(journal.read_text().splitlines()) > len(seen)
    with Library.open(library.path) as opened:
        rows = opened.generation.joinpath("crawl_log").rglob("*.parquet")
        assert len(list(rows)) >= 2
    done = command("verify", "--library", library.path)
    assert done.returncode == 0, done.stdout
