"""The pages of a batch against what is known of their sites: which wait, which are no articles,
and which articles of earlier batches prove to be none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from archive.types import NO_ARTICLE, Completeness, Row
from archive.web.surt import url_surtkey
from pipelines.derive.arrow_rows import PAGES
from pipelines.fold.batch_site import BatchSite, Outlines, addresses_of_page
from pipelines.fold.lists import (
    goes_on,
    is_announced,
    is_doubtful,
    list_evidence,
    page_evidence,
)
from pipelines.fold.memory import FoldMemory
from pipelines.fold.site_memory import SiteMemory
from pipelines.fold.versions import Verdict
from pipelines.metadata.numbered_urls import is_behind
from pipelines.outline.outline import NO_OUTLINE, Outline, is_plain

_COMPANY = 3  # pages of a site: a page that comes with fewer came alone
_LOOKED_AT = [
    *("url", "url_surtkey", "url_host_name", "completeness", "word_count", "part_of", "run_id"),
    *("source", "warc_record_id", "evidence", "canonical_url"),
]


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
    kept: list[bool] = []
    for number, page in enumerate(pages.select(_LOOKED_AT).to_pylist()):
        outline = outlines.get(page["warc_record_id"], NO_OUTLINE)
        waits = page["run_id"] in going_on and (goes_on(page) or is_doubtful(page, outline))
        if waits:
            memory.hold(pages.slice(number, 1), outline.to_json())
        kept.append(not waits)
    released = list(memory.release(ended, set(filter(None, log["source"].to_pylist()))))
    more = {row["warc_record_id"]: Outline.from_json(row["outline"]) for row in released}
    tables = [one["page"].select(PAGES.names).cast(PAGES) for one in released]
    rest = pages.filter(pa.array(kept, pa.bool_()))
    return pa.concat_tables([*tables, rest]), {**outlines, **more}


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
        if (outline := outlines.get(row["warc_record_id"]))
        and is_doubtful(row, outline)
        and not _is_later_page(row)
    ]
    found = _foretold(doubted, site, memory)
    _by_what_is_known([pair for pair in doubted if _is_open(pair, found)], site, found)
    rest = [pair for pair in doubted if _is_open(pair, found)]
    plain = [(row, outline) for row, outline in rest if is_plain(outline)]
    site.count_shown(row for row, outline in rest if not is_plain(outline))
    site.count_plain(row for row, outline in plain if not outline.listing)
    for row, outline in [] if keeps_pages else plain:
        if why := page_evidence(row, outline, site):
            found[row["warc_record_id"]] = "page", why
    _by_look_alone([pair for pair in doubted if _is_open(pair, found)], site, found)
    _behind_lists(rows, site, found)
    return _rewritten(pages, rows, found), site


def _is_later_page(row: Row) -> bool:
    """Whether a page is one behind the first page of an article: it is what that is."""
    canonical = row["canonical_url"]
    return bool(row["part_of"]) or bool(canonical and is_behind(row["url"], canonical))


Found = dict[str, tuple[Completeness, str]]
"""By record id what a page is, and why."""


def _is_open(pair: tuple[Row, Outline], found: Found) -> bool:
    """Whether nothing is known yet of a page."""
    return pair[0]["warc_record_id"] not in found


def _names_known(outline: Outline, site: BatchSite) -> bool:
    """Whether any page that is listed is known."""
    return any(site.openings(one.key) or site.is_list(one.key) for one in outline.lists)


def _foretold(doubted: Sequence[tuple[Row, Outline]], site: BatchSite, memory: FoldMemory) -> Found:
    """What the whole history proves of the pages that are *doubted*, where it was read before."""
    found: Found = {}
    for row, outline in doubted:
        if proof := memory.site.foretold(row["url_surtkey"]):
            found[row["warc_record_id"]] = proof
            site.take_for_list(row["url_surtkey"], outline)
    return found


def _by_look_alone(doubted: Sequence[tuple[Row, Outline]], site: BatchSite, found: Found) -> None:
    """Enter what nothing else tells of pages that look like lists.

    Such a page is an article where it is announced, or where what it lists is known and says
    nothing against it, or where it came alone. Else it is a list.
    """
    for row, outline in doubted:
        record, surtkey = row["warc_record_id"], row["url_surtkey"]
        if row["completeness"] != "list":
            continue
        if is_announced(surtkey, outline, site):
            found[record] = "unknown", "it looks like a list, and is announced as an article"
        elif site.counts(row["url_host_name"] or "").pages < _COMPANY:
            found[record] = "unknown", "it looks like a list, and came alone"
        elif _names_known(outline, site):
            found[record] = "unknown", "it looks like a list, and has a text of its own"
        else:
            site.take_for_list(surtkey, outline)
            found[record] = "list", _reason(row)


def _reason(row: Row) -> str:
    """Why the page looks like a list."""
    said = json.loads(row["evidence"] or "{}").get("completeness", {})
    return str(said.get("from", ""))


def _by_what_is_known(
    doubted: Sequence[tuple[Row, Outline]], site: BatchSite, found: Found
) -> None:
    """Enter the lists among the *doubted*: first those of articles, then those of lists, then those
    of pages that are no lists themselves."""
    waiting = [(row, outline) for row, outline in doubted if outline.listing]
    waiting.sort(key=lambda pair: (-len(pair[1].lists), not pair[1].marks))  # lists come first
    _grow(waiting, site, found)
    for row, outline in waiting:
        if row["warc_record_id"] not in found:
            site.accept(row, outline)
    _grow(waiting, site, found)


def _grow(waiting: Sequence[tuple[Row, Outline]], site: BatchSite, found: Found) -> None:
    """Enter the lists of what is known, until no more are found."""
    before = -1
    while before < len(found):
        before = len(found)
        for row, outline in waiting:
            record, surtkey = row["warc_record_id"], row["url_surtkey"]
            if record not in found and (
                why := list_evidence(surtkey, row["url_host_name"] or "", outline, site)
            ):
                found[record] = "list", why
                site.take_for_list(surtkey, outline)


def _behind_lists(rows: Sequence[Row], site: BatchSite, found: Found) -> None:
    """The pages behind the first page of a list are lists, and stitched to nothing."""
    for row in rows:
        is_behind = row["part_of"] and row["completeness"] not in (None, *NO_ARTICLE)
        if is_behind and site.is_list(url_surtkey(row["part_of"])):
            found.setdefault(row["warc_record_id"], ("list", f"behind {row['part_of']}"))


def _rewritten(pages: pa.Table, rows: Sequence[Row], found: Found) -> pa.Table:
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
            for address in addresses_of_page(page):
                memory.site.keep_openings(address, outline.openings)
                news.add(address)
            host = page["url_host_name"] or ""
            memory.site.doubt(surtkey, host, page["word_count"], outline)
        elif kind in ("list", "page"):
            memory.site.prove(surtkey, kind, _reason(page))
            news.add(surtkey)
    return news


def withdrawn(
    news: Iterable[str], hosts: Iterable[str], memory: FoldMemory, *, keeps_pages: bool
) -> Iterator[dict[str, Any]]:
    """The versions of articles that *news* of their site prove to be none: rows without `as_of`."""
    site = BatchSite(memory)
    for surtkey, host, outline in memory.site.doubted(sorted(news)):
        if why := list_evidence(surtkey, host, outline, site):
            yield from _withdraw(surtkey, "list", why, memory)
    for host in [] if keeps_pages else sorted(hosts):
        for surtkey, words, outline in memory.site.in_navigation(host):
            page = {"url_surtkey": surtkey, "url_host_name": host, "word_count": words}
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
