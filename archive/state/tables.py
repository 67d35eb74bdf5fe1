"""The tables of the state database, and the columns that later versions have added to them."""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS warc_files (
    name TEXT PRIMARY KEY,           -- relative to the library, without `.open`
    synced_offset INTEGER NOT NULL,  -- bytes that are on the disk for sure
    derived_offset INTEGER NOT NULL, -- bytes whose articles are staged
    sealed INTEGER NOT NULL          -- 1 once nothing is added any more
) STRICT;
CREATE TABLE IF NOT EXISTS validators (
    url_surtkey TEXT PRIMARY KEY,    -- the newest complete response of a URL
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    payload_digest TEXT NOT NULL,
    fetch_time TEXT NOT NULL,
    warc_record_id TEXT NOT NULL,
    warc_filename TEXT NOT NULL,
    warc_record_offset INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    scheduled_for TEXT,
    started TEXT NOT NULL,
    ended TEXT,
    state TEXT NOT NULL,             -- running, done, budget, aborted, interrupted, lost
    detail TEXT,
    known INTEGER NOT NULL,          -- URLs to be fetched, as far as known
    finished INTEGER NOT NULL,       -- URLs with an outcome
    captures INTEGER NOT NULL,       -- responses and revisits written
    failed INTEGER NOT NULL,         -- URLs whose outcome is an error
    announced INTEGER,               -- articles that the listings named
    new INTEGER,                     -- how many of them were not known before
    span REAL,                       -- seconds from the oldest to the newest date they gave
    look_again TEXT,                 -- when the first known article is due by its age
    longest_stall REAL,              -- seconds for which the crawl process heard of nothing
    UNIQUE (source, scheduled_for)
) STRICT;
CREATE INDEX IF NOT EXISTS runs_of_source ON runs (source, started);
CREATE INDEX IF NOT EXISTS runs_by_start ON runs (started, run_id);
CREATE TABLE IF NOT EXISTS paused (
    source TEXT PRIMARY KEY,         -- not crawled by schedule; `*`: all sources
    since TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS frontier (
    source TEXT NOT NULL,
    url_surtkey TEXT NOT NULL,
    url TEXT NOT NULL,
    outcome TEXT NOT NULL,           -- the newest outcome
    fetch_time TEXT NOT NULL,        -- when it was known
    changed_time TEXT NOT NULL,      -- when the content was last seen to be new
    announced TEXT,                  -- JSON: the newest date that a feed, a sitemap … gave for it
    PRIMARY KEY (source, url_surtkey)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY,         -- scheme, name and port of a host whose robots.txt was read
    status INTEGER NOT NULL,
    content BLOB NOT NULL,
    fetch_time TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS resting (
    host TEXT PRIMARY KEY,           -- asked to be left alone
    until TEXT NOT NULL
) STRICT;
"""

LATER = {
    "announced": "INTEGER",
    "new": "INTEGER",
    "span": "REAL",
    "look_again": "TEXT",
    "longest_stall": "REAL",
}
