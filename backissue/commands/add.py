"""`backissue add`: look at a site, and write the source file that crawls it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from archive.errors import UsageError
from archive.library import Library
from archive.source import Source, check_name, check_url, name_from_url
from archive.types import Article
from backissue.output import print_json, print_table, say, warn
from crawlers.sources.opml import sources_of
from crawlers.sources.probe import AnnouncingPlace, Probe, first_article, probe
from crawlers.sources.toml import write_source
from crawlers.sources.visitor import Visited, Visitor
from crawlers.wire import Settings, parse_override
from pipelines.extract import read_page
from pipelines.page.html import Page

_SHOWN = 5
_OVERHEAD = 2000  # bytes of WARC headers, request and metadata that a capture takes, compressed


def run(options: argparse.Namespace) -> int:
    """Add one site, or the feeds of an OPML file."""
    if bool(options.url) == bool(options.opml):
        raise UsageError("expected an address, or --opml FILE")
    if options.opml:
        return _add_opml(options)
    try:
        check_url(options.url)
        check_name(options.name or name_from_url(options.url))
    except ValueError as error:
        raise UsageError(f"{options.name or options.url}: expected {error}") from None
    with Library.create(options.library) as library:
        _refuse_known(library, options.name or name_from_url(options.url))
        found, page, delay = asyncio.run(_look(library, options))
        source = found.source(options.name, options.delay)
        path = library.path / f"sources/{source.name}.toml"
        write_source(path, source, _comments(found))
    article = _article(page)
    if options.json:
        _print_json(found, source, path, page, article, delay)
    else:
        _show(options, found, source, article)
        say(options, _estimate(found, page, delay))
        say(options, f"wrote {path}\ncrawl it: backissue crawl {source.name}")
    return 0 if found.announced or source.sections else _nothing(source)


def _refuse_known(library: Library, name: str) -> None:
    path = library.path / f"sources/{name}.toml"
    if path.exists():
        raise UsageError(f"{path} is there already: remove it, or give --name another name")


def _nothing(source: Source) -> int:
    warn(f"{source.url}: no feed, no sitemap and no link that looks like an article")
    return 1


async def _look(
    library: Library, options: argparse.Namespace
) -> tuple[Probe, Visited | None, float]:
    settings = Settings(
        allow_private=options.allow_private, overrides=tuple(map(parse_override, options.resolve))
    )
    async with Visitor(settings, library.user_agent, options.delay) as visitor:
        found = await probe(options.url, visitor)
        page = await first_article(found, visitor)
        return found, page, visitor.delay_of(found.front.url)


def _article(page: Visited | None) -> Article | None:
    return read_page(Page(page.url, page.body, page.media, None))[0] if page else None


def _comments(found: Probe) -> dict[str, str]:
    """What stands above the fields of the source file."""
    comments = {"": "Found by `backissue add`; all of it may be changed."}
    for kind, field in (("feed", "feeds"), ("sitemap", "sitemaps")):
        lines = [_in_words(place) for place in found.places if place.kind == kind]
        comments[field] = "\n".join(lines) or f"no {kind} was found"
    if found.sections:
        comments["sections"] = "the navigation names " + ", ".join(found.sections)
    if found.archives:
        comments["archives"] = "the front page links to such months; `since` says how far back"
    if found.generator:
        comments["url"] = f"made with {found.generator}"
    comments["since"] = "what is older is not fetched, as in: since = 2020-01-01"
    return comments


def _in_words(place: AnnouncingPlace) -> str:
    newest = f", the newest of {place.newest:%Y-%m-%d}" if place.newest else ""
    return f"{place.url}: {'about ' if place.guessed else ''}{place.count} addresses{newest}"


def _show(
    options: argparse.Namespace, found: Probe, source: Source, article: Article | None
) -> None:
    if options.quiet:
        return
    say(options, f"{source.title or source.name}  {source.url}")
    rows = [
        [place.kind, place.url, place.count, f"{place.newest:%Y-%m-%d}" if place.newest else ""]
        for place in found.places
    ]
    rows += [["section", url, "", ""] for url in source.sections]
    rows += [["archive", url, "", ""] for url in source.archives]
    print_table("", ["found", "address", "names", "newest"], rows)
    say(options, "\na crawl would fetch, among others:")
    for entry in found.newest()[:_SHOWN]:
        say(options, f"  {entry.url}")
    if article and article.article_body:
        say(options, f"\nan article as it comes out:\n  {article.headline}")
        date = f"{article.date_published:%Y-%m-%d}" if article.date_published else ""
        told = [", ".join(article.author), date, f"{article.word_count} words", article.in_language]
        say(options, f"  {' · '.join(filter(None, told))}")
        say(options, f"  {article.article_body[:240]} …\n")


def _estimate(found: Probe, page: Visited | None, delay: float) -> str:
    size, seconds = _sums(found, page, delay)
    time = str(timedelta(seconds=round(seconds))).removesuffix(", 0:00:00")
    return (
        f"all of it: about {found.count:,} articles, {size / 2**20:,.1f} MiB of WARC, "
        f"{time} at one request each {delay:g} s"
    )


def _sums(found: Probe, page: Visited | None, delay: float) -> tuple[int, float]:
    """Bytes and seconds that fetching everything takes, judged by one page."""
    each = (page.received if page else 0) + _OVERHEAD
    return found.count * each, found.count * delay


def _print_json(
    found: Probe,
    source: Source,
    path: Path,
    page: Visited | None,
    article: Article | None,
    delay: float,
) -> None:
    for place in found.places:
        print_json("place", asdict(place))
    for entry in found.newest()[:_SHOWN]:
        print_json("announced", asdict(entry))
    if article and page:
        told = ("headline", "author", "date_published", "word_count", "in_language", "article_body")
        print_json("article", {"url": page.url} | {name: getattr(article, name) for name in told})
    size, seconds = _sums(found, page, delay)
    sums = {"articles": found.count, "warc_bytes": size, "seconds": seconds}
    print_json("summary", {"source": source.name, "path": str(path), "url": source.url} | sums)


def _add_opml(options: argparse.Namespace) -> int:
    """A source file for each feed; nobody is asked anything yet."""
    try:
        content = options.opml.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UsageError(f"{options.opml}: {reason}") from None
    try:
        sources, refused = sources_of(content)
    except UsageError as error:
        raise UsageError(f"{options.opml}: {error}") from None
    known, written = list[str](), list[str]()
    with Library.create(options.library) as library:
        for source in sources:
            path = library.path / f"sources/{source.name}.toml"
            (known if path.exists() else written).append(source.name)
            if not path.exists():
                write_source(path, source, {"": f"From {options.opml.name}."})
    for line in refused:
        warn(line)
    if options.json:
        for name in written:
            print_json("source", {"source": name})
        counts = {"written": len(written), "known": len(known), "refused": len(refused)}
        print_json("summary", counts)
    else:
        say(options, f"{len(written)} sources written, {len(known)} were there: {library.path}")
    return 1 if refused else 0
