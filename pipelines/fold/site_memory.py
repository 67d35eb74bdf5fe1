"""What the fold knows of each site: how its articles begin, what is listed, what all pages link to.

It is a part of `fold.db`, and of its transactions.
"""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.types import Completeness, Row
from pipelines.outline.outline import Outline, is_plain

_ROLLING = 400  # pages of a host: then their counts are halved, and a redesign is seen
SITE_TABLES = """
CREATE TABLE IF NOT EXISTS openings (url_surtkey TEXT PRIMARY KEY, hashes BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS announced (url_surtkey TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS named (url_surtkey TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS site_links (
    host TEXT, url_surtkey TEXT, pages INTEGER, PRIMARY KEY (host, url_surtkey)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (
    host TEXT PRIMARY KEY, pages INTEGER, shown INTEGER, plain INTEGER, listed INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    warc_record_id TEXT PRIMARY KEY, run_id TEXT, source TEXT, page BLOB, outline TEXT
);
CREATE TABLE IF NOT EXISTS ended (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doubtful (
    url_surtkey TEXT PRIMARY KEY, host TEXT, words INTEGER, outline TEXT
);
CREATE INDEX IF NOT EXISTS doubtful_of_host ON doubtful (host);
CREATE TABLE IF NOT EXISTS doubted_links (
    listed TEXT, url_surtkey TEXT, PRIMARY KEY (listed, url_surtkey)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS proved (url_surtkey TEXT PRIMARY KEY, verdict TEXT, why TEXT);
CREATE TABLE IF NOT EXISTS foretold (url_surtkey TEXT PRIMARY KEY, verdict TEXT, why TEXT);
CREATE TABLE IF NOT EXISTS withdrawn (article_id TEXT PRIMARY KEY, version INTEGER) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """How many *pages* of a host were seen; how many articles of it are *shown* with a date or an
    author, or are *plain* and announced; how many of those shown a feed or a dated list names."""

    pages: int = 0
    shown: int = 0
    plain: int = 0
    listed: int = 0


def proof_in(generation: Path, surtkey: str) -> tuple[Completeness, str] | None:
    """What the page at an address was proved to be, and why, in the memory of *generation*; reads
    only."""
    try:
        uri = f"{(generation / 'fold.db').as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return SiteMemory(connection).proof(surtkey)
    except sqlite3.Error:  # there is none, or one of an older version
        return None


class SiteMemory:
    """The tables of sites in an open memory of the fold."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def openings(self, surtkey: str) -> frozenset[int] | None:
        """How the blocks of the article at an address begin; None where no article is there."""
        row = self._one("SELECT hashes FROM openings WHERE url_surtkey = ?", surtkey)
        return None if row is None else frozenset(struct.unpack(f"<{len(row[0]) // 4}I", row[0]))

    def keep_openings(self, surtkey: str, openings: Collection[int]) -> None:
        """The blocks of the article at this address begin so."""
        data = struct.pack(f"<{len(openings)}I", *openings)
        self._connection.execute("INSERT OR REPLACE INTO openings VALUES (?, ?)", (surtkey, data))

    def is_announced(self, surtkey: str) -> bool:
        """Whether a feed, or a list under its date, names the page at an address."""
        return bool(self._one("SELECT 1 FROM announced WHERE url_surtkey = ?", surtkey))

    def announce(self, surtkeys: Iterable[str]) -> None:
        """Feeds, or lists under their dates, name these addresses."""
        rows = [(one,) for one in surtkeys]
        self._connection.executemany("INSERT OR IGNORE INTO announced VALUES (?)", rows)

    def is_named(self, surtkey: str) -> bool:
        """Whether a list has the title of the page at an address."""
        return bool(self._one("SELECT 1 FROM named WHERE url_surtkey = ?", surtkey))

    def name(self, surtkeys: Iterable[str]) -> None:
        """Lists have the titles of the pages at these addresses."""
        rows = [(one,) for one in surtkeys]
        self._connection.executemany("INSERT OR IGNORE INTO named VALUES (?)", rows)

    # what all pages of a site link to

    def counts(self, host: str) -> SiteCounts:
        """The counts of a host."""
        row = self._one("SELECT pages, shown, plain, listed FROM sites WHERE host = ?", host)
        return SiteCounts(*row) if row else SiteCounts()

    def links_to(self, host: str, surtkey: str) -> int:
        """How many pages of *host* have the address in their navigation."""
        query = "SELECT pages FROM site_links WHERE host = ? AND url_surtkey = ?"
        row = self._one(query, host, surtkey)
        return int(row[0]) if row else 0

    def count(self, host: str, counts: SiteCounts, links: Counter[str]) -> None:
        """Add what a batch has of *host*: its pages, and how many of them link to each address."""
        before = self.counts(host)
        self._connection.executemany(
            "INSERT INTO site_links VALUES (?, ?, ?) ON CONFLICT (host, url_surtkey) "
            "DO UPDATE SET pages = pages + excluded.pages",
            [(host, one, number) for one, number in links.items()],
        )
        pages = before.pages + counts.pages
        while pages > _ROLLING:
            pages //= 2
            self._connection.execute(
                "UPDATE site_links SET pages = pages / 2 WHERE host = ?", (host,)
            )
        self._connection.execute("DELETE FROM site_links WHERE host = ? AND pages = 0", (host,))
        shown, plain = before.shown + counts.shown, before.plain + counts.plain
        self._connection.execute(
            "INSERT OR REPLACE INTO sites VALUES (?, ?, ?, ?, ?)",
            (host, pages, shown, plain, before.listed + counts.listed),
        )

    # pages that wait for the end of their run

    def has_ended(self, run_id: str) -> bool:
        """Whether the log of a run is known."""
        return bool(self._one("SELECT 1 FROM ended WHERE run_id = ?", run_id))

    def end(self, runs: Iterable[str]) -> None:
        """The logs of these *runs* are known."""
        rows = [(run,) for run in runs]
        self._connection.executemany("INSERT OR IGNORE INTO ended VALUES (?)", rows)

    def hold(self, page: pa.Table, outline: str | None) -> None:
        """Let a page, a table of one row, wait for the end of its run."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, page.schema) as writer:
            writer.write_table(page)
        names = ("warc_record_id", "run_id", "source")
        values = [page[name][0].as_py() for name in names]
        self._connection.execute(
            "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?)",
            (*values, sink.getvalue().to_pybytes(), outline),
        )

    def release(self, runs: Collection[str], sources: Collection[str]) -> Iterator[Row]:
        """The pages whose run is one of *runs*, or earlier than a run of one of *sources*: a table
        of one row, and its outline."""
        query = "SELECT warc_record_id, run_id, source FROM waiting ORDER BY warc_record_id"
        for record_id, run, source in self._connection.execute(query).fetchall():
            if run in runs or source in sources:
                query = "SELECT page, outline FROM waiting WHERE warc_record_id = ?"
                page, outline = self._one(query, record_id)
                self._connection.execute(
                    "DELETE FROM waiting WHERE warc_record_id = ?", (record_id,)
                )
                table = pa.ipc.open_stream(page).read_all()
                yield {"page": table, "outline": outline, "warc_record_id": record_id}

    # articles that may prove to be none

    def doubt(self, surtkey: str, host: str, words: int, outline: Outline) -> None:
        """The article of so many *words* at this address may prove to be none once more of its site
        is known; what cannot is in no doubt."""
        self._clear(surtkey)
        if outline.fed or not (outline.listing or is_plain(outline)):
            return
        self._connection.execute(
            "INSERT OR REPLACE INTO doubtful VALUES (?, ?, ?, ?)",
            (surtkey, host, words, outline.to_json()),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO doubted_links VALUES (?, ?)",
            [(one.key, surtkey) for one in outline.lists],
        )

    def doubted(self, surtkeys: Iterable[str]) -> list[tuple[str, str, Outline]]:
        """The doubtful articles that list one of these addresses, or stand at one: each with its
        host and outline."""
        found: dict[str, tuple[str, Outline]] = {}
        query = (
            "SELECT url_surtkey, host, outline FROM doubtful WHERE url_surtkey = ?1 OR url_surtkey "
            "IN (SELECT url_surtkey FROM doubted_links WHERE listed = ?1)"
        )
        for one in surtkeys:
            for key, host, outline in self._connection.execute(query, (one,)):
                found[key] = host, Outline.from_json(outline)
        return [(key, *found[key]) for key in sorted(found)]

    def in_navigation(self, host: str) -> list[tuple[str, int, Outline]]:
        """The doubtful articles of *host* that at least every second page of it links to, each with
        its number of words."""
        query = (
            "SELECT doubtful.url_surtkey, words, outline FROM doubtful JOIN site_links USING "
            "(host, url_surtkey) WHERE host = ? AND 2 * pages >= ? ORDER BY doubtful.url_surtkey"
        )
        rows = self._connection.execute(query, (host, self.counts(host).pages)).fetchall()
        return [(key, words, Outline.from_json(outline)) for key, words, outline in rows]

    def _clear(self, surtkey: str, *tables: str) -> None:
        for table in (*tables, "doubtful", "doubted_links"):
            self._connection.execute(f"DELETE FROM {table} WHERE url_surtkey = ?", (surtkey,))  # noqa: S608 - words of ours; values are bound

    def prove(self, surtkey: str, verdict: str, why: str) -> None:
        """The page at this address is no article, and *why*: it is in doubt no more."""
        self._clear(surtkey, "openings")
        self._connection.execute(
            "INSERT OR REPLACE INTO proved VALUES (?, ?, ?)", (surtkey, verdict, why)
        )

    def proof(self, surtkey: str) -> tuple[Completeness, str] | None:
        """What the page at an address was proved to be, and why; None where it was not."""
        row = self._one("SELECT verdict, why FROM proved WHERE url_surtkey = ?", surtkey)
        return (row[0], row[1]) if row else None

    def proofs(self) -> list[tuple[str, str, str]]:
        """All that was proved: address, verdict, why."""
        query = "SELECT url_surtkey, verdict, why FROM proved ORDER BY url_surtkey"
        return list(self._connection.execute(query).fetchall())

    def foretell(self, proofs: Iterable[tuple[str, str, str]]) -> None:
        """Take over what the whole history proves, before it is folded."""
        self._connection.executemany("INSERT OR REPLACE INTO foretold VALUES (?, ?, ?)", proofs)

    def foretold(self, surtkey: str) -> tuple[Completeness, str] | None:
        """What the whole history proves the page at an address to be, and why; None: nothing."""
        row = self._one("SELECT verdict, why FROM foretold WHERE url_surtkey = ?", surtkey)
        return (row[0], row[1]) if row else None

    def withdraw(self, article_id: str, version: int) -> int:
        """The versions of the article up to *version* are withdrawn; the last that was before."""
        before = self.withdrawn(article_id)
        self._connection.execute(
            "INSERT OR REPLACE INTO withdrawn VALUES (?, ?)", (article_id, version)
        )
        return before

    def withdrawn(self, article_id: str) -> int:
        """The last version of an article that is withdrawn; 0 where none is."""
        row = self._one("SELECT version FROM withdrawn WHERE article_id = ?", article_id)
        return int(row[0]) if row else 0

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()
