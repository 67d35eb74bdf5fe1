"""The tables of `fold.db`, laid out in a database that is new or of an older version."""

from __future__ import annotations

import sqlite3

from pipelines.fold.site_memory import SITE_TABLES

_TABLES = """
CREATE TABLE IF NOT EXISTS articles (
    article_id TEXT PRIMARY KEY, version INTEGER, text_digest TEXT, headline TEXT, author TEXT,
    date_published TEXT, word_count INTEGER, completeness TEXT, in_language TEXT, doubted TEXT,
    flow_digest TEXT, boxes TEXT NOT NULL DEFAULT '[]', content_digest TEXT, date TEXT
);
CREATE TABLE IF NOT EXISTS urls (url_surtkey TEXT PRIMARY KEY, article_id TEXT, verdict TEXT);
CREATE TABLE IF NOT EXISTS canonicals (
    url_surtkey TEXT, declared_by TEXT, text_digest TEXT, PRIMARY KEY (url_surtkey, declared_by)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts (
    warc_record_id TEXT PRIMARY KEY, verdict TEXT, article_id TEXT
);
CREATE TABLE IF NOT EXISTS parts (url_surtkey TEXT PRIMARY KEY, said TEXT);
CREATE TABLE IF NOT EXISTS begun (url TEXT PRIMARY KEY, pages BLOB);
CREATE TABLE IF NOT EXISTS signatures (
    number INTEGER PRIMARY KEY, article_id TEXT UNIQUE, signature BLOB
);
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER, hash INTEGER, number INTEGER, PRIMARY KEY (band, hash, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS host_articles (
    host TEXT, article_id TEXT, words INTEGER, PRIMARY KEY (host, article_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_of_host ON host_articles (host, words);
CREATE TABLE IF NOT EXISTS boxes (
    host TEXT, hash TEXT, article_id TEXT, beginning TEXT, PRIMARY KEY (host, hash, article_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS relearned (
    host TEXT PRIMARY KEY, until INTEGER, blocks TEXT, usual_words INTEGER
);
CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY);
"""


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables and columns that the database lacks."""
    _bring_up_to_date(connection)
    connection.executescript(_TABLES + SITE_TABLES)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give a memory of 0.1.0 the columns that it lacks; its counts of canonical addresses are
    dropped."""
    names = {row[1] for row in connection.execute("PRAGMA table_info(articles)")}
    if names and "doubted" not in names:
        connection.executescript(
            "BEGIN; ALTER TABLE articles ADD COLUMN in_language TEXT;"
            "ALTER TABLE articles ADD COLUMN doubted TEXT; DROP TABLE canonicals; COMMIT"
        )
    if names and "boxes" not in names:
        connection.executescript(
            "BEGIN; ALTER TABLE articles ADD COLUMN flow_digest TEXT;"
            "ALTER TABLE articles ADD COLUMN boxes TEXT NOT NULL DEFAULT '[]'; COMMIT"
        )
    if names and "content_digest" not in names:
        connection.executescript(
            "BEGIN; ALTER TABLE articles ADD COLUMN content_digest TEXT;"
            "ALTER TABLE articles ADD COLUMN date TEXT; COMMIT"
        )
