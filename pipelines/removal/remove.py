"""What a person names into a removal that all obey, or a removal into one that is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import UsageError
from archive.library import Library
from archive.removal.in_force import in_force, not_found, removals_of
from archive.removal.tombstones import REMOVAL_URI, Target, Tombstone, Tombstones, target_of
from archive.removal.withheld import BY_ADDRESS, OF_ARTICLE, address_mask, covered_articles
from archive.search.hits import refresh
from archive.tables.dataset import rows
from archive.tables.names import SHORTEST, address_named
from archive.tables.url_history import articles_of, histories
from archive.warc.records import resource_record, warc_date
from archive.warc_file import WarcFile
from archive.web.surt import article_id, url_surtkey
from pipelines.removal.settle import settle

_SHOWN = 5  # headlines that a message names
_ARTICLE: Final = ["article_id", "version", "headline", *OF_ARTICLE]
_ADDRESSES: Final = ["article_id", "url", *OF_ARTICLE]


@dataclass(frozen=True, slots=True)
class Covered:
    """What a target covers of the rows that readers see: counts, and the first few headlines."""

    articles: int
    versions: int
    captures: int
    crawl_log: int
    payloads: int
    headlines: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing here is of the target."""
        return not (self.versions or self.captures or self.crawl_log)


def find_target(library: Library, text: str) -> Target:
    """What *text* names: a host, a prefix, an address, an article or a record by its id.

    The addresses of the articles that it covers come along: their pages, their canonical address,
    those that gave the same article. UsageError where it names nothing, CaptureNotFound where no
    record has the id.
    """
    generation, wanted = library.generation, text.strip()
    named = address_named(generation, wanted)
    if named == wanted and wanted.startswith(("urn:", "<")):
        raise not_found(generation, wanted)
    target = target_of(named, alone=named != wanted)
    found = Tombstones([_tombstone(library, target)])
    more = {url_surtkey(one) for one in _belonging(generation, target, found, named)}
    further = sorted(key for key in more if not found.covers(key))
    return replace(target, keys=(*target.keys, *further))


def _belonging(generation: Path, target: Target, covering: Tombstones, named: str) -> Iterator[str]:
    """The addresses of the articles that *covering*, which is of *target*, covers."""
    articles = rows(generation, "articles", columns=_ADDRESSES).to_arrow()
    mine = articles.filter(pa.array(list(covered_articles(articles, covering)), pa.bool_()))
    ids = set(mine["article_id"].to_pylist())
    if target.kind == "url":
        gave = articles_of(generation, histories(generation, named)[0])
        ids |= {one.newest["article_id"] for one in gave}
    known = pa.array(sorted(ids), pa.string())
    for row in articles.filter(pc.is_in(articles["article_id"], known)).to_pylist():
        yield row["url"]
        yield from row["page_urls"] or ()
        if row["canonical_url"] and article_id(row["canonical_url"]) == row["article_id"]:
            yield row["canonical_url"]
    gave_one = pc.field("article_id").isin(known)
    yield from (
        rows(generation, "crawl_log", columns=["url"], condition=gave_one)
        .to_arrow()["url"]
        .to_pylist()
    )


def covered(library: Library, target: Target) -> Covered:
    """What *target* covers of the tables; narrow columns are read."""
    own = Tombstones([_tombstone(library, target)])
    generation = library.generation
    articles = rows(generation, "articles", columns=_ARTICLE).to_arrow()
    mine = articles.filter(pa.array(list(covered_articles(articles, own)), pa.bool_()))
    titles = dict(zip(mine["article_id"].to_pylist(), mine["headline"].to_pylist(), strict=True))
    counts = {name: _count(generation, name, own) for name in BY_ADDRESS}
    named = [title or "(no headline)" for title in titles.values()]
    return Covered(len(titles), mine.num_rows, **counts, headlines=tuple(named[:_SHOWN]))


def _count(generation: Path, table: str, tombstones: Tombstones) -> int:
    keys = rows(generation, table, columns=["url_surtkey"]).to_arrow()
    return int(address_mask(keys, tombstones).true_count)


def remove(
    library: Library, target: Target, *, by: str | None = None, reason: str | None = None
) -> Tombstone:
    """Remove *target*: nothing of it is shown, played, exported or asked for again.

    The bytes stay in the WARC files, and its rows where no reader looks. LockHeld where another
    process publishes. Interrupted, it is not removed yet, or wholly: publishing completes it.
    """
    tombstone = _tombstone(library, target, by, reason)
    _bring_into_force(library, [tombstone])
    return tombstone


def undo(
    library: Library, removals: Iterable[Tombstone], *, by: str | None = None
) -> tuple[Tombstone, ...]:
    """Take *removals* back: their rows are as they were."""
    taken_back = tuple(
        Tombstone(str(uuid.uuid4()), _now(), by=by, undoes=one.id) for one in removals
    )
    _bring_into_force(library, taken_back)
    return taken_back


def removals_named(library: Library, text: str) -> tuple[Tombstone, ...]:
    """The removals in force of what *text* names, or whose id begins so; UsageError without one."""
    standing = in_force(library.path).in_force
    if not any(sign in text for sign in "./"):
        own = [one for one in standing if len(text) >= SHORTEST and one.id.startswith(text)]
        if found := own or removals_of(library.generation, text):
            return (_alone(text, found, by_article=not own),)
    alone = target_of(text, alone=True).keys[0]
    target = target_of(text)
    found = [
        one
        for one in standing
        if (one.kind == target.kind != "url" and target.keys[0] == one.keys[0])
        or (one.kind == "url" and alone in one.keys)
    ]
    if not found:
        raise UsageError(f"{text} is not removed: `backissue remove` lists what is")
    return tuple(found)


def _alone(text: str, found: Sequence[Tombstone], *, by_article: bool) -> Tombstone:
    """The one removal that an id names; UsageError where it hides more than the article, or is one
    of several."""
    if len(found) > 1:
        raise UsageError(f"{text} names {len(found)} removals: give more of the id")
    if by_article and found[0].kind != "url":
        raise UsageError(f"{text} is hidden with others: {found[0].target.cure}")
    return found[0]


def _bring_into_force(library: Library, new: Sequence[Tombstone]) -> None:
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        files.check_floor(library.path, library.settings.disk.floor)
        settle(library)
        for one in new:
            _record(library, one)
        settle(library, new)
    refresh(library)


def _tombstone(
    library: Library, target: Target, by: str | None = None, reason: str | None = None
) -> Tombstone:
    who = by or library.settings.operator or None
    named = (target.kind, target.what, target.keys)
    return Tombstone(str(uuid.uuid4()), _now(), who, reason, *named)


def _now() -> str:
    return warc_date(datetime.now(UTC))


def _record(library: Library, tombstone: Tombstone) -> None:
    """Write *tombstone* down in the WARC, from which a rebuild has it again."""
    file = WarcFile(library, 0)
    uri, moment = f"{REMOVAL_URI}{tombstone.id}", datetime.fromisoformat(tombstone.time)
    body, info = tombstone.to_line(), file.warcinfo_id
    file.append([resource_record(uri, body, "application/json", moment, info)])
    file.seal()
