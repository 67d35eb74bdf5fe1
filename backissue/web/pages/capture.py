"""`/captures/ID`: a record, its headers, and where it stands in the WARC."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from archive.errors import CorruptRecord
from archive.removal.in_force import not_found
from archive.types import Pointer, Row
from archive.web.userinfo import hide_userinfo
from backissue.web.cache.tables import short_key
from backissue.web.view import Page, Question, View

_LONGEST = 20_000  # bytes of a head that are shown


def capture_page(view: View, question: Question) -> Page:
    """The page."""
    identity = question.name.strip("<>")
    query = "SELECT file FROM captures WHERE record = ?"
    numbers = [number for (number,) in view.cache.query(query, short_key(identity))]
    condition = pc.field("warc_record_id") == identity
    rows = view.rows("captures", numbers, view.columns("captures"), condition)
    if not rows:
        raise not_found(view.library.generation, identity)
    row = rows[0]
    return Page(
        "capture.html",
        {
            "capture": {**row, "url": hide_userinfo(row["url"])},
            "record": _record(view, row),
            "path": str(view.library.warc(row["warc_filename"])),
        },
    )


def _record(view: View, row: Row) -> dict[str, Any]:
    """What stands in the WARC: the heads as they were sent; why it cannot be read, where so."""
    pointer = Pointer(row["warc_filename"], row["warc_record_offset"], row["warc_record_length"])
    try:
        capture = view.library.read(pointer)
    except CorruptRecord as error:
        return {"damage": str(error)}
    discovery = capture.discovery
    return {
        "damage": None,
        "request": _head(capture.request),
        "response": _head(capture.head),
        "body_bytes": len(capture.body),
        "ip_address": capture.ip_address,
        "truncated": capture.truncated,
        "refers_to": capture.original.warc_record_id if capture.original else None,
        "discovered_by": discovery.by if discovery else None,
        "discovered_via": hide_userinfo(discovery.via or "") if discovery else None,
        "is_record": capture.warc_record_id == row["warc_record_id"],
    }


def _head(data: bytes) -> str:
    return data[:_LONGEST].decode("latin-1").replace("\r\n", "\n").strip()
