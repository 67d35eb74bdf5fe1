"""The block of a WARC record against its header: length, digests, what an HTTP head promises."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archive.tables.journal import BATCH_URI, Batch
from archive.verify.warc_headers import RecordHeader
from archive.warc.captures import METADATA_FIELD
from archive.web.http import Head as HttpHead
from archive.web.http import dechunk, decode_content, parse_head, split_message

_TAIL = b"\r\n\r\n"
_HASHES: dict[str, Callable[..., Any]] = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}
_LAST_CHUNK = re.compile(rb"(?:^|\r?\n)0+[ \t]*(?:;[^\r\n]*)?\r?\n(?:[^\r\n]+\r?\n)*\r?\n\Z")
_CHUNK_LINE = re.compile(rb"[ \t]*[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?\n")
_CODED, _LOOKED_AT = 1 << 16, 1 << 12  # bytes that show whether a coding is there: coded, decoded
_PREFIX = 1 << 14  # bytes in which an HTTP head usually ends, and in which the last chunk stands
_NO_BODY = (204, 304)
_OURS = "urn:backissue:"

Problem = tuple[str, str]
"""A code and a detail."""


@dataclass(frozen=True)
class CheckedBlock:
    """The block of a record: *data* is the whole record, its header included."""

    head: RecordHeader
    data: bytes

    @property
    def size(self) -> int:
        """How many bytes are there, the end of the record left out."""
        return max(0, len(self.data) - self.head.size - len(_TAIL))

    @cached_property
    def view(self) -> memoryview:
        """The bytes of the block."""
        return memoryview(self.data)[self.head.size : self.head.size + self.size]

    @cached_property
    def http_size(self) -> int:
        """Length of the HTTP head in the block, its blank line included."""
        head = split_message(bytes(self.view[:_PREFIX]))[0]
        return len(head) if len(head) < _PREFIX else len(split_message(bytes(self.view))[0])

    @cached_property
    def http(self) -> HttpHead:
        """The HTTP head of a response or revisit."""
        return parse_head(bytes(self.view[: self.http_size]))

    @cached_property
    def body(self) -> memoryview:
        """The body as received."""
        return self.view[self.http_size :]

    @cached_property
    def payload(self) -> bytes | memoryview:
        """The body without its transfer coding."""
        return dechunk(bytes(self.body)) if self.http.is_chunked else self.body


def problems_of(block: CheckedBlock) -> Iterator[Problem]:
    """What is wrong with a record's block."""
    head = block.head
    whole = head.length == block.size and block.data.endswith(_TAIL)
    if not whole:
        yield "warc.length", f"Content-Length is {head.fields.get('content-length')}, and not so"
    if declared := head.fields.get("warc-block-digest"):
        yield from _compare("warc.block_digest", declared, block.view)
    if head.type == "response":
        yield from _response(block)
    elif head.type == "metadata" and head.id_in("warc-concurrent-to"):
        yield from _metadata(bytes(block.view))
    elif head.type == "resource" and (head.url or "").startswith(_OURS):
        yield from _resource(head.url or "", bytes(block.view))


def _compare(code: str, declared: str, data: bytes | memoryview) -> Iterator[Problem]:
    name, _, value = declared.partition(":")
    name = name.lower().replace("-", "")
    if name not in _HASHES:
        yield "warc.digest_unknown", f"{declared}: {name} is not known here"
    elif not _equal(value, _HASHES[name](data).digest()):
        yield code, f"declared {declared}, the {len(data):,} bytes have another"


def _equal(value: str, found: bytes) -> bool:
    """Whether *value* is *found* in base32, hex or base64."""
    return (
        value == base64.b32encode(found).decode()
        or value.lower() == found.hex()
        or value == base64.b64encode(found).decode()
    )


def _response(block: CheckedBlock) -> Iterator[Problem]:
    if block.http.version is None and block.http.status is None:
        yield "http.status_line", f"the block begins with {bytes(block.view[:40])!r}"
    if declared := block.head.fields.get("warc-payload-digest"):
        yield from _compare("warc.payload_digest", declared, block.payload)
    if "warc-truncated" not in block.head.fields and len(block.body):
        yield from _framing(block)
    yield from _coding(block)


def _framing(block: CheckedBlock) -> Iterator[Problem]:
    """Whether a whole body is framed as its head says (RFC 9112, 6)."""
    if block.http.is_chunked:
        body = bytes(block.body)
        if not _CHUNK_LINE.match(body):
            yield "http.transfer_encoding", "chunked, and the body has no chunks"
        elif not _LAST_CHUNK.search(body, max(0, len(body) - _PREFIX)):
            yield "http.transfer_encoding", "chunked, and the last chunk is not there"
        return
    declared = block.http.get("content-length")
    if declared is not None and block.http.status not in _NO_BODY:
        size = len(block.body)
        if not (declared.isascii() and declared.isdigit() and int(declared[:18]) == size):
            yield "http.content_length", f"{declared[:40]}, and the body has {size:,} bytes"


def _coding(block: CheckedBlock) -> Iterator[Problem]:
    codings = block.http.content_codings
    if codings and len(block.payload):
        decoded = decode_content(bytes(block.payload[:_CODED]), codings, _LOOKED_AT)
        if decoded.error == "bad_encoding" and len(decoded.data) < _LOOKED_AT:
            yield "http.content_encoding", f"{', '.join(codings)}, and the body is not so coded"


def _metadata(body: bytes) -> Iterator[Problem]:
    if not body.startswith(METADATA_FIELD):
        yield "warc.metadata", f"begins with {body[:40]!r}"
        return
    try:
        about = json.loads(body.removeprefix(METADATA_FIELD))
        missing = {"format", "run_id"} - about.keys()
    except (ValueError, AttributeError, RecursionError) as error:
        yield "warc.metadata", f"its JSON cannot be read ({error})"
        return
    if missing:
        yield "warc.metadata", f"says nothing of {', '.join(sorted(missing))}"


def _resource(url: str, body: bytes) -> Iterator[Problem]:
    try:
        if url.startswith(BATCH_URI):
            Batch.from_bytes(body)
        elif url.startswith(f"{_OURS}crawl-log:"):
            card, *_ = [json.loads(line) for line in body.splitlines()]
            _ = card["run_id"], card["source"]
        elif url.startswith(f"{_OURS}source:"):
            json.loads(body)
            if not url.endswith(hashlib.sha256(body).hexdigest()):
                yield "warc.resource", f"{url} is not named by the digest of its body"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield "warc.resource", f"{url} cannot be read ({type(error).__name__}: {error})"
