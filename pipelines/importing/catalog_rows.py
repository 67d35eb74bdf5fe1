"""A record of a file that others made into what the catalog notes of it.

Reads fields as they are written in the wild: dates of any precision, URIs in brackets or with
spaces, records without ids, revisits that say little of their originals.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from archive.imported.captures import fidelity_of
from archive.imported.header_values import moment_of
from archive.imported.reader import ForeignRecord, clean_uri
from archive.warc.captures import METADATA_FIELD, identified_type
from archive.warc.digests import one_spelling
from archive.warc.records import Record, digest, made_id, warc_date
from archive.web.http import Head, dechunk, is_framed, parse_head, split_message, undo_transfer

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def catalogued_capture(found: ForeignRecord, url: str) -> dict[str, Any]:
    """What is noted of a capture; ValueError says what makes it unusable."""
    record = found.record
    moment = moment_of(record.get("WARC-Date") or "")
    if moment is None:
        raise ValueError(f"WARC-Date is {(record.get('WARC-Date') or '')[:40]!r}")
    kind, declared = record.type.lower(), one_spelling(record.get("WARC-Payload-Digest"))
    row = {
        "offset": found.offset,
        "length": found.length,
        "kind": kind,
        "id": record_id(found),
        "url": url,
        "time": warc_date(moment),
        "digest": declared,
        "segmented": int(record.get("WARC-Segment-Number") == "1"),
    }
    if kind == "resource":
        content = "" if row["segmented"] else content_of(digest(record.block), None)
        return row | _resource(record) | {"content": content}
    head, body = split_message(record.block)
    parsed = parse_head(head)
    row |= {"status": parsed.status, "mime": parsed.media_type}
    if kind == "revisit":
        return row | _refers(record)
    payload = dechunk(body) if parsed.is_chunked and is_framed(body, cut=True) else body
    if not row["segmented"]:
        row["content"] = content_of(digest(_received(parsed, body, record)), parsed.status)
    if not (declared or "").startswith("sha1:"):
        row |= {"sha1": digest(payload), "digest": declared or digest(payload)}
    return row | {"payload_type": identified_type(parsed, payload)}


def content_of(payload_digest: str, status: int | None) -> str:
    """What tells apart two captures of one id, address and date: their bytes, and the status."""
    return f"{payload_digest} {status}"


def _received(head: Head, body: bytes, record: Record) -> bytes:
    """The payload as the table `captures` has it."""
    kind = fidelity_of(head, body, bool(record.get("WARC-Truncated")))
    return undo_transfer(body, head) if kind == "imported" else body


def _resource(record: Record) -> dict[str, Any]:
    kind = record.get("Content-Type")
    head = parse_head(b"HTTP/1.1 200\r\nContent-Type: " + (kind or "").encode("latin-1", "replace"))
    return {
        "mime": head.media_type,
        "digest": one_spelling(record.get("WARC-Payload-Digest")) or digest(record.block),
        "payload_type": identified_type(head, record.block),
    }


def _refers(record: Record) -> dict[str, Any]:
    profile = (record.get("WARC-Profile") or "").rstrip("/ ").rpartition("/")[2]
    moment = moment_of(record.get("WARC-Refers-To-Date") or "")
    same = "server-not-modified" if "not-modified" in profile else "identical-payload-digest"
    return {
        "profile": same,
        "refers_id": (record.get("WARC-Refers-To") or "").strip("<> ") or None,
        "refers_url": clean_uri(record.get("WARC-Refers-To-Target-URI") or "") or None,
        "refers_time": moment and warc_date(moment),
    }


def catalogued_companion(found: ForeignRecord, kind: str) -> dict[str, Any] | None:
    """What is kept of a record that belongs to a capture; None for a record that says nothing of
    it."""
    record = found.record
    if kind == "metadata" and not record.block.startswith(METADATA_FIELD):
        return None
    if kind not in ("request", "metadata", "continuation"):
        return None
    segment = record.get("WARC-Segment-Number") or ""
    return {
        "offset": found.offset,
        "length": found.length,
        "kind": kind,
        "id": record_id(found),
        "time": (moment := moment_of(record.get("WARC-Date") or "")) and warc_date(moment),
        "size": len(record.block),
        "origin": _origin(record) if kind == "continuation" else None,
        "segment": int(segment) if segment.isdecimal() and len(segment) < 9 else None,
        "last": int(record.get("WARC-Segment-Total-Length") is not None),
    }


def _origin(record: Record) -> str:
    return (record.get("WARC-Segment-Origin-ID") or "").strip("<> ")


def record_id(found: ForeignRecord) -> str:
    """WARC-Record-ID without its brackets; where there is none, an id that follows from the
    record."""
    given = found.record.id.strip()
    if ":" in given and given.isprintable() and " " not in given:
        return given
    return made_id(found.head + hashlib.sha256(found.record.block).digest())


def check_target(kind: str, url: str) -> None:
    """ValueError where a record of that *kind* needs the address of a page and has none.

    Addresses of other schemes (`dns:`, `ftp:`, `urn:`) are no captures, and in order.
    """
    if kind in ("response", "revisit") and not _SCHEME.match(url):
        raise ValueError(
            f"WARC-Target-URI is {url[:100]!r}: no address" if url else "it has no WARC-Target-URI"
        )
