"""The pages of a batch against what is known of their sites: which wait, which are no articles,
and which articles of earlier batches prove to be none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from archive.types import NO_ARTICLE, Row
from archive.web.surt import url_surtkey
from pipelines.derive.arrow_rows import PAGES
from pipelines.fold.lists import goes_on, is_doubtful, list_evidence, page_evidence
from pipelines.fold.memory import FoldMemory
from pipelines.fold.site_memory import SiteCounts, SiteMemory
from pipelines.fold.versions import Verdict
from pipelines.outline import NO_OUTLINE, Outline, is_plain, lists_others

Outlines = dict[str, Outline]
"""The outlines of a batch's captures by their record ids."""
_LOOKED_AT = [
    *("url", "url_surtkey", "url_host_name", "completeness", "word_count", "part_of", "run_id"),
    *("source", "warc_record_id", "evidence", "canonical_url"),
]
_LISTED = "not_article:list"


def hold_back(
    pages: pa.Table, outlines: Outlines, log: pa.Table, memory: SiteMemory
) -> tuple[pa.Table, Outlines]:
    """*pages* without those that wait for the end of their run, with those whose run has ended.

    A run has ended where its log is known, or the log of a later run of its source.
    """
    ended = set(filter(None, log["run_id"].to_pylist()))
    memory.end(ended)
    runs = set(filter(None, pages["run_id"].to_pylist()))
    going_on = {run for run in runs if not memory.has_ended(run)}
    kept: list[int] = []
    for number, page in enumerate(pages.select(_LOOKED_AT).to_pylist()):
        outline = outlines.get(page["warc_record_id"], NO_OUTLINE)
        if page["run_id"] in going_on and (goes_on(page) or is_doubtful(page, outline)):
            memory.hold(pages.slice(number, 1), outline.to_json())
        else:
            kept.append(number)
    released = list(memory.release(ended, set(filter(None, log["source"].to_pylist()))))
    if not released and len(kept) == len(pages):
        return pages, outlines
    more = {row["warc_record_id"]: Outline.from_json(row["outline"]) for row in released}
    tables = [one["page"].select(PAGES.names).cast(PAGES) for one in released]
    rest = [pages.slice(number, 1) for number in kept]
    return pa.concat_tables([PAGES.empty_table(), *tables, *rest]), {**outlines, **more}


class BatchSite:
    """What is known of sites while a batch is judged: the memory, and the pages of the batch.

    It has what `pipelines.fold.lists.Site` asks for.
    """

    def __init__(
        self,
        memory: FoldMemory,
        pages: Sequence[Row] = (),
        outlines: Outlines | None = None,
        seen: Sequence[Row] = (),
    ) -> None:
        outlines = outlines or {}
        self._memory = memory
        self._openings: dict[str, frozenset[int]] = {}
        self._lists: set[str] = set()
        self._named: set[str] = set()
        self._announced = set(_announced(outlines.values()))
        self._links: dict[str, Counter[str]] = {}
        self._pages: Counter[str] = Counter()
        self._shown: Counter[str] = Counter()
        self._plain: Counter[str] = Counter()
        self._listed: Counter[str] = Counter()
        for place in seen:
            host = place["url_host_name"] or ""
            self._pages[host] += 1
            navigation = outlines[place["warc_record_id"]].navigation
            self._links.setdefault(host, Counter()).update(navigation)
        for page in pages:
            outline = outlines.get(page["warc_record_id"])
            if outline is not None:
                self._add(page, outline)

    @property
    def hosts(self) -> list[str]:
        """The hosts of the batch."""
        return sorted(self._pages)

    def _add(self, page: Row, outline: Outline) -> None:
        host = page["url_host_name"] or ""
        if outline.fed:
            self._announced.add(page["url_surtkey"])
        kind = page["completeness"]
        if kind is None or kind in NO_ARTICLE or not page["word_count"]:
            return
        doubted = is_doubtful(page, outline)
        if not doubted or not lists_others(outline):
            self.accept(page, outline)
        if not doubted:
            shown = not is_plain(outline) or outline.fed
            self._shown[host] += shown
            self._listed[host] += shown and self.is_announced(page["url_surtkey"])

    def accept(self, page: Row, outline: Outline) -> None:
        """*page* is an article: lists may show how it begins."""
        for surtkey in _addresses(page):
            self._openings[surtkey] = frozenset(outline.openings)

    def take_for_list(self, surtkey: str, outline: Outline) -> None:
        """The page at this address is a list."""
        self._lists.add(surtkey)
        self._openings.pop(surtkey, None)
        self._named.update(one.key for one in outline.lists if one.titled)

    def count_plain(self, pages: Iterable[Row]) -> None:
        """Count, of undated and unsigned *pages*, those that no navigation leads to."""
        for page in pages:
            host = page["url_host_name"] or ""
            links = self.links_to(host, page["url_surtkey"])
            self._plain[host] += 2 * links < self.counts(host).pages

    def openings(self, surtkey: str) -> frozenset[int] | None:
        """How the blocks of the article at an address begin; None where no article is there."""
        if surtkey in self._lists:
            return None
        return self._openings.get(surtkey) or self._memory.site.openings(surtkey)

    def is_list(self, surtkey: str) -> bool:
        """Whether the page at an address is a list."""
        if surtkey in self._openings:
            return False
        return surtkey in self._lists or self._memory.verdict_at(surtkey) == _LISTED

    def is_announced(self, surtkey: str) -> bool:
        """Whether a feed, or a list under its date, names the page at an address."""
        return surtkey in self._announced or self._memory.site.is_announced(surtkey)

    def is_named(self, surtkey: str) -> bool:
        """Whether a list has the title of the page at an address."""
        return surtkey in self._named or self._memory.site.is_named(surtkey)

    def links_to(self, host: str, surtkey: str) -> int:
        """How many pages of *host* have the address in their navigation."""
        now = self._links.get(host, Counter())[surtkey]
        return now + self._memory.site.links_to(host, surtkey)

    def counts(self, host: str) -> SiteCounts:
        """The counts of a host."""
        before = self._memory.site.counts(host)
        return SiteCounts(
            before.pages + self._pages[host],
            before.shown + self._shown[host],
            before.plain + self._plain[host],
            before.listed + self._listed[host],
        )

    def remember(self) -> None:
        """Add what the batch has to the memory."""
        for host in sorted(self._pages.keys() | self._shown.keys() | self._plain.keys()):
            own = (self._pages, self._shown, self._plain, self._listed)
            counts = SiteCounts(*(one[host] for one in own))
            self._memory.site.count(host, counts, self._links.get(host, Counter()))
        self._memory.site.announce(sorted(self._announced))
        self._memory.site.name(sorted(self._named))


def _announced(outlines: Iterable[Outline]) -> Iterator[str]:
    """The addresses that pages list as titles, under a date."""
    for outline in outlines:
        yield from (one.key for one in outline.lists if one.titled and one.dated)


def _addresses(page: Row) -> set[str]:
    """The keys of the addresses by which a list may name *page*."""
    canonical = page["canonical_url"]
    return {page["url_surtkey"], *([url_surtkey(canonical)] if canonical else [])}


def judged(
    pages: pa.Table, seen: pa.Table, outlines: Outlines, memory: FoldMemory, *, keeps_pages: bool
) -> tuple[pa.Table, BatchSite]:
    """*pages*, in which those that are lists or static pages say so, and what is known by then.

    *seen* are all that the batch has of `OUTLINES`. *keeps_pages*: static pages are articles, too.
    Pages behind the first page of a list are lists.
    """
    rows: list[Row] = pages.select(_LOOKED_AT).to_pylist()
    places = seen.select(["warc_record_id", "url_surtkey", "url_host_name"]).to_pylist()
    site = BatchSite(memory, rows, outlines, places)
    doubted = [
        (row, outline)
        for row in rows
        if (outline := outlines.get(row["warc_record_id"])) and is_doubtful(row, outline)
    ]
    found = _lists(doubted, site, memory)
    rest = [(row, outline) for row, outline in doubted if row["warc_record_id"] not in found]
    plain = [(row, outline) for row, outline in rest if is_plain(outline)]
    site.count_plain(row for row, outline in plain if not lists_others(outline))
    for row, outline in [] if keeps_pages else plain:
        if row["completeness"] != "list" and (why := page_evidence(row, outline, site)):
            found[row["warc_record_id"]] = "page", why
    for row, outline in rest:
        if row["completeness"] == "list" and row["word_count"] and _is_article(row, outline, site):
            found[row["warc_record_id"]] = "unknown", "a feed or a dated list names it"
    _behind_lists(rows, site, found)
    return _rewritten(pages, rows, found), site


def _is_article(row: Row, outline: Outline, site: BatchSite) -> bool:
    """Whether a page that looks like a list is announced as an article."""
    front = "the front page" in outline.marks
    return not front and (outline.fed or site.is_announced(row["url_surtkey"]))


def _lists(
    doubted: Sequence[tuple[Row, Outline]], site: BatchSite, memory: FoldMemory
) -> dict[str, tuple[str, str]]:
    """The lists among pages that are *doubted*, with why: first those of articles, then those of
    lists, last those of pages that are no lists themselves."""
    found: dict[str, tuple[str, str]] = {}
    for row, outline in doubted:
        surtkey = row["url_surtkey"]
        if row["completeness"] == "list" and not _is_article(row, outline, site):
            site.take_for_list(surtkey, outline)
        elif foretold := memory.site.foretold(surtkey):
            found[row["warc_record_id"]] = foretold
            site.take_for_list(surtkey, outline)
    waiting = [(row, one) for row, one in doubted if lists_others(one)]
    waiting.sort(key=lambda pair: (-len(pair[1].lists), not pair[1].marks))  # lists before articles
    for may_be_articles in (False, True):
        grown = True
        while grown:
            grown = False
            for row, outline in waiting:
                record = row["warc_record_id"]
                if record in found or row["completeness"] == "list":
                    continue
                if why := list_evidence(row["url_surtkey"], outline, site):
                    found[record] = "list", why
                    site.take_for_list(row["url_surtkey"], outline)
                    grown = True
        if not may_be_articles:
            for row, outline in waiting:
                if row["warc_record_id"] not in found and row["completeness"] != "list":
                    site.accept(row, outline)
    return found


def _behind_lists(rows: Sequence[Row], site: BatchSite, found: dict[str, tuple[str, str]]) -> None:
    """The pages behind the first page of a list are lists, and stitched to nothing."""
    for row in rows:
        if row["part_of"] and row["completeness"] not in (None, *NO_ARTICLE):
            if site.is_list(url_surtkey(row["part_of"])):
                found.setdefault(row["warc_record_id"], ("list", f"behind {row['part_of']}"))


def _rewritten(
    pages: pa.Table, rows: Sequence[Row], found: Mapping[str, tuple[str, str]]
) -> pa.Table:
    """*pages*, where those that were *found* have their completeness, and why in their evidence."""
    if not found:
        return pages
    kinds: list[Any] = pages["completeness"].to_pylist()
    evidence: list[Any] = pages["evidence"].to_pylist()
    part_of: list[Any] = pages["part_of"].to_pylist()
    for number, row in enumerate(rows):
        if (record := row["warc_record_id"]) in found:
            kinds[number], why = found[record]
            said = json.loads(evidence[number] or "{}") | {"completeness": {"from": why}}
            evidence[number] = json.dumps(said, ensure_ascii=False, sort_keys=True)
            part_of[number] = None
    for name, values in (("completeness", kinds), ("evidence", evidence), ("part_of", part_of)):
        at = PAGES.get_field_index(name)
        pages = pages.set_column(at, PAGES.field(at), pa.array(values, PAGES.field(at).type))
    return pages


def learn(
    verdicts: Iterable[tuple[Row, Verdict]], outlines: Outlines, site: BatchSite, memory: FoldMemory
) -> set[str]:
    """Remember what became of each page; the addresses of which more is known now than before."""
    site.remember()
    news: set[str] = set()
    for page, verdict in verdicts:
        outline, surtkey = outlines.get(page["warc_record_id"]), page["url_surtkey"]
        kind = verdict.verdict.partition(":")[2]
        if outline is None:
            continue
        if verdict.verdict in ("article", "version", "unchanged"):
            for address in _addresses(page):
                memory.site.keep_openings(address, outline.openings)
                news.add(address)
            memory.site.doubt(surtkey, page["url_host_name"] or "", outline)
        elif kind in ("list", "page"):
            why = json.loads(page["evidence"] or "{}").get("completeness", {}).get("from", "")
            memory.site.prove(surtkey, kind, why)
            news.add(surtkey)
    return news


def withdrawn(
    news: Iterable[str], hosts: Iterable[str], memory: FoldMemory, *, keeps_pages: bool
) -> Iterator[dict[str, Any]]:
    """The versions of articles that *news* of their site prove to be none: rows without `as_of`."""
    site = BatchSite(memory)
    for surtkey, _, outline in memory.site.doubted(sorted(news)):
        if why := list_evidence(surtkey, outline, site):
            yield from _withdraw(surtkey, "list", why, memory)
    for host in [] if keeps_pages else sorted(hosts):
        for surtkey, outline in memory.site.in_navigation(host):
            page = {"url_surtkey": surtkey, "url_host_name": host, "word_count": 0}
            if why := page_evidence(page, outline, site):
                yield from _withdraw(surtkey, "page", why, memory)


def _withdraw(surtkey: str, kind: str, why: str, memory: FoldMemory) -> Iterator[dict[str, Any]]:
    article = memory.article_of(surtkey)
    known = memory.known(article) if article else None
    memory.site.prove(surtkey, kind, why)
    memory.retract(surtkey, f"not_article:{kind}")
    if article and known:
        before = memory.site.withdraw(article, known.version)
        for version in range(before + 1, known.version + 1):
            yield {"article_id": article, "version": version, "reason": kind}
