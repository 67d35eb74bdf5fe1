"""What reads bytes that others wrote: each reader, its seeds, and what it may raise."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fuzzing import seeds


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: *read* takes the bytes, and may raise nothing but *errors*.

    *tokens* are words of its format.
    """

    name: str
    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...] = ()
    errors: tuple[type[BaseException], ...] = ()


_URL = "https://review.example/a/"
_BAD_LINE = (ValueError, KeyError, TypeError, RecursionError)


def _feed(data: bytes) -> object:
    from crawlers.discovery.feeds import read_feed

    return read_feed(data, _URL)


def _sitemap(data: bytes) -> object:
    from crawlers.discovery.sitemaps import read_sitemap

    return read_sitemap(data, _URL)


def _robots(data: bytes) -> object:
    from crawlers.politeness.robots import parse_robots

    robots = parse_robots(data, 200, _URL)
    return robots.allows(_URL, "Backissue"), robots.crawl_delay("Backissue")


def _page(data: bytes) -> object:
    from pipelines.extract import extract_html

    article = extract_html(data, _URL)
    assert "\0" not in (article.article_body or "")
    return json.dumps(article.evidence, ensure_ascii=False, allow_nan=False).encode()


def _links(data: bytes) -> object:
    from crawlers.discovery import html_pages
    from crawlers.requisites.pages import page_requisites

    found = html_pages.links(data, _URL), html_pages.navigation(data, _URL)
    return found, html_pages.alternates(data, _URL), page_requisites(data, _URL)


def _styles(data: bytes) -> object:
    from crawlers.requisites.style_sheets import sheet_requisites

    return sheet_requisites(data, _URL, None)


def _warc(data: bytes) -> object:
    from archive.warc.scan import scan

    return list(scan(io.BytesIO(data)))


def _foreign(data: bytes) -> object:
    from archive.imported.reader import foreign_records

    return list(foreign_records(io.BytesIO(data), 0, len(data)))


def _wacz(data: bytes) -> object:
    from archive.imported.wacz import read_wacz

    return read_wacz(io.BytesIO(data), Path("crawl.wacz"))


def _opml(data: bytes) -> object:
    from crawlers.sources.opml import sources_of

    return sources_of(data)


def _source(data: bytes) -> object:
    from crawlers.sources.toml import load_source

    return _from_file("review.toml", data, load_source)


def _settings(data: bytes) -> object:
    from archive.config import read_settings

    return _from_file("library.toml", data, lambda path: read_settings(path.parent))


def _from_file(name: str, data: bytes, read: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read(path)


def _cdxj(data: bytes) -> object:
    from archive.warc.cdxj import read_index

    return list(read_index(data))


def _journal(data: bytes) -> object:
    from archive.tables.journal import read_journal

    return _from_file("batches.jsonl", data, lambda path: read_journal(path.parent))


def _removals(data: bytes) -> object:
    from archive.removal.tombstones import read

    return _from_file("removals.jsonl", data, read)


def _state(data: bytes) -> object:
    from archive.state.read_only import ask

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state" / "backissue.db"
        path.parent.mkdir()
        path.write_bytes(data)
        return ask(Path(folder), lambda state: (state.runs(), state.warc_files()))


def _answer(data: bytes) -> object:
    from crawlers.wire.exchange import Settings
    from crawlers.wire.reply import Reply
    from crawlers.wire.request import compose

    reply = Reply(compose("GET", _URL, ()), Settings())
    for start in range(0, len(data), 997):
        reply.feed(data[start : start + 997])
    reply.end()
    return reply.message()


def _data(data: bytes) -> object:
    from pipelines.text.nearly_json import read_nearly_json

    return read_nearly_json(data.decode("utf-8", "replace"))


def _dates(data: bytes) -> object:
    from pipelines.text.dates import parse_date

    return parse_date(data.decode("utf-8", "replace"))


def targets() -> tuple[Target, ...]:
    """All readers."""
    import sqlite3

    from archive.errors import BackissueError

    ours = (BackissueError,)
    return (
        Target("feed", _feed, seeds.feeds, seeds.XML),
        Target("sitemap", _sitemap, seeds.sitemaps, seeds.XML),
        Target("robots", _robots, seeds.robots, seeds.ROBOTS),
        Target("page", _page, seeds.pages, seeds.HTML),
        Target("links", _links, seeds.pages, seeds.HTML),
        Target("styles", _styles, seeds.styles, seeds.CSS),
        Target("warc", _warc, seeds.warcs, seeds.WARC),
        Target("foreign", _foreign, seeds.foreign, seeds.FOREIGN),
        Target("wacz", _wacz, seeds.waczs, seeds.ZIP, ours),
        Target("opml", _opml, seeds.opmls, seeds.XML, ours),
        Target("source", _source, seeds.sources, seeds.TOML, ours),
        Target("settings", _settings, seeds.settings, seeds.TOML, ours),
        Target("cdxj", _cdxj, seeds.indexes, seeds.JSON, (*ours, *_BAD_LINE)),
        Target("journal", _journal, seeds.journals, seeds.JSON, (*ours, *_BAD_LINE)),
        Target("removals", _removals, seeds.removals, seeds.JSON, ours),
        Target("state", _state, seeds.states, seeds.SQLITE, (*ours, sqlite3.DatabaseError)),
        Target("answer", _answer, seeds.answers, seeds.HTTP),
        Target("data", _data, seeds.data, seeds.JSON),
        Target("dates", _dates, seeds.dates, seeds.DATES),
    )
