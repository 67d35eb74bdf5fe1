"""One address into what the tables hold of it: outcomes, captures, the articles it gave.

Rows are found by SURT, as all tables are sorted by it: so scheme and `www.` make no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.outcomes import REDIRECTED
from archive.tables.lookup import rows_with
from archive.types import Pointer, Row
from archive.web.http import REDIRECTS
from archive.web.surt import article_id, url_surtkey

_MOST_HOPS = 30  # redirects that are followed: they may go round in a circle
_LOG: Final = [
    *("url", "source", "run_id", "discovered_by", "discovered_via", "date_announced"),
    *("fetch_time", "outcome", "detail", "fetch_status", "warc_record_id", "article_id", "verdict"),
]
_CAPTURE: Final = [
    *("url", "fetch_time", "fetch_status", "fetch_redirect", "content_mime_detected", "warc_type"),
    *("warc_record_id", "warc_filename", "warc_record_offset", "warc_record_length", "source"),
    *("run_id", "subset"),
]
_ARTICLE: Final = [
    *("article_id", "version", "url", "headline", "completeness", "word_count", "date_published"),
    *("page_urls", "fetch_time", "source", "warc_record_id", "evidence"),
]


@dataclass(frozen=True, slots=True)
class UrlHistory:
    """The rows of `crawl_log` and `captures` of one address, oldest first."""

    url: str
    url_surtkey: str
    log: tuple[Row, ...]
    captures: tuple[Row, ...]

    @property
    def leads_to(self) -> str | None:
        """Where it was redirected to the last time; None where it was not."""
        if self.log and self.log[-1]["outcome"] == REDIRECTED:
            return str(self.log[-1]["detail"] or "").removeprefix("to ") or None
        newest = self.captures[-1] if self.captures else None
        if newest and newest["fetch_status"] in REDIRECTS:
            return newest["fetch_redirect"] or None
        return None

    @property
    def pointer(self) -> Pointer | None:
        """The newest response that is no error; None where there is none."""
        good = (one for one in reversed(self.captures) if one["fetch_status"] == 200)
        found = next((one for one in good if one["warc_type"] != "revisit"), None)
        places = ("warc_filename", "warc_record_offset", "warc_record_length")
        return Pointer(*(found[name] for name in places)) if found else None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that an address gave: its newest version, and how many there are.

    *duplicate_of* is the earlier article that it repeats. *withdrawn* is what the page later proved
    to be where no version stands any more; else versions that do not stand do not count.
    """

    newest: Row
    versions: int
    duplicate_of: str | None = None
    similarity: float | None = None
    withdrawn: str | None = None


def histories(generation: Path, url: str) -> tuple[UrlHistory, ...]:
    """The history of *url*, then those of the addresses that it is redirected to, in their
    order."""
    found: list[UrlHistory] = []
    target: str | None = url
    while target and len(found) <= _MOST_HOPS:
        key = url_surtkey(target)
        if any(key == one.url_surtkey for one in found):  # from http to https, or in a circle
            break
        found.append(_history(generation, target, key))
        target = found[-1].leads_to
    return tuple(found)


def _history(generation: Path, url: str, key: str) -> UrlHistory:
    log = rows_with(generation, "crawl_log", "url_surtkey", [key], columns=_LOG)
    captures = rows_with(generation, "captures", "url_surtkey", [key], columns=_CAPTURE)
    return UrlHistory(url, key, _by_time(log), _by_time(captures))


def _by_time(found: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(found, key=lambda row: row["fetch_time"]))


def articles_of(generation: Path, history: UrlHistory) -> tuple[FoundArticle, ...]:
    """The articles that an address gave or is a page of, and that which names it as canonical."""
    here = rows_with(
        generation, "articles", "url_surtkey", [history.url_surtkey], columns=["article_id"]
    )
    ids = {one["article_id"] for one in history.log if one["article_id"]}
    ids |= {row["article_id"] for row in here}
    wanted = sorted(ids or {article_id(history.url)})
    found = list(rows_with(generation, "articles", "article_id", wanted, columns=_ARTICLE))
    known = {one["article_id"] for one in found}
    copies = _of_ids(generation, "duplicates", known)
    gone = _of_ids(generation, "withdrawn", known)
    made = (
        _article([one for one in found if one["article_id"] == id], gone, copies) for id in known
    )
    return tuple(sorted(made, key=lambda one: (bool(one.withdrawn), one.newest["article_id"])))


def _of_ids(generation: Path, table: str, ids: Collection[str]) -> list[Row]:
    return list(rows_with(generation, table, "article_id", sorted(ids))) if ids else []


def _article(versions: list[Row], gone: list[Row], copies: list[Row]) -> FoundArticle:
    identity = versions[0]["article_id"]
    reasons = {one["version"]: one["reason"] for one in gone if one["article_id"] == identity}
    standing = [row for row in versions if row["version"] not in reasons]
    newest = max(standing or versions, key=lambda row: int(row["version"]))
    copy = next((one for one in copies if one["article_id"] == identity), {})
    return FoundArticle(
        newest,
        len(standing or versions),
        copy.get("duplicate_of"),
        copy.get("similarity"),
        None if standing else reasons[newest["version"]],
    )
