"""The catalog's tables, their indexes, and the questions that are asked of them, as SQL.

Each question about a record is answered by a few look-ups in an index, however many records share
its id, address, date or digest: a file may be made so that they all do.
"""

from __future__ import annotations

from collections.abc import Iterator

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE captures (
    no INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, kind TEXT, id TEXT, url TEXT,
    time TEXT, status INTEGER, mime TEXT, digest TEXT, sha1 TEXT, payload_type TEXT,
    content TEXT NOT NULL DEFAULT '', segmented INTEGER,
    profile TEXT, refers_id TEXT, refers_url TEXT, refers_time TEXT,
    request INTEGER, metadata INTEGER, original INTEGER, outside TEXT,
    known INTEGER NOT NULL DEFAULT 0, run_id TEXT, source TEXT
);
CREATE TABLE companions (
    no INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, kind TEXT, id TEXT, url TEXT,
    time TEXT, size INTEGER, origin TEXT, segment INTEGER, last INTEGER,
    taken INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE links (file TEXT, one TEXT, other TEXT);
CREATE TABLE probe (no INTEGER PRIMARY KEY, id TEXT, digest TEXT);
"""
INDEXES = """
CREATE INDEX captures_id ON captures (id, no);
CREATE INDEX captures_same ON captures (id, url, time, content, no);
CREATE INDEX captures_own ON captures (file, id, no);
CREATE INDEX captures_time ON captures (time, id, no);
CREATE INDEX captures_place ON captures (file, offset);
CREATE INDEX originals_id_url ON captures (id, url, time, no) WHERE kind <> 'revisit';
CREATE INDEX originals_id ON captures (id, time, no) WHERE kind <> 'revisit';
CREATE INDEX originals_second ON captures (url, substr(time, 1, 19), time, no)
    WHERE kind <> 'revisit';
CREATE INDEX originals_digest_url ON captures (digest, url, time, no) WHERE kind <> 'revisit';
CREATE INDEX originals_digest ON captures (digest, time, no) WHERE kind <> 'revisit';
CREATE INDEX revisits_refers ON captures (refers_id) WHERE kind = 'revisit';
CREATE INDEX revisits_digest ON captures (digest, url) WHERE kind = 'revisit';
CREATE INDEX companions_id ON companions (file, id, kind, url, time, no);
CREATE INDEX companions_any ON companions (file, id, kind, no);
CREATE INDEX companions_url ON companions (url, no);
CREATE INDEX companions_part ON companions (file, origin, segment, no) WHERE origin IS NOT NULL;
CREATE INDEX links_one ON links (file, one, other);
CREATE INDEX links_other ON links (file, other, one);
"""
_NEAR = 3  # records between a response and a request that nothing but the URL ties to it
_LINKS = 64  # records that one names, or that name it: tools write one or two
_FIRST_LINKED = """
    (SELECT min((SELECT c.no FROM companions c WHERE c.file = captures.file AND c.id = l.{own}
        AND c.kind = '{kind}' {condition} ORDER BY c.no LIMIT 1))
    FROM (SELECT {own} FROM links WHERE file = captures.file AND {to} = captures.id LIMIT {most}) l)
"""
_SAME_PAGE = ("AND c.url = captures.url AND c.time = captures.time", "AND c.url = captures.url")
_ONLY = """
    CASE WHEN NOT EXISTS (SELECT 1 FROM captures o WHERE o.file = captures.file
        AND o.id = captures.id AND o.no <> captures.no) THEN {found} END
"""


def linked(kind: str, own: str, to: str) -> str:
    """The companion of *kind* that a capture names, or that names it: *own* is its column in
    `links`.

    Where several captures share the id, it has to be of the same address.
    """
    found = [
        _FIRST_LINKED.format(kind=kind, own=own, to=to, condition=condition, most=_LINKS)
        for condition in (*_SAME_PAGE, "")
    ]
    return f"coalesce({found[0]}, {found[1]}, {_ONLY.format(found=found[2])})"


NEIGHBOUR = f"""
    SELECT no FROM (
        SELECT c.no, abs(c.no - captures.no) AS far FROM companions c
        WHERE c.url = captures.url AND c.no BETWEEN captures.no - {_NEAR} AND captures.no + {_NEAR}
        AND c.kind = 'request' AND c.file = captures.file AND NOT c.taken
    ) ORDER BY far LIMIT 1
"""  # noqa: S608 - words of ours; values are bound
_ORIGINALS = (
    ("o.id = captures.refers_id", "1"),
    ("o.digest = captures.digest", "captures.profile = 'identical-payload-digest'"),
)
_ORIGINAL = """
    (SELECT o.no FROM captures o WHERE {condition} AND o.kind <> 'revisit'
    ORDER BY {order} LIMIT 1)
"""
_OF_SECOND = """
    o.url = captures.refers_url AND substr(o.time, 1, 19) = substr(captures.refers_time, 1, 19)
"""


def originals() -> Iterator[str]:
    """The capture that a revisit stands for, as an expression: by id, by address and date, by
    digest.

    One of the same address goes first, then the newest that is not later than the revisit.
    """
    (by_id, always), (by_digest, where) = _ORIGINALS
    yield _nearest(by_id, always)
    yield _ORIGINAL.format(condition=_OF_SECOND, order="o.time, o.no")
    yield _nearest(by_digest, where)


def _nearest(condition: str, where: str) -> str:
    found = []
    for address in (" AND o.url = captures.url", ""):
        for time, order in (("<=", "DESC"), (">", "ASC")):
            asked = f"{condition}{address} AND o.time {time} captures.time"
            ordered = f"o.time {order}, o.no {order}"
            found.append(_ORIGINAL.format(condition=asked, order=ordered))
    return f"CASE WHEN {where} THEN coalesce({', '.join(found)}) END"


NAMED_IN_LIBRARY = """
    SELECT p.no FROM probe p WHERE EXISTS (SELECT 1 FROM captures c WHERE c.id = p.id)
    OR EXISTS (SELECT 1 FROM captures c WHERE c.refers_id = p.id AND c.kind = 'revisit')
    OR EXISTS (SELECT 1 FROM captures c WHERE c.digest = p.digest AND c.kind = 'revisit')
    ORDER BY p.no
"""
TWIN = (
    "FROM captures o WHERE o.id = captures.id AND o.url = captures.url "
    "AND o.time = captures.time AND o.content = captures.content AND o.no < captures.no"
)
OF_ANOTHER = """
    SELECT c.no, c.id, c.url, c.time, c.content, o.url = c.url AND o.time = c.time
    FROM captures c JOIN captures o ON o.no = (SELECT min(no) FROM captures WHERE id = c.id)
    WHERE o.url <> c.url OR o.time <> c.time OR o.content <> c.content
"""
HELD = """
SELECT k.*, r.offset AS r_offset, r.length AS r_length, m.offset AS m_offset, m.length AS m_length,
    o.id AS o_id, o.url AS o_url, o.time AS o_time, coalesce(o.sha1, o.digest) AS o_digest,
    o.file AS o_file, o.offset AS o_offset, o.length AS o_length, o.segmented AS o_segmented
FROM captures k LEFT JOIN companions r ON r.no = k.request LEFT JOIN companions m ON
    m.no = k.metadata LEFT JOIN captures o ON o.no = k.original WHERE
"""
