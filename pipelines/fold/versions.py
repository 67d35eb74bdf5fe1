"""Derived pages, in order, into versions: the one place where a page meets what was known before.

The order is that of (batch, fetch_time, warc_record_id), so worker count and timing change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from archive.types import NO_ARTICLE
from archive.web.surt import url_surtkey
from pipelines.fold.identity import KnownAddresses, identify
from pipelines.metadata.numbered_urls import is_behind
from pipelines.metadata.rights import opted_out

# Shares of the words that are known. Below 0.7 a less complete page is worse: a teaser after a
# whole text, or a wall after a live blog. Below 0.25 a whole text is worse, too, unless it comes
# twice in a row: a notice where a piece was withdrawn.
_WORSE_BELOW, _FAR_WORSE_BELOW = 0.7, 0.25
_FEW_WORDS = 150  # words: a whole text that was shorter may shrink as it likes
_WALLS = ("password", "consent", "paywall")
_RANKS = {
    **dict.fromkeys(("full", "liveblog"), 3),
    "unknown": 2,
    **dict.fromkeys(("teaser", "paywall"), 1),
    **dict.fromkeys(("password", "consent"), 0),
}
"""How much of an article a page of each completeness has, if it has any."""


@dataclass(frozen=True, slots=True)
class LastVersion:
    """The last accepted version of an article: what a new capture is compared with.

    *headline* and *date_published* are those that the page gives by itself, whatever announced it:
    a day is written without a time. *content_digest* is that of the page's bytes. *date* is that of
    the row, as JSON: value, text on the page, precision.

    *doubted* is the digest of the newest text, if that was put aside as worse. *boxes* are the
    hashes of the blocks that stood in boxes of their own, as JSON; *flow_digest* is the digest of
    the text without these and without its summary.
    """

    article_id: str
    version: int
    text_digest: str
    headline: str | None
    author: str
    date_published: str | None
    word_count: int
    completeness: str
    in_language: str | None = None
    doubted: str | None = None
    flow_digest: str | None = None
    boxes: str = "[]"
    content_digest: str | None = None
    date: str | None = None

    def says_the_same(self, other: LastVersion, shared: Collection[str] = ()) -> bool:
        """Whether text, headline, author and publication date are equal to those of *other*.

        The same bytes say the same. A field that a page lacks has not changed, nor has a day that
        was a moment of that day. Nor has the text where only its summary came or went, or boxes
        that the articles of the host are known to have *shared*.
        """
        if self.content_digest and self.content_digest == other.content_digest:
            return True
        return (
            (self.text_digest == other.text_digest or self._flows_the_same(other, shared))
            and self.headline in (None, other.headline)
            and self.author in ("[]", other.author)
            and (self.date_published is None or same_day(self.date_published, other.date_published))
        )

    def _flows_the_same(self, other: LastVersion, shared: Collection[str]) -> bool:
        if self.flow_digest is None or self.flow_digest != other.flow_digest:
            return False
        own, others = (set(json.loads(known.boxes)).difference(shared) for known in (self, other))
        return own == others

    def completed(self, other: LastVersion) -> LastVersion:
        """This version, with the fields that it lacks taken from *other*."""
        return replace(
            self,
            headline=self.headline or other.headline,
            author=other.author if self.author == "[]" else self.author,
            date_published=self.date_published or other.date_published,
        )


class Memory(KnownAddresses, Protocol):
    """What the fold knows of the captures before this one."""

    def known(self, article_id: str) -> LastVersion | None:
        """The last accepted version of an article."""

    def accept(self, known: LastVersion) -> None:
        """*known* is now the last accepted version."""

    def verdict_at(self, surtkey: str) -> str | None:
        """The last verdict on a capture of the URL."""

    def shared(self, host: str) -> frozenset[str]:
        """The boxes that the articles of *host* were known to share when the batch began."""

    def withdrawn(self, article_id: str) -> int:
        """The last version of an article that is withdrawn; 0 where none is."""

    def judge(self, row: dict[str, Any], verdict: Verdict) -> None:
        """Remember what became of a capture."""


DATE_COLUMNS = ("date_published", "date_published_raw", "date_published_precision")
"""The columns of a date of publication."""
KEPT_FROM = "version "
"""How the evidence begins of a date that is that of an earlier version."""


@dataclass(frozen=True, slots=True)
class KeptDate:
    """The moment of publication that an earlier *version* gave: the row has only its day."""

    version: int
    value: datetime
    raw: str | None
    precision: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one capture; *version* is set where it made a row, *date* where the row keeps
    the date of an earlier version."""

    verdict: str
    article_id: str | None = None
    version: int | None = None
    date: KeptDate | None = None


def fold_pages(
    pages: Iterable[dict[str, Any]], memory: Memory, respect: Collection[str] = ()
) -> Iterator[tuple[dict[str, Any], Verdict]]:
    """Each page (a row of `articles` without id and version) with its verdict, in the given order.

    A page with `completeness` None is a revisit: its text is known already. A page that opts out by
    a signal in *respect* is no article.
    """
    for page in pages:
        signal = opted_out(page["robots_meta"], page["tdm_reservation"], respect)
        verdict = Verdict(f"not_article:{signal}") if signal else _judge(page, memory)
        memory.judge(page, verdict)
        yield page, verdict


def _judge(page: dict[str, Any], memory: Memory) -> Verdict:
    kind = page["completeness"]
    if first := _first_page(page, memory):
        return Verdict("page_of", memory.article_of(first))
    if kind is None:
        return _judge_revisit(page, memory)
    if kind in NO_ARTICLE:
        return Verdict(f"not_article:{kind}")
    if not page["word_count"]:
        return Verdict(f"not_article:{kind if kind in _WALLS else 'unknown'}")
    return _judge_text(page, memory)


def _judge_text(page: dict[str, Any], memory: Memory) -> Verdict:
    """What becomes of a page that has the text of an article."""
    found = _as_known(page, identify(page, memory))
    before = memory.known(found.article_id)
    if before is None:
        memory.accept(found)
        return Verdict("article", found.article_id, 1)
    if before.version <= memory.withdrawn(found.article_id):  # it was taken for no article
        memory.accept(replace(found, version=before.version + 1))
        return Verdict("version", found.article_id, before.version + 1)
    if found.says_the_same(before, memory.shared(page["url_host_name"] or "")):
        memory.accept(replace(before, doubted=None, content_digest=found.content_digest))
        return Verdict("unchanged", found.article_id)
    if _is_worse(found, before):
        memory.accept(replace(before, doubted=found.text_digest))
        return Verdict("worse", found.article_id)
    version = before.version + 1
    kept = _kept_date(found, before)
    date = before.date if kept else found.date
    memory.accept(replace(found.completed(before), version=version, date=date))
    return Verdict("version", found.article_id, version, kept)


_FINENESS = ("year", "month", "day", "minute", "second")
_ZONES = timedelta(hours=-14), timedelta(hours=24 + 12)


def same_day(one: str, other: str | None) -> bool:
    """Whether two dates in ISO 8601 are the same, or a day and a moment of it in any zone."""
    if one == other or other is None:
        return one == other
    day, moment = sorted((one, other), key=len)
    if len(day) > len("2026-01-31") or len(moment) == len(day):
        return False
    after = datetime.fromisoformat(moment) - datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return _ZONES[0] <= after < _ZONES[1]


def _kept_date(found: LastVersion, before: LastVersion) -> KeptDate | None:
    """The date of *before*, where that of *found* is a less precise one of the same day."""
    new, old = json.loads(found.date or "null"), json.loads(before.date or "null")
    if not new or not old or _FINENESS.index(new[2]) >= _FINENESS.index(old[2]):
        return None
    if new[2] != "day" or not same_day(new[0][:10], old[0]):
        return None
    return KeptDate(before.version, datetime.fromisoformat(old[0]), old[1], old[2])


def _first_page(page: dict[str, Any], memory: Memory) -> str | None:
    """The key of the first page of the article, if *page* is a later page of it; else None.

    A page that was a later page once stays that, however it was found this time. A page is one,
    too, if it has a number in its address and names the known article at the address without it as
    its canonical.
    """
    if page["part_of"]:
        return url_surtkey(page["part_of"])
    own, canonical = str(page["url_surtkey"]), page["canonical_url"]
    if canonical and is_behind(page["url"], canonical):
        first = url_surtkey(canonical)
        if memory.article_of(first):
            return first
    return own if memory.verdict_at(own) == "page_of" else None


def _judge_revisit(page: dict[str, Any], memory: Memory) -> Verdict:
    """A capture that is like an earlier capture of its address is what that was."""
    if known_as := memory.article_of(page["url_surtkey"]):
        return Verdict("unchanged", known_as)
    before = memory.verdict_at(page["url_surtkey"]) or ""
    return Verdict(before if before.startswith("not_article:") else "not_article:unknown")


def _as_known(page: dict[str, Any], identity: str) -> LastVersion:
    published, own = page["date_published"], page["page_date"]
    day = page["page_date_precision"] not in ("minute", "second")
    date = (
        [published.isoformat(), page["date_published_raw"], page["date_published_precision"]]
        if published
        else None
    )
    return LastVersion(
        identity,
        1,
        page["text_digest"],
        page["page_headline"],
        json.dumps(page["author"], ensure_ascii=False),
        own and own.isoformat()[: 10 if day else None],
        page["word_count"],
        page["completeness"],
        page["in_language"],
        flow_digest=page["flow_digest"] or page["text_digest"],
        boxes=json.dumps(page["boxes"] or []),
        content_digest=page["content_digest"],
        date=json.dumps(date, ensure_ascii=False) if date else None,
    )


def _is_worse(found: LastVersion, before: LastVersion) -> bool:
    """Whether *found* has lost what *before* had: a wall, a teaser, a torn page never replaces a
    good text. A whole text that is far shorter has to come twice before it is believed."""
    less = found.word_count < _WORSE_BELOW * before.word_count
    if _RANKS.get(found.completeness, 2) < _RANKS.get(before.completeness, 2):
        return less
    far_less = found.word_count < _FAR_WORSE_BELOW * before.word_count
    return far_less and before.word_count >= _FEW_WORDS and found.text_digest != before.doubted
