"""What a person names into rows: an address, an article by its id or the id's first characters, or
a WARC record by its id.

Every command that takes one of them takes all.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.compute as pc

from archive.errors import CaptureNotFound, UsageError
from archive.tables.dataset import find_pointer, rows
from archive.tables.lookup import rows_with
from archive.tables.url_history import articles_of, histories
from archive.types import Pointer, Row
from archive.web.surt import url_surtkey

SHORTEST = 4  # characters of an id that may stand for it: 20 bits, few articles share them
_NAMED = 5  # ids that a message names
_ID = re.compile(r"[a-z2-7]+", re.IGNORECASE)
_PLACE = ("warc_filename", "warc_record_offset", "warc_record_length")


def article_named(generation: Path, wanted: str) -> str:
    """The id of the article that *wanted* names; CaptureNotFound where none has it.

    UsageError where several articles do.
    """
    if record := _record_in(wanted):
        return _article_of_record(generation, record)
    if _is_address(wanted):
        return _only(wanted, _articles_at(generation, wanted))
    return _only(wanted, _ids(generation, wanted))


def versions_named(generation: Path, wanted: str) -> list[Row]:
    """The standing versions of the article that *wanted* names, oldest first; none where no
    article has it."""
    try:
        return versions_of(generation, article_named(generation, wanted))
    except CaptureNotFound:
        return []


def address_named(generation: Path, wanted: str) -> str:
    """The address of what *wanted* names; *wanted* itself where it names no article or record."""
    if record := _record_in(wanted):
        found = _of_record(generation, "captures", ["url"], record)
        return str(found[0]["url"]) if found else wanted
    ids = () if _is_address(wanted) else _ids(generation, wanted)
    if not ids:
        return wanted
    versions = _narrow(generation, "article_id", _only(wanted, ids), ["url", "version"])
    return str(max(versions, key=lambda row: int(row["version"]))["url"])


def pointer_named(generation: Path, wanted: str) -> tuple[str, Pointer] | None:
    """Record id and place of the capture that *wanted* names: of an article's newest version, or
    the newest response at an address; None where there is none."""
    if record := _record_in(wanted):
        return find_pointer(generation, record)
    if _is_address(wanted):
        return _newest_at(generation, wanted) or find_pointer(generation, wanted)
    ids = _ids(generation, wanted)
    return find_pointer(generation, _only(wanted, ids)) if ids else None


def versions_of(generation: Path, article_id: str) -> list[Row]:
    """The standing versions of an article, whole rows, oldest first."""
    gone = {
        row["version"] for row in rows_with(generation, "withdrawn", "article_id", [article_id])
    }
    keys = _narrow(generation, "article_id", article_id, ["url_surtkey"])
    at = sorted({row["url_surtkey"] for row in keys if row["url_surtkey"] is not None})
    found = rows_with(generation, "articles", "url_surtkey", at) if at else ()
    if len(at) < len({row["url_surtkey"] for row in keys}):  # rows without an address
        found = rows_with(generation, "articles", "article_id", [article_id])
    mine = (row for row in found if row["article_id"] == article_id and row["version"] not in gone)
    return sorted(mine, key=lambda row: int(row["version"]))


def _record_in(wanted: str) -> str | None:
    """The record id that *wanted* is, without its brackets; None where it is none."""
    bare = wanted.strip().strip("<>")
    return bare if bare != wanted.strip() or bare.startswith("urn:") else None


def _is_address(wanted: str) -> bool:
    return any(sign in wanted for sign in ":./")


def _only(wanted: str, ids: list[str]) -> str:
    if not ids:
        raise CaptureNotFound(wanted)
    if len(ids) == 1:
        return ids[0]
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    named = ", ".join(ids[:_NAMED])
    raise UsageError(f"{wanted} names {len(ids):,} articles ({named}{more}): give one of these ids")


def _ids(generation: Path, wanted: str) -> list[str]:
    """The article with the id *wanted*, else all whose ids begin with it."""
    key = pc.field("article_id")
    if len(wanted) >= SHORTEST and _ID.fullmatch(wanted):
        condition = (key == wanted) | pc.starts_with(key, wanted.lower())
    else:
        condition = key == wanted
    query = rows(generation, "articles", columns=["article_id"], condition=condition)
    found = {row["article_id"] for row in query.to_pylist()}
    return [wanted] if wanted in found else sorted(found)


def _articles_at(generation: Path, address: str) -> list[str]:
    """The standing articles at an address, or where it leads to."""
    history = histories(generation, _with_scheme(address))[-1]
    found = articles_of(generation, history)
    return [one.newest["article_id"] for one in found if not one.withdrawn]


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _newest_at(generation: Path, address: str) -> tuple[str, Pointer] | None:
    history = histories(generation, _with_scheme(address))[-1]
    place = history.pointer
    for row in reversed(history.captures):
        at = Pointer(*(row[name] for name in _PLACE))
        if place is None or at == place:
            return row["warc_record_id"], at
    return None


def _article_of_record(generation: Path, record: str) -> str:
    """The article that a capture gave, or whose address it is of."""
    own = _of_record(generation, "articles", ["article_id"], record)
    log = _of_record(generation, "crawl_log", ["article_id"], record)
    ids = {row["article_id"] for row in (*own, *log) if row["article_id"]}
    if not ids and (captures := _of_record(generation, "captures", ["url"], record)):
        ids = set(_articles_at(generation, captures[0]["url"]))
    return _only(record, sorted(ids))


def _of_record(generation: Path, table: str, columns: list[str], record: str) -> list[Row]:
    condition = pc.field("warc_record_id") == record
    return rows(generation, table, columns=columns, condition=condition).to_pylist()


def _narrow(generation: Path, column: str, value: str, columns: list[str]) -> list[Row]:
    condition = pc.field(column) == value
    return rows(generation, "articles", columns=columns, condition=condition).to_pylist()


def addresses_of(generation: Path, wanted: str) -> list[str]:
    """The SURTs of what *wanted* names: of all versions of an article, or of an address."""
    ids = () if _is_address(wanted) or _record_in(wanted) else _ids(generation, wanted)
    if not ids:
        return [url_surtkey(address_named(generation, wanted))]
    found = _narrow(generation, "article_id", _only(wanted, ids), ["url_surtkey"])
    return sorted({row["url_surtkey"] for row in found})
