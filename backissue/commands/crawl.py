"""`backissue crawl`: sources or single pages, now."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import ExitCode, UsageError
from backissue.commands.flags import add_engine, add_library, add_network
from backissue.output import (
    meter,
    print_json,
    print_table,
    say,
    tell_older_columns,
    tell_quarantined,
    warn,
)

if TYPE_CHECKING:
    from archive.errors import InvalidSource
    from archive.library import Library
    from archive.source import Source
    from archive.state.rows import Run
    from backissue.crawling import Crawled
    from backissue.run_results import AnnouncedPages

HELP: Final = "crawl sources or single pages now"
EXAMPLE: Final = "backissue crawl review"


def flags(command: ArgumentParser) -> None:
    """What to crawl, into which library."""
    add_library(command)
    add_engine(command)
    add_network(command)
    command.add_argument("what", nargs="*", metavar="SOURCE|URL", help="default: all sources")
    command.add_argument(
        "--recheck",
        action="store_true",
        help="fetch known articles again, even before they are due",
    )


def run(options: Namespace) -> int:
    """Crawl what the command line names, and say what came of it."""
    from crawlers.process.child import PRELOADED as CRAWLING
    from crawlers.process.child import CrawlJob
    from crawlers.wire import parse_override
    from pipelines.derive.engine import PRELOADED, parse_engine, start_fork_server

    engine = parse_engine(options.engine)
    for text in options.resolve:
        parse_override(text)
    urls = [what for what in options.what if "://" in what]
    with _library(options.library, urls) as library:
        broken: list[InvalidSource] = []
        job = CrawlJob(
            library.path,
            _sources_to_crawl(library, options.what, urls, broken),
            options.allow_private,
            tuple(options.resolve),
            options.recheck,
        )
        start_fork_server(PRELOADED, CRAWLING)  # it loads what it has to while we do so
        from backissue.crawling import crawl_sources

        if library.settings.contact is None and not library.state.runs():  # the first crawl
            warn("no contact in library.toml: sites cannot tell whom to ask about this crawl")
        with meter(options, "crawling") as shown:
            crawled = crawl_sources(library, job, engine, shown)
        _print_crawled(options, library, crawled)
        tell_older_columns(library)
        if crawled.exit_code == ExitCode.INTERRUPTED:
            warn("interrupted; what was captured is kept, and the next crawl goes on from there")
        for error in broken:
            warn(f"not crawled: {error}")
        return ExitCode.USAGE if broken and not crawled.exit_code else crawled.exit_code


def _library(path: Path, urls: list[str]) -> Library:
    """Open the library; make it where there is none, if there is something to crawl into it."""
    from archive.library import Library

    declared = any((path / "sources").glob("*.toml"))
    return (Library.create if urls or declared else Library.open)(path)


def _sources_to_crawl(
    library: Library, what: list[str], urls: list[str], broken: list[InvalidSource]
) -> tuple[Source, ...]:
    from crawlers.sources.toml import load_sources

    names = [name for name in what if name not in urls]
    folder = library.path / "sources"
    sources = load_sources(folder, names, broken.append) if names or not urls else []
    if urls:
        sources.append(_adhoc_source(urls))
    if broken and not sources:
        raise broken[0]
    if not sources:
        raise UsageError(
            f'{folder} has no sources: write NAME.toml with the line url = "https://…/" there'
        )
    return tuple(sources)


def _adhoc_source(urls: list[str]) -> Source:
    """A source for single pages."""
    from pydantic import ValidationError

    from archive.disk.wrong_values import expected
    from archive.source import ADHOC, Source

    try:
        return Source(name=ADHOC, url=urls[0], pages=tuple(urls))
    except ValueError as error:
        url, problem = urls[0], str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            url, problem = str(first["input"]), expected(first)
        raise UsageError(f"{url}: expected {problem}") from None


def _print_crawled(options: Namespace, library: Library, crawled: Crawled) -> None:
    """Print what the crawl brought: a row for each run, then the sums."""
    from dataclasses import asdict

    from backissue.run_results import results_of

    results = results_of(library.generation, crawled.runs)
    for done in crawled.runs:
        if options.json:
            print_json("run", asdict(done) | _announced_counts(results.announced[done.source]))
        elif done.detail:
            warn(f"{done.source}: {done.state}: {done.detail}")
    tell_quarantined(options, crawled.published.quarantined if crawled.published else ())
    if options.json:
        code = int(crawled.exit_code)
        sums = {"exit_code": code, "rows": results.rows, "verdicts": results.verdicts}
        print_json("summary", sums)
    elif not options.quiet:
        headings = ["source", "state", "URLs", "captures", "failed"]
        print_table("", headings, [_run_row(done) for done in crawled.runs])
        for source, announced in results.announced.items():
            if announced.without_article:
                say(options, f"{source}: {announced.in_words()}")
        say(options, _verdicts_in_words(library, results.verdicts))


def _announced_counts(pages: AnnouncedPages) -> dict[str, int]:
    return {"announced_pages": pages.pages, "without_article": pages.without_article}


def _run_row(done: Run) -> list[str | int]:
    return [done.source, done.state, done.finished, done.captures, done.failed]


def _verdicts_in_words(library: Library, verdicts: Mapping[str, int]) -> str:
    parts = [
        f"articles: {verdicts.get('article', 0):,} new",
        f"{verdicts.get('version', 0):,} changed",
        f"{verdicts.get('unchanged', 0):,} unchanged",
    ]
    rest = sum(verdicts.values()) - sum(
        verdicts.get(kind, 0) for kind in ("article", "version", "unchanged")
    )
    if rest:
        parts.append(f"pages that are none: {rest:,}")
    return f"{', '.join(parts)}; library: {library.path}"
