"""Derived pages, in order, into versions: the one place where a page meets what was known before.

The order is that of (batch, fetch_time, warc_record_id), so worker count and timing change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from archive.hosts import registered_domain
from archive.surt import article_id, url_surtkey
from archive.types import NO_ARTICLE
from pipelines.optouts import opted_out

_WORSE_BELOW = 0.7
_TOO_SHARED = 3


@dataclass(frozen=True, slots=True)
class Known:
    """The last accepted version of an article: what a new capture is compared with."""

    article_id: str
    version: int
    text_digest: str
    headline: str | None
    author: str
    date_published: str | None
    word_count: int
    completeness: str

    def says_the_same(self, other: Known) -> bool:
        """Whether text, headline, author and publication date are equal."""
        return (self.text_digest, self.headline, self.author, self.date_published) == (
            other.text_digest,
            other.headline,
            other.author,
            other.date_published,
        )


class Memory(Protocol):
    """What the fold knows of the captures before this one."""

    def known(self, article_id: str) -> Known | None:
        """The last accepted version of an article."""

    def accept(self, known: Known) -> None:
        """*known* is now the last accepted version."""

    def article_of(self, surtkey: str) -> str | None:
        """The article that the capture of a URL became; None where it was none."""

    def texts_of(self, canonical: str, text_digest: str) -> int:
        """How many different texts declare *canonical* as their address, this one included."""

    def is_listing(self, surtkey: str) -> bool:
        """Whether a capture of the URL turned out to be a list page."""

    def judge(self, row: dict[str, Any], verdict: Verdict) -> None:
        """Remember what became of a capture."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one capture; *version* is set where it made a row."""

    verdict: str
    article_id: str | None = None
    version: int | None = None


def fold(
    pages: Iterable[dict[str, Any]], memory: Memory, respect: Collection[str] = ()
) -> Iterator[tuple[dict[str, Any], Verdict]]:
    """Each page (a row of `articles` without id and version) with its verdict, in the given order.

    A page with `completeness` None is a revisit: its text is the one already known. One that opts
    out by a signal that is to be respected is no article.
    """
    for page in pages:
        signal = opted_out(page["robots_meta"], page["tdm_reservation"], respect)
        verdict = Verdict(f"not_article:{signal}") if signal else _judge(page, memory)
        memory.judge(page, verdict)
        yield page, verdict


def _judge(page: dict[str, Any], memory: Memory) -> Verdict:
    kind = page["completeness"]
    if kind is None:
        known_as = memory.article_of(page["url_surtkey"])
        return Verdict("unchanged" if known_as else "not_article:unknown", known_as)
    if kind in NO_ARTICLE:
        return Verdict(f"not_article:{kind}")
    if not page["word_count"]:
        return Verdict("not_article:unknown")
    found = _as_known(page, article_id(_address(page, memory)))
    before = memory.known(found.article_id)
    if before is None:
        memory.accept(found)
        return Verdict("article", found.article_id, 1)
    if found.says_the_same(before):
        return Verdict("unchanged", found.article_id)
    if _is_worse(found, before):
        return Verdict("worse", found.article_id)
    version = before.version + 1
    memory.accept(_as_known(page, found.article_id, version))
    return Verdict("version", found.article_id, version)


def _as_known(page: dict[str, Any], identity: str, version: int = 1) -> Known:
    published = page["date_published"]
    return Known(
        identity,
        version,
        page["text_digest"],
        page["headline"],
        json.dumps(page["author"], ensure_ascii=False),
        published and published.isoformat(),
        page["word_count"],
        page["completeness"],
    )


def _is_worse(found: Known, before: Known) -> bool:
    """A wall, a teaser or a torn page never replaces a good text."""
    if found.completeness in ("full", "liveblog") or before.completeness != "full":
        return False
    return found.word_count < _WORSE_BELOW * before.word_count


def _address(page: dict[str, Any], memory: Memory) -> str:
    """The address that identifies the article: the declared canonical where it can be believed."""
    url, canonical = str(page["url"]), page["canonical_url"]
    if not canonical or not _believable(url, canonical):
        return url
    key = url_surtkey(canonical)
    if key == page["url_surtkey"]:
        return str(canonical)
    if memory.is_listing(key) or memory.texts_of(key, page["text_digest"]) >= _TOO_SHARED:
        return url
    return str(canonical)


def _believable(url: str, canonical: str) -> bool:
    ours, theirs = urlsplit(url), urlsplit(canonical)
    if theirs.scheme not in ("http", "https") or not theirs.hostname:
        return False
    if theirs.path in ("", "/") and not theirs.query and ours.path not in ("", "/"):
        return False  # every page of some sites names the home page
    return registered_domain(theirs.hostname) == registered_domain(ours.hostname or "")
