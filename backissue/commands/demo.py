"""`backissue demo`: the sample magazines, crawled twice on loopback, and what came of it."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.errors import NotALibrary, UsageError
from backissue.commands.show import diff
from backissue.output import meter, print_json, print_table, say, shown

if TYPE_CHECKING:
    from archive.library import Library
    from archive.source import Source
    from backissue.crawling import Crawled
    from backissue.sample import SampleMagazines

HELP: Final = "crawl the bundled sample magazines and show what came of it"
EXAMPLE: Final = "backissue demo"
NAME = "demo"
_LOAD = """\
Load it (pip install 'backissue[load]' brings pandas, polars and DuckDB):
  pandas   pandas.read_parquet("{path}/articles/data")
  polars   polars.read_parquet("{path}/articles/data/**/*.parquet")
  DuckDB   duckdb.sql("FROM '{path}/articles/data/**/*.parquet'")
  Python   backissue.open("{path}").articles().to_pandas()  # newest
Look at it:
  {program} search --library {path} "harbour OR wood"
  {program} replay --library {path}
"""


def flags(command: ArgumentParser) -> None:
    """Where the demo's own library goes."""
    command.add_argument(
        "--library", type=Path, metavar="DIR", help="where to keep it (default: ./demo-library)"
    )


def run(options: Namespace) -> int:
    """Crawl, let the magazines change, crawl again, and show both."""
    from backissue.crawling import crawl_sources
    from backissue.sample import SampleMagazines
    from crawlers.process.child import CrawlJob
    from pipelines.derive.engine import Engine

    path = options.library or Path("demo-library")
    _remove_earlier(path)
    with _make_library(path) as library, SampleMagazines() as site:
        sources = tuple(_declare(library, site))
        job = CrawlJob(library.path, sources, allow_private=True, resolve=tuple(site.resolve))
        say(options, "Three invented magazines are on loopback; Backissue crawls them.\n")
        rows, exit_code = [], 0
        for number, title in enumerate(("first crawl", "after changes")):
            if number:
                site.advance()
            with meter(options, title) as shown:
                crawled = crawl_sources(library, job, Engine("local", 2), shown)
            exit_code = max(exit_code, crawled.exit_code)
            rows.append(_crawl_row(title, library, crawled))
        _print_crawls(options, library, rows, path)
    return exit_code


def _make_library(path: Path) -> Library:
    """A new library that keeps what replay needs to look right: styles and images."""
    from archive.library import Library

    with Library.create(path, NAME) as library:
        settings = library.path / "library.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("requisites = false", "requisites = true"))
    return Library.open(path)


def _remove_earlier(path: Path) -> None:
    """An earlier demo's library goes; anything else at that place stays."""
    from archive.library import Library

    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    try:
        with Library.open(path) as library:
            ours = library.settings.name == NAME
    except NotALibrary:
        ours = False
    if not ours:
        raise UsageError(f"{path} is there already and no demo's: name another with --library")
    shutil.rmtree(path)


def _declare(library: Library, site: SampleMagazines) -> Iterator[Source]:
    from archive.source import Source
    from crawlers.sources.toml import write_source

    for magazine in site.magazines:
        source = Source(
            name=magazine.name,
            url=magazine.url,
            title=magazine.title,
            feeds=(magazine.feed_url,),
            sitemaps=(magazine.sitemap_url,),
            delay=0,  # it is our own server
        )
        write_source(library.path / "sources" / f"{source.name}.toml", source)
        yield source


def _crawl_row(title: str, library: Library, crawled: Crawled) -> dict[str, Any]:
    verdicts = crawled.published.verdicts if crawled.published else {}
    runs = {run.run_id for run in crawled.runs}
    log = library.crawl_log(columns=["run_id", "outcome"]).to_pylist()
    outcomes = [row["outcome"] for row in log if row["run_id"] in runs]
    return {
        "crawl": title,
        "URLs": len(outcomes),
        "fetched": outcomes.count("fetched"),
        "304": outcomes.count("not_modified"),
        "forbidden": outcomes.count("robots"),
        "new": verdicts.get("article", 0),
        "changed": verdicts.get("version", 0),
        "unchanged": verdicts.get("unchanged", 0),
    }


def _print_crawls(
    options: Namespace, library: Library, rows: list[dict[str, Any]], path: Path
) -> None:
    from rich.console import Console

    changed = list(_changed(library))
    files = [file for file in sorted(library.path.rglob("*")) if file.is_file()]
    sizes = _sizes_on_disk(library.path, files)
    if options.json:
        for row in rows:
            print_json("crawl", row)
        print_json("summary", {"library": str(library.path), "sizes": sizes})
        return
    if options.quiet:
        return
    headings = [name for name in rows[0] if any(row[name] for row in rows)]
    print_table("", headings, [[row[name] for name in headings] for row in rows])
    for old, new in changed:
        print(shown(f"\nA new version of «{new['headline']}»:"))
        Console().print(diff(old, new), soft_wrap=True)
    print_table("What is on disk", ["", "files", "bytes"], sizes)
    say(options, "\n" + _LOAD.format(path=path, program=_program()))


def _program() -> str:
    """How this program was called: the shell may know it by its path only."""
    called = Path(sys.argv[0])
    if shutil.which("backissue") or called.name != "backissue":
        return "backissue"
    return str(called)


def _changed(library: Library) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    import pyarrow.compute as pc

    articles = library.articles("all").to_arrow().sort_by([("article_id", "ascending")])
    rows = articles.filter(pc.is_valid(articles["article_id"])).to_pylist()
    rows.sort(key=lambda row: (row["article_id"], row["version"]))
    for old, new in pairwise(rows):
        if old["article_id"] == new["article_id"]:
            yield old, new


def _sizes_on_disk(library: Path, files: list[Path]) -> list[list[Any]]:
    kinds = {
        "WARC, as the servers sent it": ".warc.gz",
        "CDXJ indexes": ".cdxj",
        "articles": "articles/",
        "captures": "captures/",
        "payloads": "payloads/",
        "crawl_log": "crawl_log/",
    }
    sizes = []
    for label, mark in kinds.items():
        names = [
            file
            for file in files
            if file.name.endswith(mark) or f"/{mark}data/" in file.as_posix() + "/"
        ]
        own = [file for file in names if "generations" in file.parts or "warc" in file.parts]
        sizes.append([label, len(own), sum(file.stat().st_size for file in own)])
    return sizes
