"""The tables of `state/console.db`: sums over the tables of a library, and where rows stand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

FORMAT = 2  # of these tables: a cache of another format is made again
DAY = 86_400 * 10**6  # microseconds

TABLES = """
CREATE TABLE progress (              -- one row: what is in the sums
    generation TEXT NOT NULL,
    batch INTEGER NOT NULL,
    journal TEXT                     -- what its file looked like when all its batches were in
) STRICT;
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- the table that it is a part of
    path TEXT NOT NULL,              -- relative to the generation
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX files_of_kind ON files (kind, batch);
CREATE TABLE damaged (path TEXT PRIMARY KEY, why TEXT NOT NULL) STRICT;
CREATE TABLE versions (              -- times are microseconds since 1970
    article_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    headline TEXT,
    date INTEGER NOT NULL,           -- of publication; of the fetch, where that is earlier
    fetch_time INTEGER NOT NULL,
    run_id TEXT,
    file INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,      -- 1 where later captures proved it to be no article
    PRIMARY KEY (article_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_of_source ON versions (source, date) WHERE version = 1 AND withdrawn = 0;
CREATE INDEX versions_of_run ON versions (run_id);
CREATE TABLE totals (                -- articles that stand; triggers count them
    source TEXT PRIMARY KEY,
    articles INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER article_came AFTER INSERT ON versions WHEN new.version = 1 AND NOT new.withdrawn
BEGIN
    INSERT INTO totals VALUES (new.source, 1)
    ON CONFLICT DO UPDATE SET articles = articles + 1;END;
CREATE TRIGGER article_went AFTER DELETE ON versions WHEN old.version = 1 AND NOT old.withdrawn
BEGIN
    UPDATE totals SET articles = articles - 1 WHERE source = old.source;END;
CREATE TRIGGER article_withdrawn AFTER UPDATE OF withdrawn ON versions
WHEN old.version = 1 AND new.withdrawn > old.withdrawn
BEGIN
    UPDATE totals SET articles = articles - 1 WHERE source = old.source;END;
CREATE INDEX withdrawn_versions ON versions (withdrawn) WHERE withdrawn = 1;
CREATE TABLE captures (              -- of both names 8 bytes of a digest
    url INTEGER NOT NULL,
    record INTEGER NOT NULL,
    file INTEGER NOT NULL,
    PRIMARY KEY (url, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX captures_by_record ON captures (record);
CREATE TABLE published (run_id TEXT PRIMARY KEY, captures INTEGER NOT NULL) STRICT;
CREATE TABLE run_files (
    run_id TEXT NOT NULL,
    file INTEGER NOT NULL,
    PRIMARY KEY (run_id, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE pages (                 -- what listings announced
    source TEXT NOT NULL,
    page INTEGER NOT NULL,           -- 8 bytes of a digest of the SURT
    day INTEGER NOT NULL,            -- since 1970: as announced, else when it was first asked for
    state INTEGER NOT NULL,          -- 0 kept out, 1 failed, 2 captured, 3 an article
    url TEXT,                        -- address, unless it is an article
    why TEXT,                        -- verdict or outcome, unless it is an article
    seen INTEGER NOT NULL,
    PRIMARY KEY (source, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_without_article ON pages (source, day) WHERE state < 3;
CREATE TABLE days (
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    announced INTEGER NOT NULL,
    captured INTEGER NOT NULL,       -- articles too
    articles INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE outcomes (
    source TEXT NOT NULL,
    week INTEGER NOT NULL,           -- days since 1970 of its Monday
    outcome TEXT NOT NULL,
    urls INTEGER NOT NULL,
    PRIMARY KEY (source, week, outcome)
) STRICT, WITHOUT ROWID;
CREATE TABLE announced (             -- of the newest runs of each source
    source TEXT NOT NULL,
    run_id TEXT NOT NULL,
    began INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    without TEXT NOT NULL,           -- JSON: by kind, how many gave no article
    newest TEXT,
    PRIMARY KEY (source, run_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE hops (                  -- redirects of the runs in the newest batch
    run_id TEXT NOT NULL,
    url TEXT NOT NULL,
    discovered_by TEXT,
    discovered_via TEXT,
    PRIMARY KEY (run_id, url)
) STRICT, WITHOUT ROWID;
CREATE TABLE taken (file TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
CREATE TABLE growth (                -- bytes that batches brought, by the day of their end
    day INTEGER PRIMARY KEY,
    warc INTEGER NOT NULL,
    tables INTEGER NOT NULL
) STRICT;
"""


def short_key(text: str) -> int:
    """A number of 8 bytes for *text*: what the cache keeps of addresses and record ids."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def moment_of(microseconds: int) -> datetime:
    """The time that the cache keeps as *microseconds*."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def micros(moment: datetime) -> int:
    """*moment* as the cache keeps it."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def week_of(day: int) -> int:
    """The Monday of the week of *day*, both in days since 1970, which began on a Thursday."""
    return day - (day + 3) % 7
