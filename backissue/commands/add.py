"""`backissue add`: look at a site, and write the source file that crawls it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import UsageError
from archive.schedule import DEFAULT_DELAY
from backissue.commands.flags import add_library, add_network, seconds
from backissue.output import print_json, print_table, say, warn

if TYPE_CHECKING:
    from archive.library import Library
    from archive.source import Source
    from archive.types import Article
    from crawlers.sources.probe import AnnouncingPlace, Probe
    from crawlers.sources.visitor import Visited

HELP: Final = "look at a site and write the source file that crawls it"
EXAMPLE: Final = "backissue add https://review.example/ --name review"
_SHOWN = 5  # addresses of articles
_FIELDS = ("headline", "author", "date_published", "word_count", "in_language", "article_body")
_OVERHEAD = 2000  # bytes of WARC headers, request and metadata that a capture takes, compressed


def flags(command: ArgumentParser) -> None:
    """Which site, or which list of feeds."""
    add_library(command)
    add_network(command)
    command.add_argument("url", nargs="?", metavar="URL", help="the magazine's address")
    command.add_argument(
        "--name", metavar="NAME", help="name of the source (default: from the address)"
    )
    command.add_argument(
        "--delay",
        type=seconds,
        default=DEFAULT_DELAY,
        metavar="S",
        help=f"seconds between requests (default: {DEFAULT_DELAY:g})",
    )
    command.add_argument(
        "--opml", type=Path, metavar="FILE", help="add each feed of an OPML file instead"
    )


def run(options: Namespace) -> int:
    """Add one site, or the feeds of an OPML file."""
    if bool(options.url) == bool(options.opml):
        raise UsageError("expected an address, or --opml FILE")
    return _add_opml(options) if options.opml else _add_site(options)


def _add_site(options: Namespace) -> int:
    import asyncio

    from archive.library import Library
    from archive.source import check_name, check_url, name_from_url
    from crawlers.sources.toml import write_source

    try:
        check_url(options.url)
        check_name(options.name or name_from_url(options.url))
    except ValueError as error:
        raise UsageError(f"{options.name or options.url}: expected {error}") from None
    with Library.create(options.library) as library:
        _refuse_known(library, options.name or name_from_url(options.url))
        _refuse_removed(library, options.url)
        probed, page, delay = asyncio.run(_probe_site(library, options))
        source = probed.source(options.name, options.delay)
        _refuse_known(library, source.name)  # a feed may be of a magazine on another host
        path = library.path / f"sources/{source.name}.toml"
        write_source(path, source, _file_comments(probed))
    article = _read_article(page)
    if options.json:
        _print_json(probed, source, path, page, article, delay)
    else:
        _print_probe(options, probed, source, article)
        say(options, _estimate(probed, page, delay))
        for dead in (*probed.dead.get("feed", ()), *probed.dead.get("sitemap", ())):
            say(options, f"named, but not to be had: {dead}")
        if probed.lacks:
            say(options, probed.lacks)
        say(options, f"wrote {path}\ncrawl it: backissue crawl {source.name}")
    return 0 if probed.announced or source.sections else _nothing(source, probed)


def _refuse_known(library: Library, name: str) -> None:
    path = library.path / f"sources/{name}.toml"
    if path.exists():
        raise UsageError(f"{path} is there already: remove it, or give --name another name")


def _refuse_removed(library: Library, url: str) -> None:
    from archive.removal.in_force import in_force

    if removed := in_force(library.path).of(url):
        cure = removed.target.cure
        raise UsageError(f"{url} was {removed.words}, and is asked for no more: {cure}")


def _nothing(source: Source, probed: Probe) -> int:
    if probed.off_scope:
        warn(f"{source.url}: {_off_scope(probed)}")
    else:
        warn(f"{source.url}: no feed, no sitemap and no link that looks like an article")
    return 1


def _off_scope(probed: Probe) -> str:
    count, example = len(probed.off_scope), next(iter(probed.off_scope.values()))
    what = (
        "1 address that is announced is"
        if count == 1
        else f"{count} addresses that are announced are"
    )
    return f"{what} off scope, as {example}"


async def _probe_site(library: Library, options: Namespace) -> tuple[Probe, Visited | None, float]:
    from crawlers.sources.probe import first_article, probe
    from crawlers.sources.visitor import Visitor
    from crawlers.wire import Settings, parse_override

    settings = Settings(
        allow_private=options.allow_private, overrides=tuple(map(parse_override, options.resolve))
    )
    async with Visitor(settings, library.user_agent, options.delay) as visitor:
        probed = await probe(options.url, visitor)
        page = await first_article(probed, visitor)
        return probed, page, visitor.delay_of(probed.front.url)


def _read_article(page: Visited | None) -> Article | None:
    from pipelines.extract import read_page
    from pipelines.page.html import Page

    return read_page(Page(page.url, page.body, page.media, None))[0] if page else None


def _file_comments(probed: Probe) -> dict[str, str]:
    """The comments above the fields of the source file."""
    comments = {"": "Found by `backissue add`; all of it may be changed."}
    for kind, field in (("feed", "feeds"), ("sitemap", "sitemaps")):
        lines = [_place_in_words(place) for place in probed.places if place.kind == kind]
        lines += [f"named, but not to be had: {dead}" for dead in probed.dead.get(kind, ())]
        comments[field] = "\n".join(lines) or f"no {kind} was found"
    if probed.sections:
        comments["sections"] = "the navigation names " + ", ".join(probed.sections)
    if probed.archives:
        read = "they are read back to `since`, or to the oldest"
        comments["archives"] = f"the front page links to such months; {read}"
    if probed.generator:
        comments["url"] = f"made with {probed.generator}"
    comments["since"] = "what is older is not fetched, as in: since = 2020-01-01"
    return comments


def _place_in_words(place: AnnouncingPlace) -> str:
    newest = f", the newest of {place.newest:%Y-%m-%d}" if place.newest else ""
    return f"{place.url}: {'about ' if place.guessed else ''}{place.count} addresses{newest}"


def _print_probe(
    options: Namespace, probed: Probe, source: Source, article: Article | None
) -> None:
    if options.quiet:
        return
    say(options, f"{source.title or source.name}  {source.url}")
    rows = [
        [place.kind, place.url, place.count, f"{place.newest:%Y-%m-%d}" if place.newest else ""]
        for place in probed.places
    ]
    rows += [["section", url, "", ""] for url in source.sections]
    rows += [["archive", url, "", ""] for url in source.archives]
    print_table("", ["found", "address", "names", "newest"], rows)
    say(options, "\na crawl would fetch, among others:")
    for entry in probed.newest()[:_SHOWN]:
        say(options, f"  {entry.url}")
    if probed.off_scope:
        say(options, _off_scope(probed))
    if article and article.article_body:
        say(options, f"\nan article as it comes out:\n  {article.headline}")
        date = f"{article.date_published:%Y-%m-%d}" if article.date_published else ""
        facts = [", ".join(article.author), date, f"{article.word_count} words"]
        say(options, f"  {' · '.join(filter(None, [*facts, article.in_language]))}")
        say(options, f"  {article.article_body[:240]} …\n")


def _estimate(probed: Probe, page: Visited | None, delay: float) -> str:
    size, duration = _expected_cost(probed, page, delay)
    time = str(timedelta(seconds=round(duration))).removesuffix(", 0:00:00")
    return (
        f"all of it: about {probed.count:,} articles, {size / 2**20:,.1f} MiB of WARC, "
        f"{time} at one request each {delay:g} s"
    )


def _expected_cost(probed: Probe, page: Visited | None, delay: float) -> tuple[int, float]:
    """The bytes and seconds of fetching everything, estimated from a single page."""
    each = (page.received if page else 0) + _OVERHEAD
    return probed.count * each, probed.count * delay


def _print_json(
    probed: Probe,
    source: Source,
    path: Path,
    page: Visited | None,
    article: Article | None,
    delay: float,
) -> None:
    from dataclasses import asdict

    for place in probed.places:
        print_json("place", asdict(place))
    for entry in probed.newest()[:_SHOWN]:
        print_json("announced", asdict(entry))
    if article and page:
        shown = {name: getattr(article, name) for name in _FIELDS}
        print_json("article", {"url": page.url} | shown)
    size, duration = _expected_cost(probed, page, delay)
    sums = {"articles": probed.count, "warc_bytes": size, "seconds": duration}
    sums["off_scope"] = len(probed.off_scope)
    words = {"source": source.name, "path": str(path), "url": source.url}
    words |= {"lacks": probed.lacks} if probed.lacks else {}
    print_json("summary", words | sums)


def _add_opml(options: Namespace) -> int:
    """Write a source file for each feed, without asking any site."""
    from archive.library import Library
    from crawlers.sources.opml import sources_of
    from crawlers.sources.toml import write_source

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
