"""Captures into `payloads` rows: headers verbatim, bodies decoded, and the way back to the wire.

Pages of a site share their template. Where decoded pages stand side by side in large Parquet pages,
zstd sees the template once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pyarrow as pa

from archive.imported.captures import head_of, read_held
from archive.imported.index import CAPTURES_URI, HeldCapture, held_from_line, held_of, held_to_line
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones, read
from archive.tables import journal
from archive.tables.journal import Batch, Quarantined, Ranges, Span, TableFile
from archive.tables.schema import PAYLOADS
from archive.types import Capture
from archive.warc.captures import capture_of
from archive.warc.records import Located, Record, record_bytes
from archive.warc.restored import restored_in
from archive.warc.scan import scan_groups
from archive.web.http import MAX_CONTENT, chunks, decode_content
from archive.web.surt import url_surtkey
from pipelines.derive.payload_groups import write_payloads
from pipelines.derive.whose_fault import is_of_the_machine, why

_TRIED = 2**20  # bytes of a decoded body: of a longer one no recipe is looked for
_TEXT_LIKE = ("text/", "application/json", "application/xml", "application/xhtml", "+xml", "+json")

# How servers compress, the usual settings first: (level, window bits, memory level) of zlib.
_GZIP: dict[str, tuple[int, int, int]] = {
    f"gzip:{level}:{window}:{memory}": (level, window, memory)
    for level in (6, 1, 5, 9, 2, 3, 4, 7, 8)
    for window, memory in ((31, 8), (31, 9))
}
_GZIP_BEGIN, _GZIP_OS = b"\x1f\x8b\x08" + bytes(5), 3  # zlib's own header: no name, no time, Unix
_GZIP_FLAG = {1: 4, 9: 2}  # by level; others have none
_BROTLI = {f"br:{quality}": quality for quality in (5, 4, 6, 1, 11)}
# the quality that is a hundred times slower than the others; bytes by which it may be longer
_SLOWEST, _SLACK = 11, 64


def payload_files(
    library: Library, generation: Path, workspace: Path, batch: Batch, stem: str
) -> tuple[list[TableFile], list[Quarantined]]:
    """Write the payload files that *batch* asks for; nothing where it asks for none.

    Returns also the captures that no row could be made of.
    """
    written, unborne = list[TableFile](), list[Quarantined]()
    tombstones = Tombstones(read(generation / NAME))
    for month, pointers in sorted(_pointers(library, generation, batch, unborne).items()):
        for withheld in (False, True):
            mine = sorted(one for one in pointers if tombstones.covers(one[0]) is withheld)
            rows = _rows(library, mine, unborne)
            written += write_payloads(workspace, month, stem, rows, withheld=withheld)
    return written, unborne


_Pointer = tuple[str, Any, str, str, int, str, Span]
"""Sort key (three fields), file, offset; for an imported capture what its record says of it; and
where in the inputs it stands."""


def _pointers(
    library: Library, generation: Path, batch: Batch, unborne: list[Quarantined]
) -> dict[str, list[_Pointer]]:
    """By month, the places of the texts and revisits in the batches that *batch* names."""
    found: dict[str, list[_Pointer]] = {}
    for made, skipped in _wanted(generation, batch):
        for span in made.inputs:
            for group in _whole_groups(library, span.file, span.start, span.end):
                start, end = group[0].offset, group[-1].offset + group[-1].length
                if skipped.hold(span.file, start):
                    continue
                place = Span(span.file, start, end)
                with _naming(place, unborne):
                    for pointer in _pointers_of(group[0].record, place):
                        found.setdefault(f"{pointer[1]:%Y-%m}", []).append(pointer)
    return found


def _wanted(generation: Path, batch: Batch) -> Iterator[tuple[Batch, Ranges]]:
    """The batches whose payloads *batch* asks for, each with what is left out of it."""
    if not batch.payloads:
        return
    known = {entry.batch.number: entry for entry in journal.read_journal(generation)}
    for number in batch.payloads:
        if number == batch.number:
            yield batch, Ranges(batch.quarantined)
        else:
            made, late = known[number].batch, known[number].left_out
            yield made, Ranges((*made.quarantined, *late, *batch.quarantined))


def _pointers_of(record: Record, place: Span) -> Iterator[_Pointer]:
    """The place of the text or revisit that *record* is, or names."""
    kind = record.get("WARC-Identified-Payload-Type") or ""
    if record.type == "revisit" or (record.type == "response" and is_text_like(kind)):
        key = url_surtkey(record.get("WARC-Target-URI") or "")
        yield key, record.date, record.id, place.file, place.start, "", place
    for held in _imported(record):
        own = (held.file, held.offset, held_to_line(held), place)
        yield url_surtkey(held.url), held.moment, held.warc_record_id, *own


@contextmanager
def _naming(place: Span, unborne: list[Quarantined]) -> Iterator[None]:
    """What the block raises is the fault of the capture at *place*, which is named."""
    try:
        yield
    except Exception as error:  # a bad capture costs itself, whatever it raises
        if is_of_the_machine(error):
            raise
        unborne.append(Quarantined(place.file, place.start, place.end, why(error)))


def _whole_groups(
    library: Library, file: str, start: int, end: int | None = None
) -> Iterator[list[Located]]:
    """The groups that are not damaged; derivation names the rest. None of a file that is gone."""
    path, restored = library.warc(file), restored_in(library.path, file)
    if not path.exists():
        return
    with path.open("rb") as stream:
        for found in scan_groups(stream, start, end, restored):
            if isinstance(found, list):
                yield found


def _imported(record: Record) -> Iterator[HeldCapture]:
    """The text or revisit that a record of an import names."""
    if record.type == "resource" and (record.get("WARC-Target-URI") or "").startswith(CAPTURES_URI):
        held = held_of(record.block)
        if held.kind == "revisit" or is_text_like(held.payload_type or ""):
            yield held


def is_text_like(media_type: str) -> bool:
    """Whether payloads of this type are kept: a picture gains nothing in Parquet."""
    return media_type.startswith(_TEXT_LIKE[:4]) or media_type.endswith(_TEXT_LIKE[4:])


def _rows(
    library: Library, pointers: list[_Pointer], unborne: list[Quarantined]
) -> Iterator[dict[str, Any]]:
    for pointer in pointers:
        rows: list[dict[str, Any]] = []
        with _naming(pointer[-1], unborne):
            row = _row_at(library, pointer)
            pa.Table.from_pylist([row], schema=PAYLOADS)  # raises for what no column takes
            rows.append(row)
        yield from rows


def _row_at(library: Library, pointer: _Pointer) -> dict[str, Any]:
    key, _, _, file, offset, line, _ = pointer
    if line:
        held = held_from_line(line)
        return _row(key, read_held(library.path, held), head_of(library.path, held))
    group = next(_whole_groups(library, file, offset))
    return payload_row(key, [located.record for located in group])


def payload_row(key: str, records: list[Any]) -> dict[str, Any]:
    """The row of a capture, given its response record and those concurrent to it."""
    head = record_bytes(records[0]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return _row(key, capture_of(records), head)


def _row(key: str, capture: Capture, head: bytes) -> dict[str, Any]:
    content = decode_content(capture.payload, capture.content_codings, MAX_CONTENT)
    return {
        "warc_record_id": capture.warc_record_id,
        "url_surtkey": key,
        "fetch_time": capture.fetch_time,
        "warc_headers": head,
        "request": capture.request or None,
        "http_headers": capture.head,
        "payload": capture.payload if content.error else content.data,
        "payload_exact": recipe(capture, content.data, content.error),
    }


def recipe(capture: Capture, content: bytes, error: str | None) -> str | None:
    """How the received body follows from *content*; None where no known way gives it.

    `identity`, `gzip:LEVEL:WINDOW:MEMORY`, `br:QUALITY` or `coded` (the payload is as received),
    followed by ` chunks:SIZE,SIZE…` where the body was chunked in the plain way.
    """
    framing = ""
    if not capture.body:
        return "identity"
    if capture.transfer_codings not in ((), ("identity",), ("chunked",)):
        return None
    if capture.is_chunked:
        sizes = [len(piece) for piece in chunks(capture.body)]
        if frame(capture.payload, sizes) != capture.body:
            return None
        framing = " chunks:" + ",".join(map(str, sizes))
    coding = "coded" if error else _coding(capture, content)
    return coding and coding + framing


def frame(payload: bytes, sizes: list[int]) -> bytes:
    """*payload* in chunks of *sizes*, without extensions or trailer (RFC 9112, 7.1)."""
    out, at = [], 0
    for size in sizes:
        out.append(b"%x\r\n%b\r\n" % (size, payload[at : at + size]))
        at += size
    return b"".join([*out, b"0\r\n\r\n"])


def restore_body(payload: bytes, recipe: str) -> bytes:
    """The received body of a row whose `payload_exact` is *recipe*, byte for byte."""
    coding, _, sizes = recipe.partition(" chunks:")
    if coding in _GZIP:
        payload = _gzip(payload, _GZIP[coding])
    elif coding in _BROTLI:
        payload = brotli.compress(payload, quality=_BROTLI[coding])
    if " chunks:" in recipe:
        return frame(payload, [int(size) for size in sizes.split(",") if size])
    return payload


def _coding(capture: Capture, content: bytes) -> str | None:
    if content == capture.payload:
        return "identity"
    if len(content) > _TRIED:
        return None
    ways = _ways(capture.content_codings, capture.payload)
    return next((name for name, way in ways.items() if way(content) == capture.payload), None)


def _ways(codings: tuple[str, ...], payload: bytes) -> dict[str, Callable[[bytes], bytes]]:
    """How servers may have made *payload*: only what its first bytes and its size permit."""
    if codings in (("gzip",), ("x-gzip",)) and _is_zlib(payload):
        return {
            name: partial(_gzip, setting=setting)
            for name, setting in _GZIP.items()
            if payload[8] == _GZIP_FLAG.get(setting[0], 0)
        }
    if codings == ("br",):
        return {name: partial(_brotli, quality=q, size=len(payload)) for name, q in _BROTLI.items()}
    return {}


def _is_zlib(payload: bytes) -> bool:
    return len(payload) > 10 and payload[:8] == _GZIP_BEGIN and payload[9] == _GZIP_OS


def _brotli(content: bytes, quality: int, size: int) -> bytes:
    """*content* compressed; nothing where the slowest quality cannot have made so many bytes."""
    if quality == _SLOWEST and len(brotli.compress(content, quality=6)) + _SLACK < size:
        return b""
    return bytes(brotli.compress(content, quality=quality))


def _gzip(content: bytes, setting: tuple[int, int, int]) -> bytes:
    level, window, memory = setting
    compressor = zlib.compressobj(level, zlib.DEFLATED, window, memory)
    return compressor.compress(content) + compressor.flush()
