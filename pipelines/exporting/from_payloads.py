"""A row of `payloads` into WARC records again: as they were received, or with what was undone said.

Pure. A record whose received bytes follow from the row is the record of the WARC file, byte for
byte. In any other record the header fields that no longer fit have other names, and a field names
what was undone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from archive.imported.reader import parse_fields
from archive.types import Row
from archive.warc.records import Fields, Record, digest, record_bytes
from archive.web.http import MAX_CONTENT, decode_content, parse_head
from pipelines.derive.recipes.recipe import restore_body

UNDONE = "Backissue-Undone"
ORIGINAL = "Backissue-Original-"
RENAMED = b"X-Orig-"
_SHA1 = re.compile("sha1:[A-Z2-7]{32}")
_NEWLINE = re.compile(rb"\r?\n")
_END = re.compile(rb"\r?\n\Z")


@dataclass(frozen=True, slots=True)
class MadeRecord:
    """A record's bytes, uncompressed; *undone* names the codings that the received body had and
    this body has not."""

    data: bytes
    undone: tuple[str, ...] = ()


def exact_record(row: Row, *, checked: bool = True) -> bytes | None:
    """The record as it was; None where the row does not give it, or gives other bytes than it says.

    The record has to have the length of its header and, if *checked*, its digest. A record that
    others made may have a digest that was never right.
    """
    if row["payload_exact"] is None:
        return None
    block = row["http_headers"] + restore_body(row["payload"], row["payload_exact"])
    said = _by_name(parse_fields(row["warc_headers"]))
    if said.get("content-length") != str(len(block)):
        return None
    declared = said.get("warc-block-digest", "")
    if checked and _SHA1.fullmatch(declared) and declared != digest(block):
        return None
    return bytes(row["warc_headers"] + block + b"\r\n\r\n")


def declared_record(row: Row) -> MadeRecord | None:
    """The record with the payload as the row has it; a field of its header names what was undone.

    None where nothing was undone, and still the row does not give what it says.
    """
    fields = parse_fields(row["warc_headers"])
    said, head, payload = _by_name(fields), row["http_headers"], row["payload"]
    if row["payload_exact"] is None:
        undone = _undone(said, head, payload)
        block = _renamed(head, undone, len(payload)) + payload
    elif "warc-segment-number" in said:  # here the parts are one record
        undone = ("segmentation",)
        block = head + restore_body(payload, row["payload_exact"])
    else:
        return None
    changed = {"warc-block-digest": digest(block), "warc-payload-digest": digest(payload)}
    kept = [
        (name, changed.get(name.lower(), value))
        for name, value in fields
        if name.lower() != "content-length" and not name.lower().startswith("warc-segment")
    ]
    kept.append((UNDONE, ", ".join(undone)))
    for name, value in fields:
        if name.lower() in changed:
            kept.append((ORIGINAL + name.removeprefix("WARC-"), value))
    return MadeRecord(record_bytes(Record(tuple(kept), block)), undone)


def request_record(row: Row) -> bytes | None:
    """The request as a record of its own, with an id that follows from the response's.

    The tables keep the bytes that were sent, not the header of their record. None where none were.
    """
    if not row["request"]:
        return None
    said = _by_name(parse_fields(row["warc_headers"]))
    response = row["warc_record_id"]
    kept = {
        "WARC-Type": "request",
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, response + '#request')}>",
        "WARC-Date": said.get("warc-date", ""),
        "WARC-Target-URI": said.get("warc-target-uri", ""),
        "WARC-Concurrent-To": f"<{response}>",
        "Content-Type": "application/http; msgtype=request",
        "WARC-Block-Digest": digest(row["request"]),
    }
    return record_bytes(Record(tuple(kept.items()), row["request"]))


def _by_name(fields: Fields) -> dict[str, str]:
    return {name.lower(): value for name, value in reversed(fields)}


def _undone(said: dict[str, str], head: bytes, payload: bytes) -> tuple[str, ...]:
    """`transfer-coding` where the head names one, `content-coding` where it is undone too."""
    parsed = parse_head(head)
    found = ["transfer-coding"] if parsed.transfer_codings else []
    if parsed.content_codings and not _is_coded(said, parsed.content_codings, payload):
        found.append("content-coding")
    return tuple(found)


def _is_coded(said: dict[str, str], codings: tuple[str, ...], payload: bytes) -> bool:
    """Whether *payload* still is in its content codings: by its digest, else by trying."""
    declared = said.get("warc-payload-digest", "")
    if _SHA1.fullmatch(declared):
        return declared == digest(payload)
    return decode_content(payload, codings, MAX_CONTENT).error is None


def _renamed(head: bytes, undone: tuple[str, ...], length: int) -> bytes:
    """*head* with the fields set aside that speak of the received body, and this one's length."""
    names = [b"content-length"]
    names += [b"transfer-encoding"] if "transfer-coding" in undone else []
    names += [b"content-encoding"] if "content-coding" in undone else []
    first, *lines = _END.sub(b"", head).splitlines(keepends=True)
    newline = (_NEWLINE.search(first) or [b"\r\n"])[0]
    kept = [first if first.endswith(b"\n") else first + newline]
    for line in lines:
        name = line.partition(b":")[0].strip().lower()
        kept.append(RENAMED + line if name in names and b":" in line else line)
    if not kept[-1].endswith(b"\n"):
        kept.append(newline)
    return b"".join([*kept, b"Content-Length: %d" % length, newline, newline])
