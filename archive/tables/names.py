"""What a person names into rows: an address, an article by its id or the id's first characters, or
a WARC record by its id.

Every command that takes one of them takes all.
"""

from __future__ import annotations

import re
from pathlib import Path

from archive.errors import CaptureNotFound, UsageError
from archive.tables.index.answers import ids_with, pointers_of
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
    versions = _of_article(generation, _only(wanted, ids), ["url", "version"])
    return str(max(versions, key=lambda row: int(row["version"]))["url"])


def pointer_named(generation: Path, wanted: str) -> tuple[str, Pointer] | None:
    """Record id and place of the capture that *wanted* names: of an article's newest version, or
    the newest response at an address; None where there is none."""
    if record := _record_in(wanted):
        return _pointer_of(generation, record)
    if _is_address(wanted):
        return _newest_at(generation, wanted) or _pointer_of(generation, wanted)
    ids = _ids(generation, wanted)
    return _pointer_of(generation, _only(wanted, ids)) if ids else None


def _pointer_of(generation: Path, wanted: str) -> tuple[str, Pointer] | None:
    """Record id and place of the capture of an article's newest version, or of a WARC record."""
    known = pointers_of(generation, wanted)
    if known is not None:
        return known[0] if known else None
    table, key = ("captures", "warc_record_id") if ":" in wanted else ("articles", "article_id")
    columns = ["warc_record_id", *_PLACE, *(["version"] if table == "articles" else [])]
    found = _rows(generation, table, key, [wanted], columns)
    if not found:
        return None
    newest = max(found, key=lambda row: int(row.get("version", 0)))
    return newest["warc_record_id"], Pointer(*(newest[name] for name in _PLACE))


def versions_of(generation: Path, article_id: str) -> list[Row]:
    """The standing versions of an article, whole rows, oldest first."""
    from archive.tables.lookup import rows_with

    withdrawn = _rows(generation, "withdrawn", "article_id", [article_id], ["version"])
    gone = {row["version"] for row in withdrawn}
    found = rows_with(generation, "articles", "article_id", [article_id])
    standing = (row for row in found if row["version"] not in gone)
    return sorted(standing, key=lambda row: int(row["version"]))


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
    found = _ids_from(generation, wanted)
    if wanted in found:
        return [wanted]
    if len(wanted) < SHORTEST or not _ID.fullmatch(wanted):
        return []
    return found if wanted == wanted.lower() else _ids_from(generation, wanted.lower())


def _ids_from(generation: Path, start: str) -> list[str]:
    """The ids that begin with *start*, sorted."""
    known = ids_with(generation, start)
    if known is not None:
        return known
    from archive.tables.lookup import rows_with

    place = (generation, "articles", "article_id", [start])
    return sorted(
        {row["article_id"] for row in rows_with(*place, prefix=True, columns=["article_id"])}
    )


def _articles_at(generation: Path, address: str) -> list[str]:
    """The standing articles at an address, or where it leads to."""
    from archive.tables.url_history import articles_of, histories

    history = histories(generation, _with_scheme(address))[-1]
    found = articles_of(generation, history)
    return [one.newest["article_id"] for one in found if not one.withdrawn]


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _newest_at(generation: Path, address: str) -> tuple[str, Pointer] | None:
    from archive.tables.url_history import histories

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
    return _rows(generation, table, "warc_record_id", [record], columns)


def _of_article(generation: Path, article_id: str, columns: list[str]) -> list[Row]:
    return _rows(generation, "articles", "article_id", [article_id], columns)


def _rows(
    generation: Path, table: str, column: str, values: list[str], columns: list[str]
) -> list[Row]:
    from archive.tables.lookup import rows_with  # Arrow, which a pointer does not need

    return list(rows_with(generation, table, column, values, columns=columns))


def addresses_of(generation: Path, wanted: str) -> list[str]:
    """The SURTs of what *wanted* names: of all versions of an article, or of an address."""
    ids = () if _is_address(wanted) or _record_in(wanted) else _ids(generation, wanted)
    if not ids:
        return [url_surtkey(address_named(generation, wanted))]
    found = _of_article(generation, _only(wanted, ids), ["url_surtkey"])
    return sorted({row["url_surtkey"] for row in found})
