"""What a page costs, in processor time, beside what others would pay for it on the same pages.

    python benchmarks/page_costs.py CORPUS [--pages 600] [--hosts 12] [--rounds 3] [--only ROW...]

Three rows: `capture` is fetch, WARC and index against bare Scrapy, which keeps nothing; `published`
is a crawl up to Parquet against the script that one writes first, `benchmarks/plain_script.py`;
`rebuild` is the share of a rebuild that no further worker makes faster. Each round runs all sides
in turn. What starting a process costs is measured with a tenth of the pages, and taken off.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from archive.library import Library
from archive.source import Source
from benchmarks.crawl import capture
from benchmarks.plain_script import Wanted, fetch_and_publish, fetch_bare
from benchmarks.processes import seconds_in_process, seconds_used
from benchmarks.site import SITEMAP, SavedPage, read_corpus, served
from crawlers.process.child import CrawlJob
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild

_NAMED = ("scrapy", "twisted", "warcio", "trafilatura", "lxml", "pyarrow")
_ENGINE = Engine("local", 2)
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_ROWS = ("capture", "published", "rebuild")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--hosts", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=_ROWS, default=_ROWS)
    options = parser.parse_args()
    pages = on_few_hosts(read_corpus(options.corpus)[: options.pages], options.hosts)
    print(", ".join(f"{name} {version(name)}" for name in _NAMED), f"- Python {sys.version[:6]}")
    print(f"{len(pages)} pages on {options.hosts} hosts; load {os.getloadavg()[0]:.1f}")
    few = pages[: max(1, len(pages) // 10)]
    with served(pages) as port, served(few) as other_port:
        sites = Site(pages, port), Site(few, other_port)
        if "capture" in options.only:
            sides = (("bare Scrapy", _bare), ("Backissue", _captured))
            compare("fetch, WARC and index", sides, sites, options.rounds)
        if "published" in options.only:
            sides = (("plain script", _scripted), ("Backissue", published))
            compare("crawl to published Parquet", sides, sites, options.rounds)
        if "rebuild" in options.only:
            _serial_share(sites[0], options.rounds)
    return 0


def on_few_hosts(pages: Sequence[SavedPage], hosts: int) -> list[SavedPage]:
    """*pages* as the dated articles of so many magazines: a corpus has few pages of each host."""
    return [
        SavedPage(f"http://magazine-{n % hosts}.example/2026/05/{_slug(page.url)}", page.body)
        for n, page in enumerate(pages)
    ]


def _slug(url: str) -> str:
    """Five words of letters, other ones for each address: digits might be the number of a page."""
    digest = sha256(url.encode()).hexdigest().translate(_LETTERS)
    return "-".join(digest[at : at + 5] for at in range(0, 25, 5))


@dataclass(frozen=True, slots=True)
class Site:
    """Pages that are served on a port of loopback."""

    pages: list[SavedPage]
    port: int

    @property
    def sources(self) -> tuple[Source, ...]:
        """A source for each host, which its sitemap declares whole."""
        hosts = sorted({page.host for page in self.pages})
        return tuple(
            Source(
                name=host.partition(".")[0],
                url=f"http://{host}/",
                sitemaps=(f"http://{host}{SITEMAP}",),
                delay=0,
            )
            for host in hosts
        )

    @property
    def wanted(self) -> list[Wanted]:
        """The pages, for the others."""
        return [Wanted(page.url, page.host, self.port) for page in self.pages]


_Side = tuple[str, Callable[[Site], float]]
"""A name, and what gives the CPU seconds for a site."""


def compare(what: str, sides: tuple[_Side, _Side], sites: tuple[Site, Site], rounds: int) -> None:
    """Print what each of *sides* costs on the first of *sites*, without the costs of the second."""
    costs: dict[str, list[float]] = {name: [] for name, _ in sides}
    many, few = (len(site.pages) for site in sites)
    for _ in range(rounds):
        for name, run in sides:
            seconds = [run(site) for site in sites]
            costs[name].append(1000 * (seconds[0] - seconds[1]) / (many - few))
    print(f"\n{what}: ms CPU per page, each round and the median")
    for name, found in costs.items():
        each = " ".join(f"{one:6.2f}" for one in found)
        print(f"  {name:14} {each}   {statistics.median(found):6.2f}")
    (theirs, _), (ours, _) = sides
    ratios = [a / b for a, b in zip(costs[theirs], costs[ours], strict=True)]
    print(
        f"  {theirs} / {ours}: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


def _bare(site: Site) -> float:
    return seconds_in_process(fetch_bare, site.wanted)


def _scripted(site: Site) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return seconds_in_process(fetch_and_publish, site.wanted, Path(folder))


def _captured(site: Site) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return seconds_in_process(_crawl, Path(folder), site.sources, site.port, len(site.pages))


def published(site: Site) -> float:
    """CPU seconds of a crawl of *site* up to Parquet."""
    with tempfile.TemporaryDirectory() as folder:
        given = (Path(folder), site.sources, site.port, len(site.pages))
        return seconds_in_process(_crawl, *given, True)


def _serial_share(site: Site, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder, shares = Path(temporary), []
        _crawl(folder, site.sources, site.port, len(site.pages), publishing=True)
        print("\nrebuild with two workers: ms CPU per page in the process that leads, of all")
        for _ in range(rounds):
            whole = seconds_in_process(_rebuild, folder)
            own = float((folder / "own").read_text())
            shares.append(own / whole)
            per_page = 1000 / len(site.pages)
            print(f"  {own * per_page:6.2f} of {whole * per_page:6.2f}: {own / whole:.3f}")
        print(f"  serial share: {statistics.median(shares):.3f}", flush=True)


def _rebuild(folder: Path) -> None:
    with Library.open(folder / "library", writing=True) as library:
        before = seconds_used(resource.RUSAGE_SELF)
        rebuild(library, _ENGINE)
        (folder / "own").write_text(str(seconds_used(resource.RUSAGE_SELF) - before))


def _crawl(
    folder: Path, sources: tuple[Source, ...], port: int, pages: int, publishing: bool = False
) -> None:
    """Capture the *pages* that the sitemaps of *sources* name, into a new library in *folder*."""
    with Library.create(folder / "library") as library:
        job = CrawlJob(library.path, sources, True, (f"*:80:127.0.0.1:{port}",))
        asyncio.run(capture(job))
        captured = sum(run.captures for run in library.state.runs())
        if captured < pages:
            raise SystemExit(f"{captured} captures of {pages} pages")
        if publishing:
            publish(library, _ENGINE, payloads=True)


if __name__ == "__main__":
    sys.exit(main())
