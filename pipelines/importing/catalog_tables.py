"""The catalog's tables, their indexes, and the questions that are asked of them, as SQL."""

from __future__ import annotations

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE captures (
    no INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, kind TEXT, id TEXT, url TEXT,
    time TEXT, status INTEGER, mime TEXT, digest TEXT, sha1 TEXT, payload_type TEXT,
    segmented INTEGER,
    profile TEXT, refers_id TEXT, refers_url TEXT, refers_time TEXT,
    request INTEGER, metadata INTEGER, original INTEGER, outside TEXT,
    known INTEGER NOT NULL DEFAULT 0, run_id TEXT, source TEXT
);
CREATE TABLE companions (
    no INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, kind TEXT, id TEXT, url TEXT,
    segment INTEGER, last INTEGER, taken INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE links (file TEXT, one TEXT, other TEXT);
CREATE TABLE probe (no INTEGER PRIMARY KEY, id TEXT, digest TEXT);
"""
INDEXES = """
CREATE INDEX captures_id ON captures (id);
CREATE INDEX captures_refers_id ON captures (refers_id);
CREATE INDEX captures_url ON captures (url, time);
CREATE INDEX captures_digest ON captures (digest);
CREATE INDEX captures_time ON captures (time, id, no);
CREATE INDEX captures_place ON captures (file, offset);
CREATE INDEX companions_id ON companions (id);
CREATE INDEX companions_url ON companions (url, no);
CREATE INDEX links_one ON links (one, other);
CREATE INDEX links_other ON links (other, one);
"""
_NEAR = 3  # records between a response and a request that nothing but the URL ties to it
LINKED = """
    SELECT c.no FROM companions c JOIN links l ON l.file = c.file AND l.{own} = c.id
    WHERE l.{to} = captures.id AND c.file = captures.file AND c.kind = '{kind}'
    ORDER BY c.no LIMIT 1
"""
NEIGHBOUR = f"""
    SELECT no FROM (
        SELECT c.no, abs(c.no - captures.no) AS far FROM companions c
        WHERE c.url = captures.url AND c.no BETWEEN captures.no - {_NEAR} AND captures.no + {_NEAR}
        AND c.kind = 'request' AND c.file = captures.file AND NOT c.taken
    ) ORDER BY far LIMIT 1
"""
ORIGINAL = """
    SELECT no FROM (
        SELECT o.no, o.url <> captures.url AS elsewhere, o.time > captures.time AS later,
        abs(o.no - captures.no) AS far FROM captures o
        WHERE {condition} AND o.kind <> 'revisit' AND o.no <> captures.no
    ) ORDER BY elsewhere, later, far LIMIT 1
"""
ORIGINALS = (
    "o.id = captures.refers_id",
    "o.url = captures.refers_url AND substr(o.time, 1, 19) = substr(captures.refers_time, 1, 19)",
    "o.digest = captures.digest AND captures.profile = 'identical-payload-digest'",
)
NAMED_IN_LIBRARY = """
    SELECT p.no FROM probe p WHERE EXISTS (SELECT 1 FROM captures c WHERE c.id = p.id)
    OR EXISTS (SELECT 1 FROM captures c WHERE c.refers_id = p.id AND c.original IS NULL)
    OR EXISTS (SELECT 1 FROM captures c WHERE c.digest = p.digest AND c.kind = 'revisit'
               AND c.original IS NULL)
    ORDER BY p.no
"""
HELD = """
SELECT k.*, r.offset AS r_offset, r.length AS r_length, m.offset AS m_offset, m.length AS m_length,
    o.id AS o_id, o.url AS o_url, o.time AS o_time, coalesce(o.sha1, o.digest) AS o_digest,
    o.file AS o_file, o.offset AS o_offset, o.length AS o_length, o.segmented AS o_segmented
FROM captures k LEFT JOIN companions r ON r.no = k.request LEFT JOIN companions m ON
    m.no = k.metadata LEFT JOIN captures o ON o.no = k.original WHERE
"""
