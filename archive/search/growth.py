"""The files of batches into rows of the search index: the newest version of each article.

First the narrow columns say which versions are wanted and in which row groups they stand. Then the
texts of these row groups are read, a few hundred rows at a time.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zstandard

from archive.errors import TablesMissing
from archive.search.batches import Batches
from archive.search.database import write_state
from archive.search.tokens import marked
from archive.tables.journal import JournalEntry
from archive.types import Row

_AT_ONCE = 500  # rows whose texts are in memory
_LEVEL = 3  # of zstd
_MARK_SIZE = 8  # bytes

_NARROW: Final = [
    *("article_id", "version", "text_digest", "headline", "url", "url_host_name"),
    *("url_host_registered_domain", "source", "fetch_time", "date_published", "in_language"),
    *("author", "article_section", "completeness", "word_count"),
]
_TIMES: Final = ("fetch_time", "date_published")

_WANTED: Final = """
CREATE TEMP TABLE wanted (
    article_id TEXT PRIMARY KEY, version INTEGER, mark BLOB, file INTEGER, row_group INTEGER
) WITHOUT ROWID
"""
_WANT: Final = """
INSERT INTO wanted SELECT ?1, ?2, ?3, ?4, ?5
WHERE NOT EXISTS (SELECT 1 FROM withdrawn WHERE article_id = ?1 AND version = ?2)
ON CONFLICT DO UPDATE SET version = excluded.version, mark = excluded.mark,
    file = excluded.file, row_group = excluded.row_group
WHERE excluded.version > wanted.version
"""
_INSERT: Final = f"INSERT INTO articles VALUES (NULL{', ?' * 14})"  # noqa: S608 - words of ours; values are bound


def add_batch(connection: sqlite3.Connection, batches: Batches, entry: JournalEntry) -> bool:
    """Bring an index of the batches before *entry* up to it: call it inside a transaction."""
    paths = batches.files("articles", [entry])
    _begin(connection)
    gone = _withdraw(connection, batches.files("withdrawn", [entry]))
    lost = set(_drop(connection, "(article_id, version) IN (SELECT * FROM fresh)", gone))
    _want(connection, paths)
    connection.execute(
        "DELETE FROM wanted WHERE EXISTS (SELECT 1 FROM articles "
        "WHERE article_id = wanted.article_id AND version >= wanted.version)"
    )
    known = {row[0] for row in connection.execute("SELECT article_id FROM wanted")} if lost else ()
    if lost := lost.difference(known):  # an earlier version stands again
        earlier = [one for one in batches.entries if one.batch.number <= entry.batch.number]
        every = batches.files("articles", earlier)  # those of this batch are the last of them
        connection.execute("UPDATE wanted SET file = file + ?", (len(every) - len(paths),))
        _want(connection, every, lost)
        paths = every
    _drop(connection, "article_id IN (SELECT article_id FROM wanted)")
    _take(connection, paths)
    write_state(connection, batches.state(entry.batch.number))
    return True


def match(connection: sqlite3.Connection, batches: Batches) -> bool:
    """Make the index that of *batches*, whatever it was of: only rows that differ are replaced.

    Call it inside a transaction. False where most rows differ, and a new index is better.
    """
    paths = batches.files("articles")
    _begin(connection)
    connection.execute("DELETE FROM withdrawn")
    _withdraw(connection, batches.files("withdrawn"))
    _want(connection, paths)
    before = _count(connection, "articles")
    _drop(
        connection,
        "NOT EXISTS (SELECT 1 FROM wanted WHERE article_id = articles.article_id "
        "AND version = articles.version AND mark = articles.mark)",
    )
    kept = _count(connection, "articles")
    if kept < before / 2:
        return False
    connection.execute("DELETE FROM wanted WHERE article_id IN (SELECT article_id FROM articles)")
    _take(connection, paths)
    write_state(connection, batches.state())
    return True


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - words of ours; values are bound


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS temp.wanted")
    connection.execute("DROP TABLE IF EXISTS temp.fresh")
    connection.execute(_WANTED)
    connection.execute("CREATE TEMP TABLE fresh (article_id TEXT, version INTEGER)")


def _withdraw(connection: sqlite3.Connection, paths: list[Path]) -> bool:
    """Write down which versions stand no more; whether there are any."""
    for path in paths:
        for rows in _read(path, ["article_id", "version"]):
            pairs = [(row["article_id"], row["version"]) for row in rows.to_pylist()]
            connection.executemany("INSERT INTO fresh VALUES (?, ?)", pairs)
    connection.execute("INSERT OR IGNORE INTO withdrawn SELECT * FROM fresh")
    return bool(paths)


def _drop(connection: sqlite3.Connection, condition: str, needed: bool = True) -> Iterator[str]:
    """Take articles out, and give their ids."""
    if not needed:
        return iter(())
    found = connection.execute(f"SELECT id, article_id FROM articles WHERE {condition}").fetchall()  # noqa: S608 - words of ours; values are bound
    numbers = [(number,) for number, _ in found]
    connection.executemany("DELETE FROM articles WHERE id = ?", numbers)
    connection.executemany("DELETE FROM texts WHERE id = ?", numbers)
    return iter([identity for _, identity in found])


def _want(
    connection: sqlite3.Connection, paths: Sequence[Path], only: set[str] | None = None
) -> None:
    """Find the newest standing version of each article, or of *only* some, and its row group."""
    for number, path in enumerate(paths):
        for group, rows in _read_groups(path):
            if only is not None:
                rows = rows.filter(pc.is_in(rows["article_id"], pa.array(sorted(only))))
            connection.executemany(
                _WANT,
                (
                    (row["article_id"], row["version"], _mark(row), number, group)
                    for row in rows.to_pylist()
                ),
            )


def _mark(row: Row) -> bytes:
    """A digest of what the index keeps of *row*; rows with one mark are alike."""
    values = repr([row[name] for name in _NARROW])
    return hashlib.blake2b(values.encode(), digest_size=_MARK_SIZE).digest()


def _take(connection: sqlite3.Connection, paths: Sequence[Path]) -> None:
    """Read the wanted rows, and put them into the index."""
    places = connection.execute("SELECT DISTINCT file, row_group FROM wanted ORDER BY 1, 2")
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    for number, group in places.fetchall():
        found = connection.execute(
            "SELECT article_id, version, mark FROM wanted WHERE file = ? AND row_group = ?",
            (number, group),
        )
        wanted = {(identity, version): mark for identity, version, mark in found}
        for rows in _read(paths[number], [*_NARROW, "article_body"], group):
            for row in _chosen(rows, wanted):
                mark = wanted.pop((row["article_id"], row["version"]), None)
                if mark is not None:
                    _insert(connection, row, mark, compressor)


def _chosen(rows: pa.RecordBatch, wanted: dict[tuple[str, int], bytes]) -> list[Row]:
    ids = pa.array(sorted({identity for identity, _ in wanted}), pa.string())
    found: list[Row] = rows.filter(pc.is_in(rows["article_id"], ids)).to_pylist()
    return found


def _insert(
    connection: sqlite3.Connection, row: Row, mark: bytes, compressor: zstandard.ZstdCompressor
) -> None:
    text, headline = row["article_body"] or "", row["headline"] or ""
    values = (
        *(row["article_id"], row["version"], mark, row["url"], row["url_host_name"]),
        *(row["url_host_registered_domain"], row["source"], row["fetch_time"]),
        *(row["date_published"], (row["in_language"] or "").lower() or None),
        "\n".join(row["author"] or ()).casefold() or None,
        (row["article_section"] or "").casefold() or None,
        *(row["completeness"], headline),
    )
    number = connection.execute(_INSERT, values).lastrowid
    packed = compressor.compress(text.encode())
    connection.execute("INSERT INTO texts VALUES (?, ?)", (number, packed))
    connection.execute(
        "INSERT INTO words (rowid, headline, body) VALUES (?, ?, ?)",
        (number, marked(headline), marked(text)),
    )


def _read_groups(path: Path) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The narrow columns of *path*, each row group with its number."""
    with _opened(path) as opened:
        for group in range(opened.num_row_groups):
            for rows in opened.iter_batches(row_groups=[group], columns=_NARROW):
                yield group, _with_numbers(rows)


def _read(path: Path, columns: list[str], group: int | None = None) -> Iterator[pa.RecordBatch]:
    """*columns* of *path*, or of one row group, a few rows at a time."""
    with _opened(path) as opened:
        groups = range(opened.num_row_groups) if group is None else [group]
        for rows in opened.iter_batches(_AT_ONCE, row_groups=list(groups), columns=columns):
            yield _with_numbers(rows)


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16)
    except FileNotFoundError:
        generation = path.parents[3]
        what = f"{generation.name}/{path.relative_to(generation)}"
        raise TablesMissing(generation.parents[1], what) from None


def _with_numbers(rows: pa.RecordBatch) -> pa.RecordBatch:
    """*rows* with their times as microseconds since 1970."""
    for name in _TIMES:
        if name in rows.schema.names:
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, name, rows.column(at).cast(pa.int64()))
    return rows
